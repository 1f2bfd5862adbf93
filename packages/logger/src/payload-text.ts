import { Buffer } from 'node:buffer';

import type { MessageEvent } from '@postern/core';

import { printable } from './printable.js';

/**
 * The beginning of a payload: text as it is, bytes in hexadecimal, at most `limit` characters of either. Empty for an empty
 * payload, and with a limit of 0.
 */
export function payloadText({ kind, data }: MessageEvent, limit: number): string {
  if (limit === 0) return '';
  if (kind === 'text')
    return printable(typeof data === 'string' ? data : textIn(data, limit), limit);
  const bytes = typeof data === 'string' ? Buffer.from(data.slice(0, limit)) : bytesOf(data);
  const shown = Math.floor(limit / 2);
  return `${bytes.toString('hex', 0, shown)}${bytes.length > shown ? '...' : ''}`;
}

/** More than is shown, so that it is seen that there is more: no character has over four bytes. */
function textIn(data: Uint8Array | ArrayBuffer, limit: number): string {
  return bytesOf(data).toString('utf8', 0, (limit + 1) * 4);
}

/** What is sent may be any view, or an ArrayBuffer. */
function bytesOf(data: Uint8Array | ArrayBuffer): Buffer {
  if (!ArrayBuffer.isView(data)) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
