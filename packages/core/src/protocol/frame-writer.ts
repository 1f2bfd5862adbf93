import { Buffer } from 'node:buffer';

import { unmaskedHeaderLength, writeFrameHeader } from './frame-header.js';
import { maskInPlace } from './masking.js';

/** The first byte's FIN bit. */
export const FIN = 0b1000_0000;

const MASKING_KEY_LENGTH = 4;

/** The length of a whole frame in bytes. */
export function frameLength(payloadLength: number, masked: boolean): number {
  return unmaskedHeaderLength(payloadLength) + (masked ? MASKING_KEY_LENGTH : 0) + payloadLength;
}

/**
 * Writes a whole frame at `offset`, masked when there is a key, and returns where it ends.
 * `first` is the whole first byte. The caller's `payload` is not changed. RFC 6455, section 5.
 */
export function writeFrame(
  target: Buffer,
  offset: number,
  first: number,
  payload: Uint8Array,
  maskingKey: number | undefined,
): number {
  const start = writeFrameHeader(target, offset, first, payload.length, maskingKey);
  target.set(payload, start);
  const end = start + payload.length;
  if (maskingKey !== undefined) maskInPlace(target, start, end, maskingKey, undefined);
  return end;
}

/** A whole frame in a buffer of its own. RFC 6455, section 5. */
export function createFrame(
  first: number,
  payload: Uint8Array,
  maskingKey: number | undefined,
): Buffer {
  // Every byte of it is written below.
  const frame = Buffer.allocUnsafeSlow(frameLength(payload.length, maskingKey !== undefined));
  writeFrame(frame, 0, first, payload, maskingKey);
  return frame;
}
