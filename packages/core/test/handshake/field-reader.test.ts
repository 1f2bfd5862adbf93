import { expect, test } from 'vitest';
import { FieldReader, isTokenCharacter } from '../../src/handshake/field-reader.js';

const COMMA = 0x2c;

test('reads from left to right and says when it is at the end', () => {
  const reader = new FieldReader(' a, "b\\c"');
  reader.skipSpace();
  expect(reader.readToken()).toBe('a');
  expect(reader.take(COMMA)).toBe(true);
  reader.skipSpace();
  expect(reader.atEnd).toBe(false);
  expect(reader.readTokenOrQuoted()).toBe('bc');
  expect(reader.atEnd).toBe(true);
});

test('consumes nothing that is not asked for', () => {
  const reader = new FieldReader('é');
  reader.skipSpace();
  reader.skipEmptyElements();
  expect(reader.take(COMMA)).toBe(false);
  expect(reader.readToken()).toBe('');
  expect(reader.readTokenOrQuoted()).toBe('');
  expect(reader.atEnd).toBe(false);
});

test('finds nothing more at the end', () => {
  const reader = new FieldReader('');
  reader.skipEmptyElements();
  expect(reader.atEnd).toBe(true);
  expect(reader.take(COMMA)).toBe(false);
  expect(reader.readTokenOrQuoted()).toBe('');
});

test.each([Number.NaN, -1, 0, 0x20, COMMA, 0x7f, 0x80, 0xe9, 0xffff])(
  'does not take %d for a character of a token',
  (code) => {
    expect(isTokenCharacter(code)).toBe(false);
  },
);
