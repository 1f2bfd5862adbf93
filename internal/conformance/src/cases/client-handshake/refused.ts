import type { ClientResponseCase, Severity } from '../../case.js';
import { clientResponse } from '../../define-case.js';
import { text } from '../../wire/frames.js';
import {
  add,
  double,
  drop,
  line,
  listOf,
  set,
  valuesOf,
  type Edit,
  type HttpHead,
} from '../../wire/http-head.js';

type Row = readonly [name: string, title: string, edits: readonly Edit[], severity?: Severity];

const statuses: readonly Row[] = [
  200, 201, 204, 301, 302, 307, 400, 401, 403, 404, 426, 429, 500, 503,
].map((status) => [
  `status-${status}`,
  `a ${status} instead of a 101 is a refusal although all headers are right`,
  [line(`HTTP/1.1 ${status} Whatever`), add('Content-Length', '0')],
]);

const versions: readonly Row[] = [
  ['http-1.0', 'a 101 in HTTP/1.0 is a refusal', [line('HTTP/1.0 101 Switching Protocols')]],
  ['http-0.9', 'a 101 in HTTP/0.9 is a refusal', [line('HTTP/0.9 101 Switching Protocols')]],
  [
    'http-2.0',
    'a 101 that calls itself HTTP/2.0 is a refusal',
    [line('HTTP/2.0 101 Switching Protocols')],
    'postern',
  ],
  [
    'not-http',
    'a 101 of another protocol is a refusal',
    [line('WEBSOCKET/1.3 101 Switching Protocols')],
  ],
  ['no-status', 'a status line without a status is a refusal', [line('HTTP/1.1')]],
  [
    'status-of-words',
    'a status that is no number is a refusal',
    [line('HTTP/1.1 one Switching Protocols')],
  ],
  [
    'status-of-four-digits',
    'a status of four digits is a refusal',
    [line('HTTP/1.1 1010 Switching Protocols')],
  ],
];

const accept =
  (change: (key: string) => string): Edit =>
  (head) =>
    set('Sec-WebSocket-Accept', change(valuesOf(head, 'Sec-WebSocket-Accept')[0]!))(head);

const acceptKeys: readonly Row[] = [
  ['accept-missing', 'a 101 without an accept key is a refusal', [drop('Sec-WebSocket-Accept')]],
  ['accept-empty', 'an empty accept key is a refusal', [accept(() => '')]],
  [
    'accept-of-another-key',
    'the accept key of another key is a refusal',
    [accept(() => 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')],
  ],
  [
    'accept-in-lower-case',
    'an accept key in lower case is a refusal',
    [accept((key) => key.toLowerCase())],
  ],
  [
    'accept-with-more',
    'an accept key with something behind it is a refusal',
    [accept((key) => `${key}x`)],
  ],
  [
    'accept-without-padding',
    'an accept key without its padding is a refusal',
    [accept((key) => key.slice(0, -1))],
  ],
  ['accept-quoted', 'a quoted accept key is a refusal', [accept((key) => `"${key}"`)]],
  [
    'accept-twice',
    'the right accept key twice is a refusal',
    [double('Sec-WebSocket-Accept')],
    'postern',
  ],
  [
    'accept-right-and-wrong',
    'a right accept key and a wrong one are a refusal',
    [add('Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')],
    'postern',
  ],
];

const headers: readonly Row[] = [
  ['upgrade-missing', 'a 101 without Upgrade is a refusal', [drop('Upgrade')]],
  ['upgrade-other', 'a 101 to another protocol is a refusal', [set('Upgrade', 'h2c')]],
  [
    'upgrade-longer',
    'a 101 to a protocol whose name only begins with websocket is a refusal',
    [set('Upgrade', 'websockets')],
  ],
  [
    'upgrade-list',
    'a 101 to two protocols is a refusal',
    [set('Upgrade', 'websocket, h2c')],
    'postern',
  ],
  ['upgrade-twice', 'a 101 with two Upgrade headers is a refusal', [double('Upgrade')], 'postern'],
  ['connection-missing', 'a 101 without Connection is a refusal', [drop('Connection')]],
  ['connection-close', 'a 101 with Connection: close is a refusal', [set('Connection', 'close')]],
  [
    'connection-longer',
    'a 101 with Connection: upgraded is a refusal',
    [set('Connection', 'upgraded')],
  ],
];

const offered =
  (name: string) =>
  (request: HttpHead): string | undefined =>
    listOf(request, 'Sec-WebSocket-Extensions').some((offer) => offer.startsWith(name))
      ? 'the client offers this extension'
      : undefined;

const unasked: readonly Row[] = [
  [
    'subprotocol',
    'a subprotocol that nobody asked for is a refusal',
    [add('Sec-WebSocket-Protocol', 'chat')],
  ],
  [
    'subprotocol-empty',
    'an empty subprotocol that nobody asked for is a refusal',
    [add('Sec-WebSocket-Protocol', '')],
    'postern',
  ],
  [
    'subprotocols',
    'two subprotocols that nobody asked for are a refusal',
    [add('Sec-WebSocket-Protocol', 'chat, superchat')],
  ],
  [
    'extension',
    'an extension that nobody asked for is a refusal',
    [add('Sec-WebSocket-Extensions', 'x-unknown')],
  ],
  [
    'extension-with-parameters',
    'an extension with parameters that nobody asked for is a refusal',
    [add('Sec-WebSocket-Extensions', 'x-unknown; a=1; b="c"')],
  ],
  [
    'extension-malformed',
    'an extension header that breaks the grammar is a refusal',
    [add('Sec-WebSocket-Extensions', 'x-unknown; a="b')],
  ],
  [
    'extension-like-a-property',
    'an extension named like a property of objects is a refusal',
    [add('Sec-WebSocket-Extensions', 'constructor')],
  ],
];

const edited: readonly ClientResponseCase[] = [
  ...statuses,
  ...versions,
  ...acceptKeys,
  ...headers,
  ...unasked,
].map(([name, title, edits, severity = 'must']) =>
  clientResponse({
    id: `4.1/refuses-${name}`,
    title,
    edits,
    severity,
    outcome: 'refused',
    // A client that took the answer for a 101 would echo this.
    glued: [text('caught')],
  }),
);

const deflate = [
  'permessage-deflate',
  'permessage-deflate, permessage-deflate',
  'permessage-deflate; server_max_window_bits=1000',
].map((value, index) =>
  clientResponse({
    id: `9.1/refuses-unasked-deflate-${index + 1}`,
    title: `"${value}" from the server is a refusal where the client did not offer it`,
    edits: [add('Sec-WebSocket-Extensions', value)],
    glued: [text('caught')],
    outcome: 'refused',
    skip: offered('permessage-deflate'),
  }),
);

const raw = (text: string): Buffer => Buffer.from(text, 'latin1');

type RawRow = readonly [
  name: string,
  title: string,
  raw: Buffer,
  afterwards: ClientResponseCase['afterwards'],
];

const noHandshake: readonly RawRow[] = [
  [
    'ssh',
    'a server that speaks another protocol is a refusal',
    raw('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
    'wait',
  ],
  ['noise', 'bytes that are no HTTP are a refusal', Buffer.alloc(200, 0x81), 'wait'],
  ['frames-at-once', 'frames without a handshake are a refusal', raw('\x81\x05Hello'), 'wait'],
  ['nothing', 'the end of TCP without an answer is a refusal', raw(''), 'finish'],
  ['reset', 'a reset without an answer is a refusal', raw(''), 'reset'],
  [
    'half-a-line',
    'the end of TCP inside the status line is a refusal',
    raw('HTTP/1.1 10'),
    'finish',
  ],
  [
    'half-a-head',
    'the end of TCP inside the headers is a refusal',
    raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: web'),
    'finish',
  ],
  [
    'reset-in-a-head',
    'a reset inside the headers is a refusal',
    raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: web'),
    'reset',
  ],
  [
    'nul',
    'a NUL in a header is a refusal',
    raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: web\0socket\r\n\r\n'),
    'wait',
  ],
  [
    'no-colon',
    'a header without a colon is a refusal',
    raw('HTTP/1.1 101 Switching Protocols\r\nnonsense\r\n\r\n'),
    'wait',
  ],
  [
    'huge-header',
    'a head of 200 KiB is a refusal',
    raw(`HTTP/1.1 101 Switching Protocols\r\nX-Large: ${'a'.repeat(200_000)}`),
    'wait',
  ],
  [
    '403-with-body',
    'a 403 with a body is a refusal',
    raw('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'),
    'wait',
  ],
  [
    '403-until-the-end',
    'a 403 with a body until the end of TCP is a refusal',
    raw('HTTP/1.1 403 Forbidden\r\n\r\nno'),
    'finish',
  ],
  [
    '403-cut-off',
    'a 403 whose body is cut off by a reset is a refusal',
    raw('HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nno'),
    'reset',
  ],
  [
    '403-without-end',
    'a 403 with a body without end is a refusal',
    raw('HTTP/1.1 403 Forbidden\r\n\r\n'),
    'endless body',
  ],
  [
    'redirect',
    'a redirect to nowhere is a refusal',
    raw('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
    'wait',
  ],
];

const withoutHead = noHandshake.map(([name, title, bytes, afterwards]) =>
  clientResponse({ id: `4.1/refuses-${name}`, title, raw: bytes, afterwards, outcome: 'refused' }),
);

/** Answers that must not open a connection: section 4.1. */
export const refused = [...edited, ...deflate, ...withoutHead];
