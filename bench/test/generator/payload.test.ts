import { isAscii, isUtf8 } from 'node:buffer';
import { expect, test } from 'vitest';
import { makePayload } from '../../generator/payload.mjs';
import { randomNumbers } from '../../generator/random-numbers.mjs';

test.each([0, 1, 2, 128, 1024])('makes text of exactly %i bytes', (length) => {
  const ascii = makePayload('text', length, randomNumbers(1));
  const mixed = makePayload('utf8', length, randomNumbers(1));
  expect(ascii).toHaveLength(length);
  expect(isAscii(ascii)).toBe(true);
  expect(mixed).toHaveLength(length);
  expect(isUtf8(mixed)).toBe(true);
});

test('mixes characters of one to four bytes', () => {
  const text = makePayload('utf8', 1024, randomNumbers(1)).toString();
  const lengths = new Set([...text].map((character) => Buffer.byteLength(character)));
  expect(lengths).toEqual(new Set([1, 2, 3, 4]));
});

test('makes the same bytes at every start', () => {
  expect(makePayload('binary', 64, randomNumbers(7))).toEqual(
    makePayload('binary', 64, randomNumbers(7)),
  );
});
