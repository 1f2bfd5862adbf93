import { afterEach, describe, expect, test, vi } from 'vitest';

import {
  maskInPlace,
  maskWhole,
  rotateMaskingKey,
  wantsWords,
  wordsOf,
} from '../../src/protocol/masking.js';
import { masked } from '../support/frame-builder.js';
import { hex } from '../support/hex.js';

const maskingKey = 0x3d21fa37; // 37fa213d on the wire
const keyBytes = hex('37fa213d');

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test('masks Hello as RFC 6455 section 5.7 shows: 37fa213d 7f9f4d5158', () => {
  const bytes = Buffer.from('Hello');
  maskInPlace(bytes, 0, 5, maskingKey, undefined);
  expect(bytes).toEqual(hex('7f9f4d5158'));
});

test.each([
  [0, 0x04030201],
  [1, 0x01040302],
  [2, 0x02010403],
  [3, 0x03020104],
  [4, 0x04030201],
  [65_537, 0x01040302],
])('after %i bytes the key stands where section 5.3 continues', (count, expected) => {
  expect(rotateMaskingKey(0x04030201, count) >>> 0).toBe(expected);
});

test('a key whose highest bit is set rotates like any other', () => {
  expect(rotateMaskingKey(0xf4030201 | 0, 1) >>> 0).toBe(0x01f40302);
});

describe.each([0, 1, 2, 3, 4, 5, 6, 7])('masks from %i bytes after an aligned address', (shift) => {
  /** Masks `length` bytes in the midst of others; gives back all of them. */
  function maskAmong(length: number, inWords: boolean): Buffer {
    const place = Buffer.alloc(length + 16, 0xee);
    const bytes = place.subarray(1, length + 15);
    const start = shift + 7;
    const words = inWords ? wordsOf(bytes) : undefined;
    maskInPlace(bytes, start, start + length, maskingKey, words);
    return place;
  }

  function expected(length: number): Buffer {
    const place = Buffer.alloc(length + 16, 0xee);
    const payload = masked(new Uint8Array(length).fill(0xee), keyBytes);
    place.set(payload, shift + 8);
    return place;
  }

  test('byte by byte, every length up to 70, and nothing around them', () => {
    for (let length = 0; length <= 70; length += 1) {
      expect(maskAmong(length, false)).toEqual(expected(length));
    }
  });

  test('in words, every length from 48 to 120, and nothing around them', () => {
    for (let length = 48; length <= 120; length += 1) {
      expect(wantsWords(length)).toBe(true);
      expect(maskAmong(length, true)).toEqual(expected(length));
    }
  });
});

test.each([0, 47])('%i bytes are not worth words', (length) => {
  expect(wantsWords(length)).toBe(false);
});

test('the words under an array are those of all its memory but a last one that is not whole', () => {
  const bytes = new Uint8Array(new ArrayBuffer(11), 3, 5);
  expect(wordsOf(bytes).length).toBe(2);
  expect(wordsOf(bytes).buffer).toBe(bytes.buffer);
});

test.each([0, 5, 47, 48, 1000])('masks a whole array of %i bytes', (length) => {
  const bytes = Buffer.alloc(length, 0x5a);
  maskWhole(bytes, maskingKey);
  expect(bytes).toEqual(Buffer.from(masked(new Uint8Array(length).fill(0x5a), keyBytes)));
});

test('masks bytes beyond the first 2 GiB of their memory', () => {
  // The memory is only reserved: the system has to find no more than the page that is written.
  const far = new Uint8Array(new ArrayBuffer(2 ** 31 + 256), 2 ** 31 + 1, 100);
  maskInPlace(far, 1, 99, maskingKey, wordsOf(far));
  expect(far.subarray(1, 99)).toEqual(masked(new Uint8Array(98), keyBytes));
  expect([far[0], far[99]]).toEqual([0, 0]);
});

test('goes byte by byte where words have the other byte order', async () => {
  vi.stubGlobal(
    'Uint32Array',
    class {
      readonly buffer = new Uint8Array([0, 0, 0, 1]).buffer;
    },
  );
  vi.resetModules();
  const bigEndian = await import('../../src/protocol/masking.js');
  expect(bigEndian.wantsWords(1000)).toBe(false);
  const bytes = new Uint8Array(1000);
  bigEndian.maskWhole(bytes, maskingKey);
  expect(bytes).toEqual(masked(new Uint8Array(1000), keyBytes));
});
