import { Buffer, isUtf8 } from 'node:buffer';

import { CloseCode } from './close-code.js';
import { ProtocolError } from './errors.js';
import { decodeInLoop, wantsLoop } from './utf8-decoder.js';

/** What `proveUtf8` answers when no continuation can make the bytes valid. */
export const IMPOSSIBLE = -1;

/** Below this many bytes a loop in JavaScript is faster than a call into C++. */
const NATIVE_FROM = 64;

/**
 * `utf8Slice` and `utf8Write` have been on Buffer for a decade without being in its manual; they save
 * 5 to 25 ns a message over `toString` and `write`. The fallback below serves should they ever go.
 */
interface NativeMethods {
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, offset: number): number;
}
type NativeBuffer = Buffer & NativeMethods;
const native: Partial<NativeMethods> = Buffer.prototype as Partial<NativeBuffer>;

export const sliceUtf8: (bytes: Buffer, start: number, end: number) => string = native.utf8Slice
  ? (bytes, start, end) => (bytes as NativeBuffer).utf8Slice(start, end)
  : (bytes, start, end) => bytes.toString('utf8', start, end);

/** Writes `text` at `offset` and returns how many bytes that took; lone surrogates become U+FFFD. */
export const writeUtf8: (bytes: Buffer, text: string, offset: number) => number = native.utf8Write
  ? (bytes, text, offset) => (bytes as NativeBuffer).utf8Write(text, offset)
  : (bytes, text, offset) => bytes.write(text, offset, 'utf8');

/**
 * The text in `bytes` from `start` up to `end`.
 * Decoding puts U+FFFD in place of what is not UTF-8, so only a text that has one needs the check.
 * @throws {ProtocolError} with 1007 when it is not UTF-8. RFC 6455, section 8.1.
 */
export function decodeUtf8(bytes: Buffer, start: number, end: number): string {
  if (wantsLoop(bytes, start, end)) {
    const decoded = decodeInLoop(bytes, start, end);
    if (decoded === undefined) throw invalidUtf8();
    return decoded;
  }
  const text = sliceUtf8(bytes, start, end);
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) throw invalidUtf8();
  return text;
}

/** @throws {ProtocolError} with 1007 when it is not UTF-8. RFC 6455, section 8.1. */
export function checkUtf8(bytes: Uint8Array): void {
  if (!isUtf8(bytes)) throw invalidUtf8();
}

export function invalidUtf8(): ProtocolError {
  return new ProtocolError('POSTERN_ERR_UTF8', 'text is not valid UTF-8', CloseCode.InvalidPayload);
}

/**
 * How far `bytes` are proved to be UTF-8 from `from` (where a character begins) up to `end`: the end, or the
 * beginning of a last character that has not ended; `IMPOSSIBLE` when nothing that follows can mend it.
 * RFC 3629, section 4.
 */
export function proveUtf8(bytes: Uint8Array, from: number, end: number): number {
  if (end - from < NATIVE_FROM) return proveInLoop(bytes, from, end);
  const cut = lastCharacterStart(bytes, end);
  if (!isUtf8(bytes.subarray(from, cut))) return IMPOSSIBLE;
  return proveInLoop(bytes, cut, end);
}

/** Where the last lead byte within the last four bytes stands; `end` when there is none. */
function lastCharacterStart(bytes: Uint8Array, end: number): number {
  for (let at = end - 1; at >= end - 4; at -= 1) {
    if (!isContinuation(bytes[at]!)) return at;
  }
  return end;
}

function proveInLoop(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const length = sequenceLength(lead);
    if (length === 0) return IMPOSSIBLE;
    if (at + 1 < end && !isSecond(lead, bytes[at + 1]!)) return IMPOSSIBLE;
    for (let next = at + 2; next < end && next < at + length; next += 1) {
      if (!isContinuation(bytes[next]!)) return IMPOSSIBLE;
    }
    if (at + length > end) return at;
    at += length;
  }
  return at;
}

/** From the lead byte; 0 for one that begins no character (c0, c1 and f5 up never do). */
function sequenceLength(lead: number): number {
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** The second byte rules out overlong forms, surrogates and what lies above U+10FFFF. */
function isSecond(lead: number, byte: number): boolean {
  if (lead === 0xe0) return byte >= 0xa0 && byte <= 0xbf;
  if (lead === 0xed) return byte >= 0x80 && byte <= 0x9f;
  if (lead === 0xf0) return byte >= 0x90 && byte <= 0xbf;
  if (lead === 0xf4) return byte >= 0x80 && byte <= 0x8f;
  return isContinuation(byte);
}

function isContinuation(byte: number): boolean {
  return (byte & 0b1100_0000) === 0b1000_0000;
}
