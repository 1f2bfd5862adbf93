import { isUtf8 } from 'node:buffer';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeUtf8, IMPOSSIBLE, proveUtf8 } from '../../src/protocol/utf8.js';
import { failure } from '../support/failure.js';
import { firstImpossible, wholeCharacters } from '../support/reference-utf8.js';

const text = fc.string({ unit: 'binary', maxLength: 120 }).map((value) => Buffer.from(value));

/** Bytes that turn up in UTF-8 and at its borders, so that nearly legal sequences are common. */
const telling = fc.constantFrom(
  ...Buffer.from('417f808f909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5ff', 'hex'),
);
const tellingBytes = fc.array(telling, { maxLength: 90 }).map((bytes) => Buffer.from(bytes));
const randomBytes = fc.uint8Array({ maxLength: 90 }).map((bytes) => Buffer.from(bytes));

const mutatedText = fc
  .tuple(text, fc.nat(), fc.oneof(telling, fc.nat(255)))
  .map(([bytes, at, value]) => {
    if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes;
  });

/** Legal text in front makes the native path judge. */
const anyBytes = fc
  .tuple(
    fc.oneof(fc.constant(Buffer.alloc(0)), fc.constant(Buffer.alloc(70, 'a')), text),
    fc.oneof(text, mutatedText, tellingBytes, randomBytes),
  )
  .map(([before, bytes]) => Buffer.concat([before, bytes]));

test('judges every beginning of any bytes as a reference decoder does, exact to the byte', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const limit = firstImpossible(bytes);
      const ends = Array.from({ length: bytes.length + 1 }, (_, end) => end);
      expect(ends.map((end) => proveUtf8(bytes, 0, end))).toEqual(
        ends.map((end) => (end < limit ? wholeCharacters(bytes.subarray(0, end)) : IMPOSSIBLE)),
      );
    }),
    { numRuns: 150 },
  );
});

test('judges in pieces, each from where the last one got to, as it judges at once', () => {
  fc.assert(
    fc.property(anyBytes, fc.array(fc.nat(400), { maxLength: 12 }), (bytes, cuts) => {
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
      let proved = 0;
      for (const end of ends.toSorted((a, b) => a - b)) {
        if (proved !== IMPOSSIBLE) proved = proveUtf8(bytes, proved, end);
        expect(proved === IMPOSSIBLE).toBe(end >= firstImpossible(bytes));
      }
      expect(proved === bytes.length).toBe(isUtf8(bytes));
    }),
    { numRuns: 300 },
  );
});

test('decodes what is UTF-8', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      fc.pre(wholeCharacters(bytes) === bytes.length);
      expect(Buffer.from(decodeUtf8(bytes, 0, bytes.length))).toEqual(bytes);
    }),
  );
});

test('fails what is not UTF-8 with 1007', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      fc.pre(wholeCharacters(bytes) !== bytes.length);
      const decode = () => decodeUtf8(bytes, 0, bytes.length);
      expect(decode).toThrow(failure('POSTERN_ERR_UTF8', 1007));
    }),
  );
});
