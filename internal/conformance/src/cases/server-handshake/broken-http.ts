import { serverHandshake } from '../../define-case.js';
import { refused } from './outcomes.js';

const usual = [
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];

type Row = readonly [name: string, title: string, lines: readonly string[]];

const rows: readonly Row[] = [
  [
    'space-before-colon',
    'a space before the colon of a header is refused',
    ['GET / HTTP/1.1', ...usual, 'X-Name : a'],
  ],
  ['nul-in-a-value', 'a NUL in a header is refused', ['GET / HTTP/1.1', ...usual, 'X-Name: a\0b']],
  ['no-colon', 'a header without a colon is refused', ['GET / HTTP/1.1', ...usual, 'nonsense']],
  [
    'separator-in-a-name',
    'a header name that is no token is refused',
    ['GET / HTTP/1.1', ...usual, 'X Name: a'],
  ],
  ['empty-name', 'a header without a name is refused', ['GET / HTTP/1.1', ...usual, ': a']],
  [
    'two-lengths',
    'two different lengths of a body are refused',
    ['GET / HTTP/1.1', ...usual, 'Content-Length: 1', 'Content-Length: 2'],
  ],
  ['nonsense', 'bytes that are no HTTP are refused', ['\x16\x03\x01\x02\x00\x01\x00']],
  ['three-words', 'a request line of nonsense is refused', ['one two three', ...usual]],
];

/** Requests that are no HTTP/1.1 at all, which section 4.2.1 takes for granted. */
export const brokenHttp = rows.map(([name, title, lines]) =>
  serverHandshake({
    id: `4.2.1/${name}`,
    title,
    raw: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    outcome: refused(400),
  }),
);
