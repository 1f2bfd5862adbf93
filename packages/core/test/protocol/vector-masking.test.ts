import { afterEach, describe, expect, test, vi } from 'vitest';

import { compileMasking } from '../../scripts/build-masking.mjs';
import { MASKING_MODULE } from '../../src/protocol/masking-module.js';
import {
  createVector,
  hasVectors,
  maskByVectors,
  maskCopyByVectors,
} from '../../src/protocol/vector-masking.js';
import { placed, surroundings } from '../support/chunks.js';
import { masked } from '../support/frame-builder.js';
import { hex } from '../support/hex.js';

const maskingKey = 0x3d21fa37;
const keyBytes = hex('37fa213d');

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test('the module is what its text compiles to', async () => {
  expect(await compileMasking()).toBe(MASKING_MODULE);
});

describe('masks by vectors what bytes would be', () => {
  const lengths = [1, 3, 63, 64, 65, 1023, 1024, 65_535, 65_536, 65_537, 131_072, 200_001];
  test.each(lengths.flatMap((length) => [0, 1, 2, 3].map((shift) => [length, shift] as const)))(
    '%i bytes, %i past a word, and nothing around them',
    (length, shift) => {
      const payload = Buffer.alloc(length).map((_, index) => (index * 7 + (index >> 8)) & 0xff);
      const chunk = placed(payload, shift);
      expect(hasVectors()).toBe(true);
      maskByVectors(chunk, 0, length, maskingKey);
      expect(chunk.equals(masked(payload, keyBytes))).toBe(true);
      expect(surroundings(chunk)).toEqual(Buffer.alloc(16));

      const source = placed(payload, shift + 1);
      const copy = placed(Buffer.alloc(length + 2), shift);
      maskCopyByVectors(copy, 1, source, 0, length, maskingKey);
      expect(copy.subarray(1, length + 1).equals(chunk)).toBe(true);
      expect([copy[0], copy[length + 1], source.equals(payload)]).toEqual([0, 0, true]);
    },
  );
});

describe('there are no vectors', () => {
  function Refusing(): never {
    throw new Error('not to be had');
  }

  test.each([
    ['without WebAssembly', undefined],
    ['without its SIMD', { Module: Refusing, Instance: Refusing }],
    ['without memory for it', { Module: Object, Instance: Refusing }],
  ])('%s', (_, found) => {
    vi.stubGlobal('WebAssembly', found);
    expect(createVector()).toBeNull();
  });

  test('and large payloads are masked all the same', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const masking = await import('../../src/protocol/masking.js');
    const payload = Buffer.alloc(70_001, 'postern');
    expect(masking.wantsWords(payload.length)).toBe(true);
    const chunk = Buffer.from(payload);
    masking.maskWhole(chunk, maskingKey);
    expect(chunk.equals(masked(payload, keyBytes))).toBe(true);
  });
});
