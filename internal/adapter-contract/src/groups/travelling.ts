import { describe, expect, test } from 'vitest';

import {
  clientAddress,
  origin,
  subprotocols,
  target,
  type Gatekeeper,
  type WebSocket,
} from '@postern/core';

import { openStation, type Setting } from '../station.js';
import type { Lines } from '../wire/request-head.js';

/** One gatekeeper that knows of no framework, and behaves the same in each. */
const gatekeeper: Gatekeeper = (request, ws) => {
  if (origin(request) !== 'http://localhost:8080') return ws.refuse(403, { body: 'not from here' });
  if (request.headers['x-key'] === undefined) {
    return ws.refuse(401, { headers: { 'WWW-Authenticate': 'Key' }, body: 'no key' });
  }
  if (request.headers['x-key'] === 'broken') throw new Error('the key broke');
  const facts = [
    request.method,
    target(request),
    subprotocols(request).join('+'),
    clientAddress(request) === request.clientAddress,
  ];
  return conversation(ws, facts.join(' '));
};

async function conversation(ws: WebSocket, facts: string): Promise<void> {
  await ws.accept({ headers: { 'X-Welcome': 'yes' } });
  await ws.write(facts);
  for await (const message of ws) {
    if (message === '') break;
    await ws.write(String(message).startsWith('P') ? "No, I'm not!" : 'Why?');
  }
}

/** What it did in the first framework, and must do in every other. */
const transcript = [
  '403 not from here',
  '403 not from here',
  '401 no key (Key)',
  '500',
  "101 yes v1 | GET /chat?a=1 v2+v1 true | Why? | No, I'm not! | 1000",
];

export function describeTravelling(setting: Setting): void {
  describe('the same gatekeeper', () => {
    test('behaves the same in every framework', async () => {
      const station = await openStation(setting, {
        attach: { origins: 'any', subprotocols: ['v1'] },
        routes: [{ path: '/chat', websocket: gatekeeper }],
      });
      const home = { Origin: 'http://localhost:8080' };
      const visit = async (lines: Lines): Promise<string> => {
        const client = station.ask('/chat?a=1', { 'Sec-WebSocket-Protocol': 'v2, v1', ...lines });
        const { status, headers } = await client.head();
        if (status !== 101) {
          const body =
            status === 500 ? '' : ` ${(await client.body({ status, headers })).toString()}`;
          const challenge = headers['www-authenticate'];
          return `${status}${body}${challenge === undefined ? '' : ` (${String(challenge)})`}`;
        }
        const said = [await client.text()];
        said.push(await client.say('Hello').text(), await client.say('Perhaps').text());
        const code = await client.say('').closed();
        const agreed = `${String(headers['x-welcome'])} ${String(headers['sec-websocket-protocol'])}`;
        return `101 ${agreed} | ${said.join(' | ')} | ${code}`;
      };
      const visits = [
        {},
        { Origin: 'http://elsewhere.example', 'X-Key': '1' },
        home,
        { ...home, 'X-Key': 'broken' },
        { ...home, 'X-Key': '1' },
      ];
      const seen = [];
      for (const lines of visits) seen.push(await visit(lines));
      expect(seen).toEqual(transcript);
    });
  });
}
