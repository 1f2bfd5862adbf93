import type { HandshakeOutcome } from '../../case.js';
import { serverHandshake } from '../../define-case.js';
import { add, set } from '../../wire/http-head.js';
import { opens, refused } from './outcomes.js';

type Row = readonly [
  name: string,
  title: string,
  origin: (url: URL) => string,
  outcome: HandshakeOutcome,
  host?: string,
];

const rows: readonly Row[] = [
  ['same', 'an Origin that is the Host is let in', ({ host }) => `http://${host}`, opens],
  [
    'same-over-tls',
    'the scheme of an Origin does not count',
    ({ host }) => `https://${host}`,
    opens,
  ],
  [
    'same-in-upper-case',
    'the case of an Origin does not count',
    () => 'HTTP://EXAMPLE.COM',
    opens,
    'example.com',
  ],
  [
    'host-in-upper-case',
    'the case of the Host does not count',
    () => 'http://example.com',
    opens,
    'EXAMPLE.com',
  ],
  [
    'default-port-of-http',
    'port 80 is the default of http',
    () => 'http://example.com:80',
    opens,
    'example.com',
  ],
  [
    'default-port-of-https',
    'port 443 is the default of https',
    () => 'https://example.com:443',
    opens,
    'example.com',
  ],
  [
    'host-with-default-port',
    'a Host that spells the default port is the same',
    () => 'http://example.com',
    opens,
    'example.com:80',
  ],
  [
    'host-with-tls-port',
    'a Host that spells the default port of https is the same',
    () => 'https://example.com',
    opens,
    'example.com:443',
  ],
  [
    'ipv6',
    'an Origin that is an IPv6 address is compared whole',
    () => 'http://[::1]:8080',
    opens,
    '[::1]:8080',
  ],
  ['foreign', 'a foreign Origin is refused with 403', () => 'http://evil.example', refused(403)],
  ['null', 'the Origin null is refused with 403', () => 'null', refused(403)],
  [
    'other-port',
    'another port is another Origin',
    ({ hostname, port }) => `http://${hostname}:${Number(port) + 1}`,
    refused(403),
  ],
  [
    'no-port',
    'an Origin without the port of the Host is another',
    () => 'http://example.com',
    refused(403),
    'example.com:8080',
  ],
  [
    'port-of-the-other-scheme',
    'port 443 is not the default of http',
    () => 'http://example.com:443',
    refused(403),
    'example.com',
  ],
  [
    'subdomain',
    'a subdomain is another Origin',
    () => 'http://sub.example.com',
    refused(403),
    'example.com',
  ],
  [
    'parent-domain',
    'the parent domain is another Origin',
    () => 'http://example.com',
    refused(403),
    'sub.example.com',
  ],
  [
    'prefix',
    'an Origin that begins like the Host is another',
    () => 'http://example.com.evil.example',
    refused(403),
    'example.com',
  ],
  [
    'suffix',
    'an Origin that ends like the Host is another',
    () => 'http://evilexample.com',
    refused(403),
    'example.com',
  ],
  [
    'user-info',
    'a Host before an @ is no host',
    () => 'http://example.com@evil.example',
    refused(403),
    'example.com',
  ],
  [
    'no-url',
    'an Origin that is no URL is refused with 403',
    () => 'example.com',
    refused(403),
    'example.com',
  ],
  ['no-host', 'an Origin without a host is refused with 403', () => 'http://', refused(403)],
];

/** Same origin by default: section 10.2, and this library's promise. */
export const origins = [
  ...rows.map(([name, title, origin, outcome, host]) =>
    serverHandshake({
      id: `10.2/origin-${name}`,
      title,
      severity: 'postern',
      edits: (url) => [
        ...(host === undefined ? [] : [set('Host', host)]),
        add('Origin', origin(url)),
      ],
      outcome,
    }),
  ),
  serverHandshake({
    id: '10.2/origin-twice',
    title: 'two Origin headers are refused',
    severity: 'postern',
    edits: (url) => [add('Origin', `http://${url.host}`), add('Origin', 'http://evil.example')],
    outcome: refused(400, 403),
  }),
];
