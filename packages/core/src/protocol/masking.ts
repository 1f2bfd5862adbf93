import { hasVectors, maskByVectors } from './vector-masking.js';

/** Below this many bytes a plain loop is faster than words. Measured: 48. */
const WORDS_FROM = 48;

/** Below this many bytes the copies cost more than the vectors save. Measured, 1 KiB: 0.24 µs against 0.31 by words. */
const VECTORS_FROM = 1024;

/** Words hold the key in the platform's order; elsewhere the byte loop does all the work. */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The masking key as it stands after `count` more payload bytes. */
export function rotateMaskingKey(maskingKey: number, count: number): number {
  const bits = (count & 3) * 8;
  return bits === 0 ? maskingKey : (maskingKey >>> bits) | (maskingKey << (32 - bits));
}

/**
 * The words under `bytes`, for `maskInPlace`: made once per chunk, since a view costs more than
 * masking a small frame does (128 B: 2.6 GB/s with a view per call, 6.2 with one per chunk).
 */
export function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer as ArrayBuffer, 0, bytes.buffer.byteLength >>> 2);
}

function wantsVectors(length: number): boolean {
  return length >= VECTORS_FROM && hasVectors();
}

/** From this many bytes on vectors unmask into a copy 5 to 10 % faster than words do in place, to be copied then. */
const COPIED_BY_VECTORS_FROM = 256;

/** Whether `maskCopyByVectors` is the fastest way to an unmasked copy of so many bytes. */
export function wantsVectorCopy(length: number): boolean {
  return length >= COPIED_BY_VECTORS_FROM && hasVectors();
}

/** Whether `maskInPlace` would use words for a payload of this length. */
export function wantsWords(length: number): boolean {
  return littleEndian && length >= WORDS_FROM && !wantsVectors(length);
}

/**
 * Masks or unmasks `bytes` from `start` up to `end` where they are. RFC 6455, section 5.3.
 * `words` are the words under `bytes` (see `wordsOf`); without them it goes byte by byte.
 */
export function maskInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
  maskingKey: number,
  words: Int32Array | undefined,
): void {
  if (words === undefined) {
    if (wantsVectors(end - start)) maskByVectors(bytes, start, end, maskingKey);
    else maskByteByByte(bytes, start, end, maskingKey);
    return;
  }
  const misaligned = (4 - ((bytes.byteOffset + start) & 3)) & 3;
  const firstAligned = start + misaligned;
  maskByteByByte(bytes, start, firstAligned, maskingKey);
  const key = rotateMaskingKey(maskingKey, misaligned);
  const firstWord = (bytes.byteOffset + firstAligned) >>> 2;
  const endWord = (bytes.byteOffset + end) >>> 2;
  maskWords(words, firstWord, endWord, key);
  // Not shifted: beyond 2 GiB that would be negative.
  maskByteByByte(bytes, endWord * 4 - bytes.byteOffset, end, key);
}

/** Four words a turn: 1 KiB in 305 ns, where one a turn takes 425. */
function maskWords(words: Int32Array, start: number, end: number, key: number): void {
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    words[at]! ^= key;
    words[at + 1]! ^= key;
    words[at + 2]! ^= key;
    words[at + 3]! ^= key;
  }
  for (; at < end; at += 1) words[at]! ^= key;
}

function maskByteByByte(bytes: Uint8Array, start: number, end: number, maskingKey: number): void {
  const key0 = maskingKey & 0xff;
  const key1 = (maskingKey >>> 8) & 0xff;
  const key2 = (maskingKey >>> 16) & 0xff;
  const key3 = maskingKey >>> 24;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    bytes[at]! ^= key0;
    bytes[at + 1]! ^= key1;
    bytes[at + 2]! ^= key2;
    bytes[at + 3]! ^= key3;
  }
  if (at < end) bytes[at]! ^= key0;
  if (at + 1 < end) bytes[at + 1]! ^= key1;
  if (at + 2 < end) bytes[at + 2]! ^= key2;
}

/** Masks a whole array that nobody else has seen yet; a large one by words. */
export function maskWhole(bytes: Uint8Array, maskingKey: number): void {
  maskInPlace(
    bytes,
    0,
    bytes.length,
    maskingKey,
    wantsWords(bytes.length) ? wordsOf(bytes) : undefined,
  );
}
