import { expect, test } from 'vitest';

import { payloadText } from '../src/payload-text.js';

const bytes = new Uint8Array([0xde, 0xad, 0xbe, 0xef]);

function shown(kind: 'text' | 'binary', data: unknown, limit: number): string {
  return payloadText({ kind, data } as Parameters<typeof payloadText>[0], limit);
}

test.each<['text' | 'binary', unknown, number, string]>([
  ['text', 'hello', 64, 'hello'],
  ['text', 'hello', 4, 'hell...'],
  ['text', 'a\nb', 64, 'a\\nb'],
  ['text', '', 64, ''],
  ['text', 'hello', 0, ''],
  ['text', 'hello', Infinity, 'hello'],
  ['text', new TextEncoder().encode('grüße'), 64, 'grüße'],
  ['text', new TextEncoder().encode('€'.repeat(100)), 2, '€€...'],
  ['binary', bytes, 64, 'deadbeef'],
  ['binary', bytes, 8, 'deadbeef'],
  ['binary', bytes, 6, 'deadbe...'],
  ['binary', bytes, Infinity, 'deadbeef'],
  ['binary', bytes.buffer, 4, 'dead...'],
  ['binary', new DataView(bytes.buffer, 1, 2), 64, 'adbe'],
  ['binary', new Uint16Array(bytes.buffer), 64, 'deadbeef'],
  ['binary', 'hi', 64, '6869'],
  ['binary', 'hi', 2, '68...'],
])(
  'a %s message %o, of which %d characters may be seen, is shown as %s',
  (kind, data, limit, text) => {
    expect(shown(kind, data, limit)).toBe(text);
  },
);
