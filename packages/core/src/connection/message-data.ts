import { Buffer } from 'node:buffer';

import { MAX_CONTROL_PAYLOAD } from '../protocol/opcode.js';

/** What can be sent: text, or bytes in any of their usual forms. */
export type MessageData = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/**
 * The bytes of `data`, not copied.
 * Only bytes and text are accepted: a number would be taken for a length, and send memory that nobody wrote.
 * @throws {TypeError} for anything but a string or bytes.
 */
export function toBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) {
    return new Uint8Array(data as ArrayBuffer);
  }
  throw new TypeError(`message is ${nameOf(data)}, expected a string or bytes`);
}

/**
 * The payload of a ping or pong. RFC 6455, section 5.5.
 * @throws {TypeError} for anything but a string or bytes.
 * @throws {RangeError} above 125 bytes.
 */
export function controlPayload(data: MessageData): Uint8Array {
  const payload = toBytes(data);
  if (payload.length <= MAX_CONTROL_PAYLOAD) return payload;
  throw new RangeError(
    `control frame of ${payload.length} bytes, expected at most ${MAX_CONTROL_PAYLOAD}`,
  );
}

function nameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return value.constructor?.name ?? 'an object';
}
