import { Buffer } from 'node:buffer';
import type { Message } from '@postern/core';

export const MEBIBYTE = 1024 * 1024;

/** Bytes that no compression makes shorter, the same each time. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = length + 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Bytes that every compression makes shorter. */
export function repetition(length: number): Buffer {
  return Buffer.alloc(length, 'all work and no play; ');
}

/** Text that is much like the one before. */
export function record(index: number): string {
  return JSON.stringify({
    index,
    user: `user-${index % 7}`,
    text: 'an ordinary message, as in a chat',
  });
}

/** As strings, which are compared a thousand times faster than Buffers. */
export function shown(messages: readonly Message[]): string[] {
  return messages.map((each) => (typeof each === 'string' ? each : `<${each.toString('latin1')}>`));
}
