import { createHash } from 'node:crypto';

/** The answer that proves a server has read the key. RFC 6455, section 4.2.2, item 5.4. */
export function acceptKeyFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
