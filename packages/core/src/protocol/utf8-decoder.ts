import { Buffer } from 'node:buffer';
// oxlint-disable-next-line no-restricted-imports -- asked for the version of V8 once, and nothing else
import { versions } from 'node:process';

/** The longest text, in bytes, that is decoded here. */
const MAX_LENGTH = 65_536;

/** Below this many bytes, and where fewer than one in `SAMPLES` is beyond ASCII, C++ is as fast. */
const MIN_LENGTH = 32;
const SAMPLES = 8;

/**
 * V8 before 13 (Node 20 and 22) decodes whatever is not ASCII byte by byte in C++: 1 KiB of mixed scripts takes 3.2 µs,
 * and 1.1 µs in JavaScript. From 13 on it has vectors for that, and takes 0.5.
 */
const isNativeSlow = Number.parseInt(versions.v8, 10) < 13;

let units: Uint16Array | undefined;
let unitBytes: Buffer | undefined;

/** Whether `decodeInLoop` is the faster way for this text. */
export function wantsLoop(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (!isNativeSlow || length < MIN_LENGTH || length > MAX_LENGTH) return false;
  const step = (length / SAMPLES) | 0;
  let found = 0;
  for (let at = start; at < end; at += step) found |= bytes[at]!;
  return found >= 0x80;
}

/** The text in `bytes` from `start` up to `end`, at most 64 KiB; undefined when that is not UTF-8. RFC 3629. */
export function decodeInLoop(bytes: Uint8Array, start: number, end: number): string | undefined {
  units ??= new Uint16Array(MAX_LENGTH);
  unitBytes ??= Buffer.from(units.buffer);
  const length = decodeUnits(bytes, start, end, units);
  if (length < 0) return undefined;
  return unitBytes.toString('utf16le', 0, length * 2);
}

/** Writes UTF-16 into `target`, and returns how many units that are; -1 when the bytes are not UTF-8. */
function decodeUnits(bytes: Uint8Array, start: number, end: number, target: Uint16Array): number {
  let at = start;
  let length = 0;
  while (at < end) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      target[length] = lead;
      at += 1;
      length += 1;
    } else if (lead < 0xe0) {
      const second = bytes[at + 1]! ^ 0x80;
      at += 2;
      // What is cut off may look whole by what follows it in the chunk.
      if (lead < 0xc2 || second > 0x3f || at > end) return -1;
      target[length] = ((lead & 0x1f) << 6) | second;
      length += 1;
    } else if (lead < 0xf0) {
      const second = bytes[at + 1]! ^ 0x80;
      const third = bytes[at + 2]! ^ 0x80;
      const unit = ((lead & 0x0f) << 12) | (second << 6) | third;
      at += 3;
      // Too long for its character, or half of a surrogate pair.
      if (unit < 0x800 || (unit & 0xf800) === 0xd800) return -1;
      if ((second | third) > 0x3f || at > end) return -1;
      target[length] = unit;
      length += 1;
    } else {
      const second = bytes[at + 1]! ^ 0x80;
      const third = bytes[at + 2]! ^ 0x80;
      const fourth = bytes[at + 3]! ^ 0x80;
      const above = ((lead & 0x07) << 18) + (second << 12) + (third << 6) + fourth - 0x1_0000;
      at += 4;
      if (lead > 0xf4 || (second | third | fourth) > 0x3f || at > end) return -1;
      if (above < 0 || above > 0xf_ffff) return -1;
      target[length] = 0xd800 | (above >> 10);
      target[length + 1] = 0xdc00 | (above & 0x3ff);
      length += 2;
    }
  }
  return length;
}
