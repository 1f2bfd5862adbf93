import { serverHandshake } from '../../define-case.js';
import { listOf, valuesOf, type HttpHead } from '../../wire/http-head.js';

type Row = readonly [
  name: string,
  title: string,
  judge: (response: HttpHead) => string | undefined,
];

const rows: readonly Row[] = [
  [
    'status-line',
    'the answer is 101 in HTTP/1.1',
    ({ line }) => (line.startsWith('HTTP/1.1 101 ') ? undefined : `found ${line}`),
  ],
  [
    'upgrade',
    'the 101 names the protocol once, as websocket',
    (response) => only(response, 'Upgrade', 'websocket'),
  ],
  [
    'connection',
    'the 101 says Connection: Upgrade',
    (response) =>
      listOf(response, 'Connection').includes('upgrade')
        ? undefined
        : 'found no Upgrade in Connection',
  ],
  [
    'one-accept',
    'the 101 has one Sec-WebSocket-Accept',
    (response) =>
      valuesOf(response, 'Sec-WebSocket-Accept').length === 1 ? undefined : 'found none or several',
  ],
  [
    'no-subprotocol',
    'the 101 names no subprotocol where none was offered',
    (response) => absent(response, 'Sec-WebSocket-Protocol'),
  ],
  [
    'no-extension',
    'the 101 names no extension where none was offered',
    (response) => absent(response, 'Sec-WebSocket-Extensions'),
  ],
  ['no-length', 'the 101 has no Content-Length', (response) => absent(response, 'Content-Length')],
  [
    'no-transfer-encoding',
    'the 101 has no Transfer-Encoding',
    (response) => absent(response, 'Transfer-Encoding'),
  ],
];

function only(response: HttpHead, name: string, value: string): string | undefined {
  const found = listOf(response, name);
  return found.length === 1 && found[0] === value
    ? undefined
    : `found ${name}: ${found.join(', ')}`;
}

function absent(response: HttpHead, name: string): string | undefined {
  return valuesOf(response, name).length === 0 ? undefined : `found a header ${name}`;
}

/** What a server answers: section 4.2.2, item 5. */
export const response = rows.map(([name, title, judge]) =>
  serverHandshake({ id: `4.2.2/response-${name}`, title, judge }),
);
