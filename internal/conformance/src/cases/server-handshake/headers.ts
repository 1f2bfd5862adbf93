import type { HandshakeOutcome, Severity } from '../../case.js';
import { serverHandshake } from '../../define-case.js';
import { add, double, drop, set, spellNames, type Edit } from '../../wire/http-head.js';
import { answered, either, opens, refused } from './outcomes.js';

type Row = readonly [
  name: string,
  title: string,
  edits: readonly Edit[],
  outcome: HandshakeOutcome,
  severity?: Severity,
];

const host: readonly Row[] = [
  ['host-missing', 'a request without Host is refused with 400', [drop('Host')], refused(400)],
  [
    'host-twice',
    'a request with two Host headers is refused with 400',
    [double('Host')],
    refused(400),
  ],
  [
    'host-two-names',
    'a request with two different hosts is refused with 400',
    [add('Host', 'other.example')],
    refused(400),
  ],
  [
    'host-other-name',
    'another name in Host is no reason to refuse',
    [set('Host', 'other.example')],
    opens,
  ],
  ['host-with-port', 'a Host with a port is accepted', [set('Host', 'other.example:8080')], opens],
  ['host-ipv6', 'a Host that is an IPv6 address is accepted', [set('Host', '[::1]:8080')], opens],
];

const spelling: readonly Row[] = [
  [
    'names-in-lower-case',
    'header names in lower case are understood',
    [spellNames((name) => name.toLowerCase())],
    opens,
  ],
  [
    'names-in-upper-case',
    'header names in upper case are understood',
    [spellNames((name) => name.toUpperCase())],
    opens,
  ],
  [
    'spaces-around-values',
    'spaces and tabs around a value are no part of it',
    [set('Upgrade', '\t websocket \t')],
    opens,
  ],
  [
    'spaces-around-the-key',
    'spaces around the key are no part of it',
    [set('Sec-WebSocket-Key', '  dGhlIHNhbXBsZSBub25jZQ==  ')],
    opens,
  ],
  [
    'spaces-around-the-version',
    'spaces around the version are no part of it',
    [set('Sec-WebSocket-Version', '   13  ')],
    opens,
  ],
];

const upgrade: readonly Row[] = [
  ['upgrade-capitalised', 'Upgrade: WebSocket is understood', [set('Upgrade', 'WebSocket')], opens],
  ['upgrade-upper-case', 'Upgrade: WEBSOCKET is understood', [set('Upgrade', 'WEBSOCKET')], opens],
  [
    'upgrade-list-last',
    'websocket is found at the end of a list',
    [set('Upgrade', 'h2c, websocket')],
    opens,
  ],
  [
    'upgrade-list-first',
    'websocket is found at the beginning of a list',
    [set('Upgrade', 'websocket, h2c')],
    opens,
  ],
  [
    'upgrade-two-lines',
    'websocket is found in the second of two Upgrade headers',
    [set('Upgrade', 'h2c'), add('Upgrade', 'websocket')],
    opens,
  ],
  [
    'upgrade-other',
    'an upgrade to another protocol is refused',
    [set('Upgrade', 'h2c')],
    refused(400, 426, 501),
  ],
  [
    'upgrade-longer',
    'a protocol whose name only begins with websocket is refused',
    [set('Upgrade', 'websockets')],
    refused(400, 426, 501),
  ],
  [
    'upgrade-shorter',
    'a protocol whose name is a part of websocket is refused',
    [set('Upgrade', 'socket')],
    refused(400, 426, 501),
  ],
  [
    'upgrade-two-words',
    'websocket must be one word',
    [set('Upgrade', 'web socket')],
    refused(400, 426, 501),
  ],
  [
    'upgrade-empty',
    'an empty Upgrade is refused',
    [set('Upgrade', '')],
    answered(400, 404, 426, 501),
  ],
  [
    'upgrade-missing',
    'a request without Upgrade is an ordinary one',
    [drop('Upgrade')],
    answered(400, 404, 426),
  ],
];

const connection: readonly Row[] = [
  [
    'connection-lower-case',
    'Connection: upgrade is understood',
    [set('Connection', 'upgrade')],
    opens,
  ],
  [
    'connection-upper-case',
    'Connection: UPGRADE is understood',
    [set('Connection', 'UPGRADE')],
    opens,
  ],
  [
    'connection-list-last',
    'Upgrade is found at the end of a list',
    [set('Connection', 'keep-alive, Upgrade')],
    opens,
  ],
  [
    'connection-list-first',
    'Upgrade is found at the beginning of a list',
    [set('Connection', 'Upgrade, keep-alive')],
    opens,
  ],
  [
    'connection-list-tight',
    'Upgrade is found in a list without spaces',
    [set('Connection', 'keep-alive,Upgrade')],
    opens,
  ],
  [
    'connection-two-lines',
    'Upgrade is found in the second of two Connection headers',
    [set('Connection', 'keep-alive'), add('Connection', 'Upgrade')],
    opens,
  ],
  [
    'connection-missing',
    'a request without Connection is an ordinary one',
    [drop('Connection')],
    answered(400, 404, 426),
  ],
  [
    'connection-keep-alive',
    'Connection: keep-alive asks for no upgrade',
    [set('Connection', 'keep-alive')],
    answered(400, 404, 426),
  ],
  [
    'connection-longer',
    'Connection: upgraded asks for no upgrade',
    [set('Connection', 'upgraded')],
    answered(400, 404, 426),
  ],
  [
    'connection-not',
    'Connection: not-upgrade asks for no upgrade',
    [set('Connection', 'not-upgrade')],
    answered(400, 404, 426),
  ],
];

const others: readonly Row[] = [
  ['unknown-header', 'a header that nobody knows is ignored', [add('X-Unknown', 'value')], opens],
  ['empty-header', 'a header without a value is ignored', [add('X-Empty', '')], opens],
  ['cookies', 'a long cookie is ignored', [add('Cookie', `session=${'a'.repeat(8_000)}`)], opens],
  [
    'latin1-header',
    'bytes above ASCII in an unknown header are ignored',
    [add('X-Name', 'caf\xe9')],
    opens,
  ],
  [
    'many-headers',
    'five hundred headers are survived',
    Array.from({ length: 500 }, (nothing, index) => add(`X-${index}`, 'a')),
    either,
  ],
  [
    '2000-headers-first',
    'two thousand headers before the ones that count are survived',
    [
      (head) => ({
        ...head,
        headers: [
          ...Array.from({ length: 2_000 }, (nothing, index) => [`a${index}`, ''] as const),
          ...head.headers,
        ],
      }),
    ],
    either,
  ],
  ['too-large', 'a request of 100 KiB is survived', [add('X-Large', 'a'.repeat(100_000))], either],
  [
    'prototype-headers',
    'headers named like properties of objects are ignored',
    [add('constructor', 'a'), add('__proto__', 'b'), add('toString', 'c')],
    opens,
  ],
  ['content-length-0', 'a body of no bytes is survived', [add('Content-Length', '0')], either],
];

/** The headers of section 4.2.1 except the WebSocket ones. */
export const headers = [...host, ...spelling, ...upgrade, ...connection, ...others].map(
  ([name, title, edits, outcome, severity = 'must']) =>
    serverHandshake({ id: `4.2.1/${name}`, title, edits, outcome, severity }),
);
