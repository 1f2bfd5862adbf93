import { clientRequest } from '../../define-case.js';
import type { SeenRequest } from '../../case.js';
import { listOf, valuesOf, type HttpHead } from '../../wire/http-head.js';

type Row = readonly [
  name: string,
  title: string,
  judge: (request: SeenRequest) => string | undefined,
];

const rows: readonly Row[] = [
  ['method', 'the request is a GET', ({ head }) => unless(head.line.startsWith('GET '), head.line)],
  [
    'version',
    'the request is HTTP/1.1',
    ({ head }) => unless(head.line.endsWith(' HTTP/1.1'), head.line),
  ],
  [
    'target',
    'the request target is the path of the URL',
    ({ head, url }) => unless(head.line.split(' ')[1] === url.pathname, head.line),
  ],
  [
    'host',
    'Host is the host and port of the URL, once',
    ({ head, url }) => one(head, 'Host', url.host),
  ],
  [
    'upgrade',
    'the Upgrade header names websocket',
    ({ head }) => unless(listOf(head, 'Upgrade').includes('websocket'), 'no websocket in Upgrade'),
  ],
  [
    'connection',
    'the Connection header names Upgrade',
    ({ head }) =>
      unless(listOf(head, 'Connection').includes('upgrade'), 'no Upgrade in Connection'),
  ],
  [
    'websocket-version',
    'Sec-WebSocket-Version is 13, once',
    ({ head }) => one(head, 'Sec-WebSocket-Version', '13'),
  ],
  ['key', 'Sec-WebSocket-Key is 16 bytes in canonical base64, once', ({ head }) => brokenKey(head)],
  [
    'no-subprotocol',
    'no subprotocol is offered where none was asked for',
    ({ head }) => one(head, 'Sec-WebSocket-Protocol'),
  ],
  [
    'no-body',
    'the request announces no body',
    ({ head }) => one(head, 'Content-Length') ?? one(head, 'Transfer-Encoding'),
  ],
  [
    'nothing-early',
    'no frame is sent before the answer has come',
    ({ early }) => unless(early === 0, `${early} bytes`),
  ],
  [
    'extensions',
    'an offer of extensions, if there is one, is of permessage-deflate',
    ({ head }) => oddExtensions(head),
  ],
];

function unless(fine: boolean, found: string): string | undefined {
  return fine ? undefined : `found ${found}`;
}

/** The header must be there exactly with these values. */
function one(head: HttpHead, name: string, ...values: string[]): string | undefined {
  const found = valuesOf(head, name);
  return unless(found.join('\n') === values.join('\n'), `${name}: ${found.join(' and ')}`);
}

function brokenKey(head: HttpHead): string | undefined {
  const [key = '', ...more] = valuesOf(head, 'Sec-WebSocket-Key');
  const bytes = Buffer.from(key, 'base64');
  return unless(
    more.length === 0 && bytes.length === 16 && bytes.toString('base64') === key,
    `the key ${key}`,
  );
}

function oddExtensions(head: HttpHead): string | undefined {
  const odd = listOf(head, 'Sec-WebSocket-Extensions').filter(
    (offer) => !/^permessage-deflate\b/.test(offer),
  );
  return unless(odd.length === 0, `an offer of ${odd.join(', ')}`);
}

const single = rows.map(([name, title, judge]) =>
  clientRequest({ id: `4.1/request-${name}`, title, judge: ([request]) => judge(request!) }),
);

const suffixes: readonly (readonly [name: string, title: string, suffix: string])[] = [
  ['query', 'the query of the URL is part of the request target', '?a=1&b=%2F&c=d%20e'],
  ['empty-query-value', 'a query without a value is kept', '?a=&b'],
  ['deep-path', 'escapes in the path are kept as they are', '/a/b%20c/%C3%A9'],
  ['path-of-dots', 'dots in names are kept', '/a.b/..c'],
  ['long-path', 'a path of 4,000 bytes is kept', `/${'a'.repeat(4_000)}`],
];

const targets = suffixes.map(([name, title, suffix]) =>
  clientRequest({
    id: `4.1/request-${name}`,
    title,
    suffix,
    judge: ([request]) => {
      const { head, url } = request!;
      return unless(
        head.line.split(' ')[1] === `${url.pathname}${url.search}`,
        head.line.slice(0, 80),
      );
    },
  }),
);

const freshKey = clientRequest({
  id: '4.1/request-fresh-key',
  title: 'every connection has a key of its own',
  connections: 5,
  judge: (requests) => {
    const keys = new Set(requests.flatMap(({ head }) => valuesOf(head, 'Sec-WebSocket-Key')));
    return unless(
      keys.size === requests.length,
      `${keys.size} keys in ${requests.length} requests`,
    );
  },
});

/** What a client sends: section 4.1. */
export const clientRequests = [...single, ...targets, freshKey];
