import type { HandshakeOutcome, Severity } from '../../case.js';
import { serverHandshake } from '../../define-case.js';
import { add, double, drop, set } from '../../wire/http-head.js';
import { opens, refused, withHeaders } from './outcomes.js';

type Row = readonly [
  name: string,
  title: string,
  value: string,
  outcome: HandshakeOutcome,
  severity?: Severity,
];

const keys: readonly Row[] = [
  ['key-of-the-rfc', 'the key of section 1.3 is accepted', 'dGhlIHNhbXBsZSBub25jZQ==', opens],
  ['key-of-zeros', 'a key of sixteen zeros is accepted', 'AAAAAAAAAAAAAAAAAAAAAA==', opens],
  [
    'key-with-slash-and-plus',
    'a key with / and + in it is accepted',
    '+/+/+/+/+/+/+/+/+/+/+w==',
    opens,
  ],
  ['key-empty', 'an empty key is refused', '', refused(400)],
  ['key-of-15-bytes', 'a key of 15 bytes is refused', 'AAAAAAAAAAAAAAAAAAAA', refused(400)],
  ['key-of-17-bytes', 'a key of 17 bytes is refused', 'AAAAAAAAAAAAAAAAAAAAAAA=', refused(400)],
  ['key-of-1-byte', 'a key of one byte is refused', 'AA==', refused(400)],
  ['key-of-32-bytes', 'a key of 32 bytes is refused', `${'A'.repeat(43)}=`, refused(400)],
  [
    'key-without-padding',
    'a key without its padding is refused',
    'dGhlIHNhbXBsZSBub25jZQ',
    refused(400),
  ],
  [
    'key-with-half-padding',
    'a key with half its padding is refused',
    'dGhlIHNhbXBsZSBub25jZQ=',
    refused(400),
  ],
  [
    'key-with-too-much-padding',
    'a key with too much padding is refused',
    'dGhlIHNhbXBsZSBub25jZQ===',
    refused(400),
  ],
  [
    'key-not-base64',
    'a key that is no base64 is refused',
    '!!!!!!!!!!!!!!!!!!!!!!==',
    refused(400),
  ],
  [
    'key-base64url',
    'a key in the alphabet for URLs is refused',
    '-_-_-_-_-_-_-_-_-_-_-w==',
    refused(400),
  ],
  [
    'key-with-a-space',
    'a key with a space in it is refused',
    'dGhlIHNhbXBs ZSBub25jZQ==',
    refused(400),
  ],
  [
    'key-with-garbage-behind',
    'a key with something behind it is refused',
    'dGhlIHNhbXBsZSBub25jZQ==x',
    refused(400),
  ],
  [
    'key-twice-in-one',
    'two keys in one header are refused',
    'dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==',
    refused(400),
  ],
  [
    'key-not-canonical',
    'a key with bits set beyond its 16 bytes is refused',
    'dGhlIHNhbXBsZSBub25jZR==',
    refused(400),
    'postern',
  ],
];

const keyCases = [
  ...keys.map(([name, title, value, outcome, severity = 'must']) =>
    serverHandshake({
      id: `4.2.1/${name}`,
      title,
      edits: [set('Sec-WebSocket-Key', value)],
      outcome,
      severity,
    }),
  ),
  serverHandshake({
    id: '4.2.1/key-missing',
    title: 'a request without a key is refused',
    edits: [drop('Sec-WebSocket-Key')],
    outcome: refused(400),
  }),
  serverHandshake({
    id: '4.2.1/key-twice',
    title: 'a request with the key twice is refused',
    edits: [double('Sec-WebSocket-Key')],
    outcome: refused(400),
  }),
];

const otherVersions = ['0', '7', '8', '12', '14', '25', '130', '255'];

const versionCases = otherVersions.flatMap((version) => [
  serverHandshake({
    id: `4.2.2/version-${version}`,
    title: `version ${version} is refused`,
    edits: [set('Sec-WebSocket-Version', version)],
    outcome: refused(400, 426),
  }),
  serverHandshake({
    id: `4.4/version-${version}-is-told-13`,
    title: `version ${version} is refused with 426 and told that 13 is known`,
    severity: 'postern',
    edits: [set('Sec-WebSocket-Version', version)],
    outcome: withHeaders(refused(426), ['Sec-WebSocket-Version', '13']),
  }),
]);

const spellings: readonly (readonly [name: string, value: string])[] = [
  ['leading-zero', '013'],
  ['fraction', '13.0'],
  ['hexadecimal', '0x0d'],
  ['exponent', '1.3e1'],
  ['sign', '+13'],
  ['negative', '-13'],
  ['word', 'thirteen'],
  ['empty', ''],
  ['list', '13, 8'],
  ['same-twice', '13, 13'],
  ['list-from-8', '8, 13'],
  ['parameter', '13;q=1'],
  ['256', '256'],
  ['huge', '13'.repeat(20)],
];

const spelledVersions = spellings.map(([name, value]) =>
  serverHandshake({
    id: `4.2.1/version-${name}`,
    title: `the version "${value}" is not 13 and refused`,
    edits: [set('Sec-WebSocket-Version', value)],
    outcome: refused(400, 426),
  }),
);

const missingVersion = [
  serverHandshake({
    id: '4.2.1/version-missing',
    title: 'a request without a version is refused',
    edits: [drop('Sec-WebSocket-Version')],
    outcome: refused(400, 426),
  }),
  serverHandshake({
    id: '4.2.1/version-twice',
    title: 'a request with two version headers is refused',
    edits: [add('Sec-WebSocket-Version', '13')],
    outcome: refused(400, 426),
  }),
];

/** The key and the version: section 4.2.1, items 5 and 6, and section 4.4. */
export const keyAndVersion = [...keyCases, ...versionCases, ...spelledVersions, ...missingVersion];
