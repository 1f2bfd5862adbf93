import * as fc from 'fast-check';

import { noise } from './noise.js';

const words = ['"id":', '"user":', 'alpha', 'beta', 'gamma', ',', '{', '}', ' ', '1234', 'true'];

/** As text usually is: the same words again and again. */
const wordy = (most: number): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 6 })), {
      maxLength: Math.ceil(most / 4),
    })
    .map((parts) => Buffer.from(parts.join('')).subarray(0, most));

/** As bytes sometimes are: runs of every length, and repetitions from every distance. */
const repetitive = (most: number): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.tuple(fc.nat(255), fc.nat(300), fc.nat(2 ** 15)), {
      maxLength: Math.ceil(most / 40),
    })
    .map((steps) => {
      const bytes: number[] = [];
      for (const [byte, length, distance] of steps) {
        const from = bytes.length - distance;
        for (let index = 0; index < length; index += 1) bytes.push(bytes[from + index] ?? byte);
      }
      return Buffer.from(bytes).subarray(0, most);
    });

/** Bytes with frequencies as far apart as Huffman codes can tell. */
const skewed = (most: number): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.nat(most), fc.nat(), fc.integer({ min: 2, max: 40 }))
    .map(([size, seed, kinds]) =>
      noise(size, seed).map((byte, index) => {
        const rarity = Math.clz32((byte << 24) | (seed >>> (index % 24))) + Math.clz32(byte << 27);
        return Math.min(kinds, rarity) * 5;
      }),
    )
    .map((bytes) => Buffer.from(bytes));

const random = (most: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength: most }).map((bytes) => Buffer.from(bytes));

/** A message of at most `most` bytes, of one kind or another. */
export function message(most: number): fc.Arbitrary<Buffer> {
  return fc.oneof(wordy(most), repetitive(most), skewed(most), random(Math.min(most, 600)));
}

/** Messages of one connection, mostly small, so that they refer to each other. */
export function conversation(most: number): fc.Arbitrary<Buffer[]> {
  return fc.array(fc.oneof(message(100), message(600), message(most)), { maxLength: 12 });
}

export const windowBits: fc.Arbitrary<number> = fc.integer({ min: 8, max: 15 });
