import { Buffer } from 'node:buffer';

import { CloseCode, isSendableCloseCode } from './close-code.js';
import { ProtocolError } from './errors.js';
import { MAX_CONTROL_PAYLOAD } from './opcode.js';
import { decodeUtf8 } from './utf8.js';

/** What a close frame says. */
export interface CloseStatus {
  /** 1005 when the frame had no code. */
  readonly code: number;
  /** `''` for none. */
  readonly reason: string;
}

/** The longest close reason, in bytes of UTF-8. RFC 6455, section 5.5. */
export const MAX_CLOSE_REASON = MAX_CONTROL_PAYLOAD - 2;

/**
 * Reads the payload of a close frame. RFC 6455, section 5.5.1.
 * @throws {ProtocolError} with 1002 for a code that must not be sent, 1007 for a reason that is not UTF-8.
 */
export function parseClosePayload(payload: Buffer): CloseStatus {
  if (payload.length === 0) return { code: CloseCode.NoStatus, reason: '' };
  if (payload.length === 1) {
    throw new ProtocolError(
      'POSTERN_ERR_CLOSE_FRAME',
      'close frame with a payload of 1 byte, expected 0 or at least 2',
    );
  }
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isSendableCloseCode(code)) {
    throw new ProtocolError(
      'POSTERN_ERR_CLOSE_FRAME',
      `close frame with code ${code}, expected 1000-1003, 1007-1014 or 3000-4999`,
    );
  }
  return { code, reason: decodeUtf8(payload, 2, payload.length) };
}

/** The payload of a close frame; empty for 1005, which is never on the wire. */
export function closePayload(code: number, reason: string): Buffer {
  if (code === CloseCode.NoStatus) return Buffer.alloc(0);
  const text = Buffer.from(reason, 'utf8');
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  text.copy(payload, 2);
  return payload;
}

/**
 * Checks what a close frame is to say.
 * @throws {RangeError} when a close frame must not carry `code`, or `reason` is over 123 bytes.
 * @throws {TypeError} when `code` is no number or `reason` no string.
 */
export function checkCloseArguments(code: unknown, reason: unknown): void {
  if (typeof code !== 'number') {
    throw new TypeError(`close code is ${typeof code}, expected a number`);
  }
  if (typeof reason !== 'string') {
    throw new TypeError(`close reason is ${typeof reason}, expected a string`);
  }
  if (!isSendableCloseCode(code)) {
    throw new RangeError(`close code ${code}, expected 1000-1003, 1007-1014 or 3000-4999`);
  }
  const length = Buffer.byteLength(reason);
  if (length > MAX_CLOSE_REASON) {
    throw new RangeError(`close reason of ${length} bytes, expected at most ${MAX_CLOSE_REASON}`);
  }
}
