import { expect, test } from 'vitest';

import { WebSocket } from '../../src/connection/web-socket.js';
import * as testing from '../../src/testing/index.js';
import { pair } from '../../src/testing/pair.js';

test('is a client and a server that are connected, as a list and by name', async () => {
  const ends = pair();
  const [client, server] = ends;
  expect(ends).toHaveLength(2);
  expect([ends.client, ends.server]).toEqual([client, server]);
  expect(client).toBeInstanceOf(WebSocket);
  expect([client.role, server.role]).toEqual(['client', 'server']);
  expect([client.state, server.state]).toEqual(['open', 'open']);
  await client.write('hello');
  expect(await server.read()).toBe('hello');
  await server.write(Buffer.from('bytes'));
  expect(await client.read()).toEqual(Buffer.from('bytes'));
});

test('both ends have the options, the subprotocol and onError', async () => {
  const heard: unknown[] = [];
  const { client, server } = pair({
    subprotocol: 'chat',
    maxMessageSize: 10,
    onError: (error, ws) => heard.push(error, ws),
  });
  expect([client.subprotocol, server.subprotocol]).toEqual(['chat', 'chat']);
  const error = new Error('of the listener');
  void server.listen(() => {
    throw error;
  });
  await client.write('short');
  expect(await client.closed).toMatchObject({ code: 1011 });
  expect(heard).toEqual([error, server]);
  const other = pair({ maxMessageSize: 10 });
  expect([other.client.subprotocol, other.server.subprotocol]).toEqual(['', '']);
  await other.server.write('far too long a message');
  expect(await other.server.closed).toMatchObject({ code: 1009, initiator: 'peer' });
});

test('closing one end closes the other', async () => {
  const { client, server } = pair();
  const [atServer, atClient] = await Promise.all([server.closed, client.close({ code: 4000 })]);
  expect(atServer).toMatchObject({ code: 4000, initiator: 'peer', wasClean: true });
  expect(atClient).toMatchObject({ code: 4000, initiator: 'local', wasClean: true });
});

test('terminating one end is the loss of the connection for the other', async () => {
  const { client, server } = pair();
  client.terminate();
  expect(await server.closed).toMatchObject({ code: 1006, initiator: 'network' });
});

test('a slow reader still gets everything that came before a clean end', async () => {
  const clock = testing.fakeClock();
  const { client, server } = pair({ clock, maxUnreadMessages: 2 });
  const sent = Array.from({ length: 40 }, (_, index) => String(index));
  for (const message of sent) server.send(message);
  void server.close();
  await clock.advance(30_000);
  expect(server.state).toBe('closed');
  const received: unknown[] = [];
  for await (const message of client) received.push(message);
  expect(received).toEqual(sent);
});

test('the entry has pair, connectTo, the clock and the streams', () => {
  expect(Object.keys(testing).toSorted()).toEqual(['connectTo', 'duplexPair', 'fakeClock', 'pair']);
});
