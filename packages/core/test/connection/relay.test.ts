import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import type { Message } from '../../src/connection/inbox.js';
import { resolveConnectionOptions } from '../../src/connection/options.js';
import { relay } from '../../src/connection/relay.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import { pair } from '../../src/testing/pair.js';
import { closeFrame, rawPeer, text } from './support/raw-peer.js';
import { unhandledRejections } from './support/rejections.js';
import { tcpPair } from './support/sockets.js';
import { turns, until } from './support/turns.js';

/** A client and a server with a relay between them. */
function relayed(front = {}, back = front) {
  const one = pair(front);
  const other = pair(back);
  return {
    client: one.client,
    near: one.server,
    far: other.client,
    server: other.server,
    ended: relay(one.server, other.client),
  };
}

test('what comes from one goes to the other, text as text and bytes as bytes, in order', async () => {
  const { client, server } = relayed();
  const sent: Message[] = [
    'Grüße',
    Buffer.from([0, 255]),
    '',
    'x'.repeat(100_000),
    randomBytes(9000),
  ];
  for (const message of sent) {
    client.send(message);
    server.send(message);
  }
  for (const message of sent) expect(await server.read()).toEqual(message);
  for (const message of sent) expect(await client.read()).toEqual(message);
});

test.each([
  ['compressed on one side', { compression: true }, {}],
  ['compressed on the other', {}, { compression: true }],
  ['compressed on both', { compression: true }, { compression: { codec: 'zlib' } }],
] as const)('%s: everything comes through as it is', async (_, front, back) => {
  const { client, server } = relayed(front, back);
  const sent = [
    'é'.repeat(40),
    'é'.repeat(5000),
    Buffer.alloc(400_000, 'abc'),
    'short',
    'z'.repeat(300_000),
  ];
  for (const message of sent) client.send(message);
  for (const message of sent) {
    const got = await server.read();
    expect(typeof got).toBe(typeof message);
    expect(Buffer.from(got as string).equals(Buffer.from(message as string))).toBe(true);
  }
});

test('what had not been read goes first', async () => {
  const one = pair();
  const other = pair();
  one.client.send('before');
  one.client.send(Buffer.from('bytes before'));
  await turns();
  void relay(one.server, other.client);
  one.client.send('after');
  expect(await other.server.read()).toBe('before');
  expect(await other.server.read()).toEqual(Buffer.from('bytes before'));
  expect(await other.server.read()).toBe('after');
});

test('each side is read only as fast as the other takes it', async () => {
  const slow = rawPeer({ role: 'server' });
  const fast = rawPeer({ role: 'server' });
  slow.stream.holding = true;
  void relay(fast.ws, slow.ws);
  for (let count = 0; count < 200; count += 1) await fast.send(text('x'.repeat(10_000)));
  expect(slow.ws.bufferedAmount).toBeLessThan(400_000);
  expect(fast.stream.isPaused()).toBe(true);
  slow.stream.release();
  await until(() => slow.received().length === 200);
  expect(fast.stream.isPaused()).toBe(false);
});

test('a full output of one side does not stop that side from being read', async () => {
  const blocked = rawPeer({ role: 'server' });
  const other = rawPeer({ role: 'server' });
  blocked.stream.holding = true;
  blocked.ws.send(Buffer.alloc(200_000));
  await turns();
  expect(blocked.stream.isPaused()).toBe(true);
  void relay(blocked.ws, other.ws);
  await blocked.send(text('comes through'));
  expect(other.received().map(({ payload }) => payload.toString())).toEqual(['comes through']);
});

test('two bulk senders through a relay over TCP never wait for each other', async () => {
  const front = await tcpPair();
  const back = await tcpPair();
  const client = WebSocket.over(front.near, { role: 'client' });
  const server = WebSocket.over(back.far, { role: 'server' });
  void relay(
    WebSocket.over(front.far, { role: 'server' }),
    WebSocket.over(back.near, { role: 'client' }),
  );
  void server.listen((message) => server.write(message));
  let echoed = 0;
  void client.listen((message) => {
    expect((message as Buffer)[0]).toBe(echoed & 0xff);
    echoed += 1;
  });
  for (let index = 0; index < 150; index += 1) await client.write(Buffer.alloc(100_000, index));
  await until(() => echoed === 150);
});

test.each([
  [4321, 'enough', 4321, 'enough'],
  [1001, '', 1001, ''],
])('a close with %i %s ends the other side the same way', async (code, reason, passed, said) => {
  const { client, server, ended } = relayed();
  void client.close({ code, reason });
  expect(await server.closed).toMatchObject({ code: passed, reason: said, initiator: 'peer' });
  expect(await ended).toMatchObject({
    a: { code, reason, initiator: 'peer', wasClean: true },
    b: { code: passed, initiator: 'local', wasClean: true },
  });
});

test('a side that closes without a code ends the other with 1000, one that is lost with 1014', async () => {
  const silent = rawPeer({ role: 'server' });
  const first = pair();
  const ended = relay(silent.ws, first.client);
  await silent.send(closeFrame());
  silent.stream.feed(null);
  expect(await first.server.closed).toMatchObject({ code: 1000 });
  expect(await ended).toMatchObject({ a: { code: 1005 } });
  const { client, server, ended: lost } = relayed();
  client.terminate();
  expect(await server.closed).toMatchObject({ code: 1014, reason: '' });
  expect(await lost).toMatchObject({ a: { code: 1006, initiator: 'network' } });
});

test('both sides may end at the same time', async () => {
  const { client, server, ended } = relayed();
  void client.close({ code: 4001 });
  void server.close({ code: 4002 });
  await ended;
  expect([client.state, server.state]).toEqual(['closed', 'closed']);
});

test('a side that ends with messages under way loses none that came before', async () => {
  const { client, server } = relayed();
  const sent = Array.from({ length: 300 }, (_, index) => `message ${index}`);
  for (const message of sent) client.send(message);
  void client.close();
  const received: Message[] = [];
  for await (const message of server) received.push(message);
  expect(received).toEqual(sent);
});

test('text that is not UTF-8 fails the side that it came from', async () => {
  const bad = rawPeer({ role: 'server' });
  const { client, server } = pair();
  void relay(bad.ws, client);
  await bad.send({ opcode: 1, payload: Buffer.from([0x61, 0xff]) });
  expect(bad.ws.closeInfo).toMatchObject({ code: 1007 });
  bad.stream.feed(null);
  expect(await server.closed).toMatchObject({ code: 1007 });
});

describe('it wants both for itself', () => {
  test.each(['first', 'second'])('what reads the %s of them goes on as before', async (which) => {
    const rejections = unhandledRejections();
    const busy = pair();
    const idle = pair();
    const heard: unknown[] = [];
    void busy.server.listen((message) => void heard.push(message));
    const outcome =
      which === 'first' ? relay(busy.server, idle.client) : relay(idle.client, busy.server);
    await expect(outcome).rejects.toMatchObject({ code: 'POSTERN_ERR_LISTENING' });
    await idle.server.writeGuarded('for nobody');
    await busy.client.write('é');
    await turns();
    expect(heard).toEqual(['é']);
    expect(busy.client.tryRead()).toBeUndefined();
    expect(rejections).toEqual([]);
  });

  test('the second is not touched when the first is read by something else', async () => {
    const busy = pair();
    const idle = pair();
    void busy.server.listen(() => {});
    await expect(relay(busy.server, idle.client)).rejects.toMatchObject({ name: 'StateError' });
    await idle.server.write('for its reader');
    expect(await idle.client.read()).toBe('for its reader');
  });

  test('the first ends with 1011 when the second is read by something else, a pending read too', async () => {
    const busy = pair();
    const idle = pair();
    const reading = busy.server.read();
    await expect(relay(idle.client, busy.server)).rejects.toMatchObject({
      code: 'POSTERN_ERR_ALREADY_READING',
    });
    expect(await idle.server.closed).toMatchObject({ code: 1011 });
    await busy.client.write('its own');
    expect(await reading).toBe('its own');
  });

  test('and neither while it waits to be let in', async () => {
    const waiting = new WebSocket('server', resolveConnectionOptions(), {
      onError: () => {},
      onClosed: () => {},
    });
    const { client, server } = pair();
    await expect(relay(server, waiting)).rejects.toMatchObject({
      code: 'POSTERN_ERR_NOT_ACCEPTED',
    });
    await client.write('for its reader');
    expect(await server.read()).toBe('for its reader');
  });
});

test('text for a side that has ended goes nowhere, and harms nobody', async () => {
  const rejections = unhandledRejections();
  const front = rawPeer({ role: 'server' });
  const back = rawPeer({ role: 'client' });
  void relay(front.ws, back.ws);
  await back.send(closeFrame(1000));
  await front.send(text('too late'));
  expect(front.errors).toEqual([]);
  expect(back.received().map(({ opcode }) => opcode)).toEqual([8]);
  expect(rejections).toEqual([]);
});
