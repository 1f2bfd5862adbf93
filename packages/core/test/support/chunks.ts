/**
 * Copies of `bytes` cut at `cuts`, in any order, each taken modulo the length. The chunks lie at all alignments
 * in memory, with zeros around them: see `surroundings`.
 */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  const ends = [...places, bytes.length];
  return ends.map((end, index) => placed(bytes.subarray(ends[index - 1] ?? 0, end), index));
}

/** Copies of the bytes one by one. */
export function byteByByte(bytes: Uint8Array): Buffer[] {
  const copy = Buffer.from(bytes);
  return Array.from(copy, (_, at) => copy.subarray(at, at + 1));
}

/** A copy of `bytes` that begins `shift` bytes, modulo 8, after an aligned address. */
export function placed(bytes: Uint8Array, shift: number): Buffer {
  const place = Buffer.alloc(bytes.length + 16);
  const copy = place.subarray(shift % 8, (shift % 8) + bytes.length);
  copy.set(bytes);
  return copy;
}

/** What lies around a chunk that `placed` made: zeros, as long as nobody wrote past its ends. */
export function surroundings(chunk: Buffer): Buffer {
  const place = Buffer.from(chunk.buffer);
  const end = chunk.byteOffset + chunk.length;
  return Buffer.concat([place.subarray(0, chunk.byteOffset), place.subarray(end)]);
}
