import type { Buffer } from 'node:buffer';

import { checkUtf8, decodeUtf8 } from './utf8.js';

/** A text message that was judged and not decoded, for whoever only passes it on. */
export class TextBytes {
  /** Valid UTF-8. */
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/**
 * A whole text message: a string, or its bytes where nobody wants one.
 * @throws {ProtocolError} with 1007 when it is not UTF-8. RFC 6455, section 8.1.
 */
export function readText(bytes: Buffer, decodes: boolean): string | TextBytes {
  if (decodes) return decodeUtf8(bytes, 0, bytes.length);
  checkUtf8(bytes);
  return new TextBytes(bytes);
}
