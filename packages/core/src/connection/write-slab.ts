import { Buffer } from 'node:buffer';

import { maskInPlace, wantsVectorCopy, wantsWords, wordsOf } from '../protocol/masking.js';
import { maskCopyByVectors } from '../protocol/vector-masking.js';

/** In bytes: room for the longest text that is copied, whose units may be three bytes each. */
export const SLAB_SIZE = 262_144;

/** Whoever has bytes in the slab that have not been cut out of it. */
export interface SlabOwner {
  /** Another writer takes the slab over: make what stands there your own piece. */
  keepSlabPart(): void;
}

/**
 * The buffer into which all connections write their small frames. It has one owner at a time: what stands from
 * `start` up to `end` is the owner's and has not been sent; another writer first makes the owner cut it out.
 * Frames copied here leave as one `write` a turn: 0.69 µs a message where a `writev` of its parts costs 0.96.
 */
export const slab: Slab = createSlab();

interface Slab {
  bytes: Buffer;
  /** The words under `bytes`, for masking. */
  words: Int32Array;
  owner: SlabOwner | undefined;
  start: number;
  end: number;
}

function createSlab(): Slab {
  const bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
  return { bytes, words: wordsOf(bytes), owner: undefined, start: 0, end: 0 };
}

/** Makes `owner` the slab's owner. */
export function takeOver(owner: SlabOwner): void {
  slab.owner?.keepSlabPart();
  slab.owner = owner;
  slab.start = slab.end;
}

/** Goes on in a fresh slab; the old one lives for as long as pieces of it are unsent. */
export function renewSlab(): void {
  slab.bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
  slab.words = wordsOf(slab.bytes);
  slab.start = 0;
  slab.end = 0;
}

/** Masks what stands in the slab from `start` up to `end`. */
export function maskInSlab(start: number, end: number, maskingKey: number): void {
  maskInPlace(slab.bytes, start, end, maskingKey, wantsWords(end - start) ? slab.words : undefined);
}

/** Puts `payload` into the slab at `start`, masked. */
export function maskIntoSlab(payload: Uint8Array, start: number, maskingKey: number): void {
  const { length } = payload;
  if (wantsVectorCopy(length)) {
    maskCopyByVectors(slab.bytes, start, payload, 0, length, maskingKey);
    return;
  }
  slab.bytes.set(payload, start);
  maskInSlab(start, start + length, maskingKey);
}
