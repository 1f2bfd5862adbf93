import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';

import type { HandshakeEvent } from '../../src/connection/diagnostics.js';
import { answer, chainHouse } from './support/chain-house.js';

/** What `postern:handshake` tells while the test runs. */
function listen(): HandshakeEvent[] {
  const events: HandshakeEvent[] = [];
  const onEvent = (message: unknown): void => void events.push(message as HandshakeEvent);
  subscribe('postern:handshake', onEvent);
  onTestFinished(() => void unsubscribe('postern:handshake', onEvent));
  return events;
}

test('a client that the chain turns away before any gatekeeper is told of once', async () => {
  const events = listen();
  const { knock, attachment } = chainHouse(
    () => expect.unreachable(),
    async (request, response) => void response.writeHead(401).end('who are you?'),
  );
  const client = knock(false).ask({}, { target: '/chat' });
  expect(await client.response()).toMatchObject({ status: 401 });
  await client.gone;
  expect(events).toMatchObject([
    { ws: undefined, request: { url: '/chat' }, outcome: 'refused', status: 401 },
  ]);
  expect(attachment.stats().refused).toBe(1);
});

test('so is one that the rules before the gatekeeper turn away, and one without a Host', async () => {
  const events = listen();
  const { knock } = chainHouse(() => expect.unreachable(), answer);
  const foreign = knock(false).ask({ Origin: 'http://evil.example' });
  await foreign.response();
  await foreign.gone;
  const nameless = knock(false).ask({ Host: undefined });
  await nameless.response();
  await nameless.gone;
  expect(events).toMatchObject([
    { ws: undefined, outcome: 'refused', status: 403 },
    { ws: undefined, outcome: 'refused', status: 400 },
  ]);
});

test('one whom a gatekeeper refuses is told of by its gate alone', async () => {
  const events = listen();
  const { knock } = chainHouse((request, ws) => ws.refuse(402), answer);
  const client = knock();
  await client.response();
  await client.gone;
  expect(events).toMatchObject([{ outcome: 'refused', status: 402 }]);
  expect(events[0]!.ws).toBeDefined();
});

test('an ordinary request is no handshake, whatever it is answered', async () => {
  const events = listen();
  const { knock } = chainHouse(
    () => expect.unreachable(),
    async (request, response) => void response.writeHead(404).end(),
  );
  const client = knock(false).ask({ Upgrade: 'h2c' });
  await client.response();
  await client.gone;
  expect(events).toEqual([]);
});
