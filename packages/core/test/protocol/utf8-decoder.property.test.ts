import { isUtf8 } from 'node:buffer';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeInLoop } from '../../src/protocol/utf8-decoder.js';
import { placed } from '../support/chunks.js';

const text = fc.string({ unit: 'binary', maxLength: 200 }).map((value) => Buffer.from(value));
const telling = fc.constantFrom(
  ...Buffer.from('417f808f909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5f8ff', 'hex'),
);
const tellingBytes = fc.array(telling, { maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const cut = fc.tuple(text, fc.nat(3)).map(([bytes, by]) => bytes.subarray(0, -by || bytes.length));
const anyBytes = fc
  .tuple(fc.oneof(text, fc.constant(Buffer.alloc(0))), fc.oneof(cut, tellingBytes), text)
  .map((parts) => Buffer.concat(parts));

function expected(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

test('decodes and judges any bytes as Node does', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(decodeInLoop(bytes, 0, bytes.length)).toBe(expected(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('judges what lies within its bounds alone, also where the next bytes would complete a character', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), (bytes, one, other) => {
      const [start, end] = [one, other].map((at) => at % (bytes.length + 1)).toSorted(ascending);
      const part = bytes.subarray(start, end);
      expect(decodeInLoop(placed(bytes, 3), start!, end!)).toBe(expected(part));
    }),
    { numRuns: 2000 },
  );
});

test('judges every sequence of two bytes, and every lead with what borders on its second byte', () => {
  for (let first = 0; first <= 0xff; first += 1) {
    for (let second = 0; second <= 0xff; second += 1) {
      for (const rest of [[], [0x80], [0x80, 0xbf], [0xbf, 0x7f], [0x80, 0x80, 0x41]]) {
        const bytes = Buffer.from([first, second, ...rest]);
        expect(decodeInLoop(bytes, 0, bytes.length)).toBe(expected(bytes));
      }
    }
  }
});

test('decodes the longest text that it takes', () => {
  const bytes = Buffer.alloc(65_536, 'a');
  expect(decodeInLoop(bytes, 0, bytes.length)).toBe('a'.repeat(65_536));
});

function ascending(left: number, right: number): number {
  return left - right;
}
