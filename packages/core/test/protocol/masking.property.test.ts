import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { maskInPlace, rotateMaskingKey, wantsWords, wordsOf } from '../../src/protocol/masking.js';
import { placed, surroundings } from '../support/chunks.js';
import { masked } from '../support/frame-builder.js';

const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
const asInteger = (bytes: Uint8Array): number => Buffer.from(bytes).readInt32LE(0);
const payload = fc.uint8Array({ maxLength: 400 });

function mask(bytes: Buffer, start: number, end: number, maskingKey: number): void {
  maskInPlace(bytes, start, end, maskingKey, wantsWords(end - start) ? wordsOf(bytes) : undefined);
}

test('masks as section 5.3 writes it, at any alignment and length, and nothing around', () => {
  fc.assert(
    fc.property(payload, key, fc.nat(7), (bytes, keyBytes, shift) => {
      const chunk = placed(bytes, shift);
      mask(chunk, 0, chunk.length, asInteger(keyBytes));
      expect(chunk).toEqual(Buffer.from(masked(bytes, keyBytes)));
      expect(surroundings(chunk)).toEqual(Buffer.alloc(16));
    }),
  );
});

test('masking twice changes nothing, at any alignment and length', () => {
  fc.assert(
    fc.property(payload, key, fc.nat(7), (bytes, keyBytes, shift) => {
      const chunk = placed(bytes, shift);
      mask(chunk, 0, chunk.length, asInteger(keyBytes));
      mask(chunk, 0, chunk.length, asInteger(keyBytes));
      expect(chunk).toEqual(Buffer.from(bytes));
    }),
  );
});

test('masking in pieces with the rotated key is masking at once', () => {
  fc.assert(
    fc.property(payload, key, fc.array(fc.nat(400)), fc.nat(7), (bytes, keyBytes, cuts, shift) => {
      const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
      const chunk = placed(bytes, shift);
      let from = 0;
      for (const to of places.toSorted((a, b) => a - b)) {
        mask(chunk, from, to, rotateMaskingKey(asInteger(keyBytes), from));
        from = to;
      }
      expect(chunk).toEqual(Buffer.from(masked(bytes, keyBytes)));
    }),
  );
});
