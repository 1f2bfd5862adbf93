import type { HandshakeOutcome } from '../../case.js';
import { serverHandshake } from '../../define-case.js';
import { line } from '../../wire/http-head.js';
import { either, opens, refused } from './outcomes.js';

type Row = readonly [name: string, title: string, line: string, outcome: HandshakeOutcome];

const targets: readonly Row[] = [
  ['root', 'the path / is opened', 'GET / HTTP/1.1', opens],
  ['deep-path', 'a path of several segments is opened', 'GET /a/b%20c/d HTTP/1.1', opens],
  ['query', 'a path with a query is opened', 'GET /?a=1&b=%2F HTTP/1.1', opens],
  ['long-path', 'a path of 4,000 bytes is opened', `GET /${'a'.repeat(4_000)} HTTP/1.1`, opens],
];

const methods: readonly Row[] = ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'].map(
  (method) => [
    `method-${method.toLowerCase()}`,
    `an upgrade by ${method} is refused`,
    `${method} / HTTP/1.1`,
    refused(400, 405, 426),
  ],
);

const versions: readonly Row[] = [
  ['http-1.0', 'an upgrade over HTTP/1.0 is refused', 'GET / HTTP/1.0', refused(400, 426, 505)],
  ['http-0.9', 'an upgrade over HTTP/0.9 is refused', 'GET / HTTP/0.9', refused(400, 426, 505)],
  ['http-2.0', 'a request that calls itself HTTP/2.0 is survived', 'GET / HTTP/2.0', either],
  ['http-3.1', 'a request that calls itself HTTP/3.1 is survived', 'GET / HTTP/3.1', either],
  ['no-version', 'a request line without a version is refused', 'GET /', refused(400, 505)],
  [
    'not-http',
    'a request line of another protocol is refused',
    'GET / WEBSOCKET/1.3',
    refused(400, 505),
  ],
  [
    'lower-case-method',
    'a method in lower case is refused',
    'get / HTTP/1.1',
    refused(400, 405, 501),
  ],
  ['unknown-method', 'an unknown method is refused', 'UPGRADE / HTTP/1.1', refused(400, 405, 501)],
];

const absolute = serverHandshake({
  id: '4.2.1/absolute-target',
  title: 'an absolute http URI as the request target is opened',
  edits: (url) => [line(`GET http://${url.host}/ HTTP/1.1`)],
});

/** The request line: section 4.2.1, item 1. */
export const requestLine = [
  ...[...targets, ...methods, ...versions].map(([name, title, text, outcome]) =>
    serverHandshake({ id: `4.2.1/${name}`, title, edits: [line(text)], outcome }),
  ),
  absolute,
];
