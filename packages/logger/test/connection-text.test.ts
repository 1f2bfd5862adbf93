import { inspect } from 'node:util';

import { WebSocket } from '@postern/core';
import { duplexPair, pair } from '@postern/core/testing';
import { expect, onTestFinished, test } from 'vitest';

import { connectionId } from '../src/connection-id.js';
import { connectionFields, connectionText, isConnection } from '../src/connection-text.js';
import { Redaction } from '../src/redaction.js';

const redaction = new Redaction();

function opened(subprotocol = '') {
  const ends = pair({ subprotocol });
  onTestFinished(() => ends.client.terminate());
  return ends;
}

test('a connection is printed as it inspects itself, with its number', () => {
  const { server } = opened();
  expect(inspect(server)).toBe('WebSocket(server, OPEN)');
  expect(connectionText(server, redaction)).toBe(
    `WebSocket(server, OPEN) #${connectionId(server)}`,
  );
});

test('says what was agreed on, and what waits', () => {
  const [near] = duplexPair();
  onTestFinished(() => void near.destroy());
  near.cork();
  const ws = WebSocket.over(near, { role: 'client', agreed: { subprotocol: 'chat.v2' } });
  for (let index = 0; index < 3; index += 1) ws.send(new Uint8Array(1000));
  expect(connectionText(ws, redaction)).toMatch(
    /^WebSocket\(client, OPEN\) #\d+ \(subprotocol chat\.v2, 3\.0 kB waiting\)$/,
  );
});

test('follows its state', async () => {
  const { client, server } = opened();
  const closed = client.close();
  expect(connectionText(client, redaction)).toContain('WebSocket(client, CLOSING)');
  await closed;
  await server.closed;
  expect(connectionText(client, redaction)).toContain('WebSocket(client, CLOSED)');
});

test('a machine gets the same as fields, and no token that came as a subprotocol', () => {
  const { server } = opened('x'.repeat(60));
  expect(connectionFields(server, redaction)).toEqual({
    connection: connectionId(server),
    role: 'server',
    state: 'open',
    subprotocol: '***',
    bufferedAmount: 0,
  });
});

test('numbers are given once, and in order', () => {
  const { client, server } = opened();
  const first = connectionId(client);
  expect(connectionId(server)).toBe(first + 1);
  expect(connectionId(client)).toBe(first);
});

test('knows a connection of another copy of the library by its shape', () => {
  expect(isConnection({ role: 'server', state: 'open', bufferedAmount: 0 })).toBe(true);
  expect(isConnection({ role: 'server' })).toBe(false);
});
