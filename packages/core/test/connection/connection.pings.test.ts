import { expect, test } from 'vitest';

import type { Role } from '../../src/protocol/protocol.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { pair } from '../../src/testing/pair.js';
import { frame } from '../support/frame-builder.js';
import { rawPeer, closeFrame, ping, pong, text } from './support/raw-peer.js';
import { tcpPair } from './support/sockets.js';
import { isPending, turns, until } from './support/turns.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import { sampleKey } from '../support/sides.js';
import { wireFrames } from './support/wire-frames.js';

const roles: Role[] = ['server', 'client'];

test.each(roles)('%s: a ping is answered by a pong with the same payload', async (role) => {
  const peer = rawPeer({ role });
  await peer.send(ping(), ping('x'.repeat(125)));
  const frames = peer
    .received()
    .map(({ opcode, payload, isMasked }) => [opcode, payload.toString(), isMasked]);
  const masked = role === 'client';
  expect(frames).toEqual([
    [10, '', masked],
    [10, 'x'.repeat(125), masked],
  ]);
});

test.each(roles)('%s: ping resolves with the round trip in milliseconds', async (role) => {
  const clock = fakeClock();
  const { ws, send, received } = rawPeer({ role, clock });
  expect(ws.latency).toBeUndefined();
  const latency = ws.ping('now');
  await clock.advance(120);
  const [sent] = received();
  expect(sent).toMatchObject({ opcode: 9, payload: Buffer.from('now') });
  await send(pong(sent!.payload));
  expect(await latency).toBe(120);
  expect(ws.latency).toBe(120);
});

test('every ping without a payload of the caller’s has one of its own', async () => {
  const peer = rawPeer({ role: 'client' });
  for (let count = 0; count < 50; count += 1) void peer.ws.ping();
  await turns();
  const payloads = peer.received().map(({ payload }) => payload.toString('hex'));
  expect(new Set(payloads).size).toBe(50);
});

test('a pong settles its ping and all older ones, and no younger one', async () => {
  const clock = fakeClock();
  const { ws, send } = rawPeer({ role: 'server', clock });
  const first = ws.ping('1');
  await clock.advance(10);
  const second = ws.ping('2');
  await clock.advance(10);
  const third = ws.ping('3');
  await clock.advance(10);
  await send(pong(Buffer.from('2')));
  expect(await first).toBe(30);
  expect(await second).toBe(20);
  expect(await isPending(third)).toBe(true);
  expect(ws.latency).toBe(20);
  await send(pong(Buffer.from('1')));
  expect(await isPending(third)).toBe(true);
  await send(pong(Buffer.from('3')));
  expect(await third).toBe(10);
});

test('unsolicited pongs are ignored', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(pong(Buffer.from('nobody asked')), pong(Buffer.alloc(0)));
  expect(ws.latency).toBeUndefined();
  const latency = ws.ping('asked');
  await send(pong(Buffer.from('nobody asked')), pong(Buffer.from('aske')));
  expect(await isPending(latency)).toBe(true);
  expect(ws.isOpen).toBe(true);
  await send(pong(Buffer.from('asked')), pong(Buffer.from('asked')));
  expect(await latency).toBeGreaterThanOrEqual(0);
});

test('a ping’s payload is copied at the call', async () => {
  const { ws, send, received } = rawPeer({ role: 'server' });
  const payload = Buffer.from('before');
  const latency = ws.ping(payload);
  payload.write('after!');
  await send(pong(Buffer.from('before')));
  expect(await latency).toBeGreaterThanOrEqual(0);
  expect(received()[0]!.payload.toString()).toBe('before');
});

test('pings and pongs take at most 125 bytes of text or bytes', async () => {
  const { ws } = rawPeer({ role: 'server' });
  const message = 'control frame of 126 bytes, expected at most 125';
  await expect(ws.ping('x'.repeat(126))).rejects.toThrow(new RangeError(message));
  await expect(ws.pong(Buffer.alloc(126))).rejects.toThrow(new RangeError(message));
  await expect(ws.pong('é'.repeat(63))).rejects.toThrow(RangeError);
  void ws.ping(new ArrayBuffer(125));
  await ws.pong('x'.repeat(125));
});

test('pong sends a pong that nobody asked for', async () => {
  const peer = rawPeer({ role: 'client' });
  await peer.ws.pong('heartbeat');
  await peer.ws.pong();
  await turns();
  expect(peer.received().map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
    [10, 'heartbeat'],
    [10, ''],
  ]);
});

test('a ping that no pong came for rejects with the end of the connection', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const latency = ws.ping();
  await send(closeFrame(1001));
  await expect(latency).rejects.toMatchObject({ name: 'ConnectionClosedError', closeCode: 1001 });
});

test('of more than 64 unanswered pings the oldest are given up', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const pings = Array.from({ length: 66 }, (_, index) => ws.ping(`ping ${index}`));
  await expect(pings[0]).rejects.toThrow(new RangeError('too many pings are unanswered'));
  await expect(pings[1]).rejects.toThrow(RangeError);
  await send(pong(Buffer.from('ping 65')));
  await Promise.all(pings.slice(2));
});

test('threat 3: a server whose output is blocked reads no pings, and answers them when it reads on', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  stream.holding = true;
  ws.send(Buffer.alloc(100_000));
  await turns();
  const before = ws.bufferedAmount;
  await send(...Array.from({ length: 1000 }, (_, index) => ping(`ping ${index}`)));
  expect(ws.bufferedAmount).toBe(before);
  stream.release();
  await turns(12);
  const pongs = wireFrames(stream.written).filter(({ opcode }) => opcode === 10);
  expect(pongs).toHaveLength(1000);
});

test('threat 3: a client whose output is blocked owes one pong, the newest ping’s, however many pings come', async () => {
  const { ws, stream, send } = rawPeer({ role: 'client' });
  stream.holding = true;
  ws.send(Buffer.alloc(100_000));
  await turns();
  const before = ws.bufferedAmount;
  for (let round = 0; round < 10; round += 1) {
    await send(...Array.from({ length: 100 }, (_, index) => ping(`${round} ${index}`)));
  }
  expect(ws.bufferedAmount).toBe(before);
  stream.release();
  await turns();
  const pongs = wireFrames(stream.written).filter(({ opcode }) => opcode === 10);
  expect(pongs.map(({ payload }) => payload.toString())).toEqual(['9 99']);
});

test('an owed pong is not sent after our close frame', async () => {
  const { ws, stream, send } = rawPeer({ role: 'client' });
  stream.holding = true;
  ws.send(Buffer.alloc(100_000));
  await turns();
  await send(ping('owed'));
  void ws.close();
  await send(ping('too late'));
  stream.release();
  await turns();
  expect(wireFrames(stream.written).map(({ opcode }) => opcode)).toEqual([2, 8]);
});

test.each(roles)('%s, threat 3: a thousand pings in one segment are all answered', async (role) => {
  const peer = rawPeer({ role });
  await peer.send(...Array.from({ length: 1000 }, (_, index) => ping(`ping ${index}`)));
  expect(peer.ws.isOpen).toBe(true);
  expect(peer.received().map(({ payload }) => payload.toString())).toEqual(
    Array.from({ length: 1000 }, (_, index) => `ping ${index}`),
  );
});

test('threat 3: a flood of pings whose pongs are never read is held by the kernel, not by us', async () => {
  const { near, far } = await tcpPair();
  const ws = WebSocket.over(far, { role: 'server' });
  near.pause();
  const flood = Buffer.concat(
    Array.from({ length: 500 }, () =>
      frame({ opcode: 9, payload: Buffer.alloc(125), maskingKey: sampleKey }),
    ),
  );
  let written = 0;
  const send = (): void => {
    while (written < 2 ** 26 && near.write(flood)) written += flood.length;
  };
  near.on('drain', send);
  send();
  let before = -1;
  while (written !== before) {
    before = written;
    await turns(200);
  }
  expect(written).toBeLessThan(2 ** 25);
  expect(ws.bufferedAmount).toBeLessThan(2 ** 20);
  near.resume();
  const received = new Promise<void>((resolve) => near.once('data', () => resolve()));
  await received;
  await until(() => ws.bufferedAmount === 0);
  expect(ws.isOpen).toBe(true);
});

test('pings go between messages and need no reader on either end', async () => {
  const { client, server } = pair();
  client.send('unread');
  expect(await client.ping()).toBeGreaterThanOrEqual(0);
  expect(await server.ping('from the server')).toBeGreaterThanOrEqual(0);
  expect(server.tryRead()).toBe('unread');
});

test('a ping between the fragments of a message is answered at once', async () => {
  const peer = rawPeer({ role: 'server' });
  await peer.send({ ...text('He'), fin: false }, ping('between'));
  expect(peer.received().map(({ payload }) => payload.toString())).toEqual(['between']);
  await peer.send({ opcode: 0, payload: Buffer.from('llo') });
  expect(peer.ws.tryRead()).toBe('Hello');
});

test('a pong settles all pings with its payload: the newest may be the one it answers', async () => {
  const clock = fakeClock();
  const { ws, send } = rawPeer({ role: 'server', clock });
  const first = ws.ping('same');
  await clock.advance(50);
  const second = ws.ping('same');
  await clock.advance(20);
  await send(pong(Buffer.from('same')));
  expect([await first, await second, ws.latency]).toEqual([70, 20, 20]);
});
