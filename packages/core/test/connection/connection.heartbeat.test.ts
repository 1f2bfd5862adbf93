import { expect, test } from 'vitest';

import type { Role } from '../../src/protocol/protocol.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { pair } from '../../src/testing/pair.js';
import { binary, pong, rawPeer, text, type RawPeer } from './support/raw-peer.js';

const roles: Role[] = ['server', 'client'];
const KIB = 1024;

/** A peer on a clock of its own. */
function timed(
  role: Role,
  options = {},
): RawPeer & { advance: (duration: number) => Promise<void> } {
  const clock = fakeClock();
  const peer = rawPeer({ role, clock, ...options });
  return Object.assign(peer, { advance: (duration: number) => clock.advance(duration) });
}

function opcodes(peer: RawPeer): number[] {
  return peer.received().map(({ opcode }) => opcode);
}

test.each(roles)('%s: a ping goes out after 20 s of silence, and not before', async (role) => {
  const peer = timed(role);
  await peer.advance(19_000);
  expect(opcodes(peer)).toEqual([]);
  await peer.advance(1000);
  expect(opcodes(peer)).toEqual([9]);
});

test.each(roles)('%s: no byte within 20 s of that ping is the end', async (role) => {
  const peer = timed(role);
  await peer.advance(39_000);
  expect(peer.ws.state).toBe('open');
  await peer.advance(1000);
  expect(peer.ws.state).toBe('closed');
  expect(await peer.ws.closed).toMatchObject({
    code: 1006,
    wasClean: false,
    initiator: 'local',
    cause: {
      code: 'POSTERN_ERR_HEARTBEAT_TIMEOUT',
      message: 'no byte from the peer within 20000 ms of a ping',
    },
  });
  expect(opcodes(peer)).toEqual([9]);
  expect(peer.errors).toEqual([]);
});

test('any byte counts, even a part of a frame', async () => {
  const peer = timed('server', { messageTimeout: 0 });
  const frame = peer.bytesOf(text('slow'));
  for (const byte of frame) {
    await peer.advance(15_000);
    peer.stream.feed(Buffer.from([byte]));
  }
  expect(opcodes(peer)).toEqual([]);
  expect(await peer.ws.read()).toBe('slow');
});

test('a byte after the ping begins a new silence', async () => {
  const peer = timed('server');
  await peer.advance(30_000);
  await peer.send(pong(Buffer.from('anything')));
  await peer.advance(19_000);
  expect(opcodes(peer)).toEqual([9]);
  await peer.advance(1000);
  expect(opcodes(peer)).toEqual([9, 9]);
  await peer.advance(19_000);
  expect(peer.ws.isOpen).toBe(true);
  await peer.advance(1000);
  expect(peer.ws.state).toBe('closed');
});

test('two ends that say nothing keep each other alive, and know the latency', async () => {
  const clock = fakeClock();
  const { client, server } = pair({ clock });
  await clock.advance(3_600_000);
  expect(client.isOpen).toBe(true);
  expect(server.isOpen).toBe(true);
  expect(server.latency ?? client.latency).toBe(0);
});

test('the clock stands still while unread messages keep us from reading', async () => {
  const peer = timed('server', { maxUnreadMessages: 1 });
  await peer.send(text('unread'));
  await peer.advance(3_600_000);
  expect(peer.ws.isOpen).toBe(true);
  expect(opcodes(peer)).toEqual([]);
  expect(peer.ws.tryRead()).toBe('unread');
  await peer.advance(19_000);
  expect(opcodes(peer)).toEqual([]);
  await peer.advance(1000);
  expect(opcodes(peer)).toEqual([9]);
});

test.each(roles)('%s: an output of which nothing is taken for 20 s is death', async (role) => {
  const peer = timed(role);
  peer.stream.holding = true;
  peer.ws.send(Buffer.alloc(200 * KIB));
  await peer.advance(18_000);
  // A client that is heard is dead all the same.
  if (role === 'client') await peer.send(text('alive'));
  await peer.advance(1000);
  expect(peer.ws.isOpen).toBe(true);
  await peer.advance(2000);
  expect(await peer.ws.closed).toMatchObject({
    code: 1006,
    wasClean: false,
    initiator: 'local',
    cause: {
      code: 'POSTERN_ERR_OUTPUT_STALLED',
      message: 'the peer took no byte of the output within 20000 ms',
    },
  });
});

test('partial progress of a blocked output is life', async () => {
  const peer = timed('server');
  peer.stream.holding = true;
  for (let count = 0; count < 40; count += 1) peer.ws.send(Buffer.alloc(50 * KIB));
  for (let count = 0; count < 30; count += 1) {
    await peer.advance(15_000);
    expect(peer.ws.isOpen).toBe(true);
    const before = peer.ws.bufferedAmount;
    while (peer.ws.bufferedAmount === before) {
      peer.stream.takeNext();
      await peer.advance(0);
    }
  }
  expect(peer.ws.bufferedAmount).toBeGreaterThan(64 * KIB);
  await peer.advance(21_000);
  expect(peer.ws.state).toBe('closed');
});

test('a peer that reads more slowly than it is written to is alive', async () => {
  const peer = timed('client', { heartbeatInterval: 0 });
  peer.stream.holding = true;
  for (let count = 0; count < 10; count += 1) peer.ws.send(Buffer.alloc(50 * KIB));
  for (let second = 0; second < 100; second += 1) {
    peer.ws.send(Buffer.alloc(20 * KIB));
    if (second % 5 === 0) peer.stream.takeNext();
    await peer.advance(1000);
  }
  expect(peer.ws.bufferedAmount).toBeGreaterThan(1024 * KIB);
  expect(peer.ws.isOpen).toBe(true);
});

test('a server that is blocked is not idle, silent or late: only its output is judged', async () => {
  const peer = timed('server', { idleTimeout: 5000, messageTimeout: 5000 });
  await peer.send({ ...text('begun'), fin: false });
  peer.stream.holding = true;
  peer.ws.send(Buffer.alloc(200 * KIB));
  for (let count = 0; count < 10; count += 1) {
    await peer.advance(4000);
    peer.ws.send(Buffer.alloc(50 * KIB));
    peer.stream.takeNext();
  }
  expect(peer.ws.isOpen).toBe(true);
});

test('heartbeatInterval: 0 is no heartbeat', async () => {
  const peer = timed('server', { heartbeatInterval: 0 });
  await peer.advance(3_600_000);
  expect(opcodes(peer)).toEqual([]);
  expect(peer.ws.isOpen).toBe(true);
});

test('heartbeatTimeout: 0 pings and never gives up', async () => {
  const peer = timed('server', { heartbeatTimeout: 0 });
  peer.stream.holding = false;
  await peer.advance(100_000);
  expect(opcodes(peer)).toEqual([9, 9, 9, 9, 9]);
  expect(peer.ws.isOpen).toBe(true);
  peer.stream.holding = true;
  peer.ws.send(Buffer.alloc(200 * KIB));
  await peer.advance(3_600_000);
  expect(peer.ws.isOpen).toBe(true);
});

test('the heartbeat has its own two options, and goes on asking while it waits', async () => {
  const peer = timed('server', { heartbeatInterval: 1000, heartbeatTimeout: 2500 });
  await peer.advance(900);
  expect(opcodes(peer)).toEqual([]);
  await peer.advance(100);
  expect(opcodes(peer)).toEqual([9]);
  await peer.advance(2000);
  expect(opcodes(peer)).toEqual([9, 9, 9]);
  await peer.advance(400);
  expect(peer.ws.isOpen).toBe(true);
  await peer.advance(100);
  expect(peer.ws.state).toBe('closed');
});

test.each(roles)(
  '%s, threat 25: a message not finished within messageTimeout fails with 1008',
  async (role) => {
    const peer = timed(role);
    const message = peer.bytesOf(binary(Buffer.alloc(120)));
    for (const byte of message.subarray(0, 61)) {
      peer.stream.feed(Buffer.from([byte]));
      await peer.advance(1000);
    }
    const [last] = peer.received().slice(-1);
    expect(last).toMatchObject({ opcode: 8 });
    expect(last!.payload.readUInt16BE(0)).toBe(1008);
    expect(last!.payload.toString('utf8', 2)).toBe('message not finished within 60000 ms');
    expect(peer.ws.closeInfo).toMatchObject({
      code: 1008,
      initiator: 'local',
      wasClean: false,
      cause: { code: 'POSTERN_ERR_MESSAGE_TIMEOUT' },
    });
  },
);

test.each([
  ['a fragment', [{ ...text('begun'), fin: false }], 0],
  ['half a payload', [text('the rest does not come')], 6],
  ['half a header', [binary(Buffer.alloc(200))], 206],
])('messageTimeout counts from %s on', async (_, frames, cut) => {
  const peer = timed('server', { messageTimeout: 4000 });
  const bytes = peer.bytesOf(...frames);
  peer.stream.feed(bytes.subarray(0, bytes.length - cut));
  await peer.advance(4000);
  expect(peer.ws.isOpen).toBe(true);
  await peer.advance(1000);
  expect(peer.ws.closeInfo).toMatchObject({ code: 1008 });
});

test('a busy stream of large messages is never late, though one is always unfinished', async () => {
  const peer = timed('server', { messageTimeout: 10_000 });
  let received = 0;
  void peer.ws.listen(() => {
    received += 1;
  });
  const message = peer.bytesOf(binary(Buffer.alloc(100 * KIB)));
  const cut = 40 * KIB;
  peer.stream.feed(message.subarray(0, cut));
  for (let second = 0; second < 120; second += 1) {
    await peer.advance(1000);
    if (second % 8 !== 0) continue;
    peer.stream.feed(Buffer.concat([message.subarray(cut), message.subarray(0, cut)]));
  }
  expect(received).toBe(15);
  expect(peer.ws.isOpen).toBe(true);
});

test('small messages do not keep an unfinished one alive for ever', async () => {
  const peer = timed('server', { messageTimeout: 4000 });
  await peer.send(text('before'), { ...text('begun'), fin: false });
  for (let second = 0; second < 6; second += 1) {
    await peer.send(pong(Buffer.alloc(0)), { ...text('x'), opcode: 0, fin: false });
    await peer.advance(1000);
  }
  expect(peer.ws.closeInfo).toMatchObject({ code: 1008 });
});

test('messageTimeout: 0 waits as long as it takes', async () => {
  const peer = timed('server', { messageTimeout: 0, heartbeatInterval: 0 });
  await peer.send({ ...text('be'), fin: false });
  await peer.advance(3_600_000);
  await peer.send({ opcode: 0, payload: Buffer.from('gun') });
  expect(peer.ws.tryRead()).toBe('begun');
});

test('a message is not late while we ourselves do not read', async () => {
  const peer = timed('server', { messageTimeout: 4000, maxUnreadMessages: 1 });
  const bytes = peer.bytesOf(text('unread'), binary(Buffer.alloc(100)));
  peer.stream.feed(bytes.subarray(0, -10));
  await peer.advance(60_000);
  expect(peer.ws.isOpen).toBe(true);
  expect(peer.ws.tryRead()).toBe('unread');
  await peer.advance(3000);
  peer.stream.feed(bytes.subarray(-10));
  await peer.advance(0);
  expect(((await peer.ws.read()) as Buffer).length).toBe(100);
});

test('idleTimeout closes after that long without a message either way', async () => {
  const peer = timed('server', { idleTimeout: 60_000, heartbeatInterval: 0 });
  for (let count = 0; count < 4; count += 1) {
    await peer.advance(40_000);
    await peer.send(pong(Buffer.alloc(0)));
    if (count % 2 === 0) await peer.send(text('in'));
    else peer.ws.send('out');
    peer.ws.tryRead();
  }
  expect(peer.ws.isOpen).toBe(true);
  for (let count = 0; count < 6; count += 1) {
    await peer.advance(10_000);
    await peer.send(pong(Buffer.alloc(0)));
  }
  expect(peer.ws.state).toBe('closing');
  const close = peer.received().findLast(({ opcode }) => opcode === 8);
  expect(close!.payload.toString('latin1')).toBe('\u0003\u00e8idle');
});

test('without idleTimeout nobody is closed for idleness', async () => {
  const peer = timed('server');
  for (let count = 0; count < 100; count += 1) {
    await peer.advance(15_000);
    await peer.send(pong(Buffer.alloc(0)));
  }
  expect(peer.ws.isOpen).toBe(true);
});

test('one timer serves all connections of a clock, and none is left when they have ended', async () => {
  const clock = fakeClock();
  const pairs = Array.from({ length: 20 }, () => pair({ clock }));
  expect(clock.pendingTimers).toBe(1);
  for (const { client } of pairs) void client.close();
  await clock.advance(0);
  for (const { client, server } of pairs) await Promise.all([client.closed, server.closed]);
  expect(clock.pendingTimers).toBe(0);
  const { client } = pair({ clock });
  expect(clock.pendingTimers).toBe(1);
  await clock.advance(20_000);
  expect(client.isOpen).toBe(true);
});

test('a connection that dies takes no other’s turn', async () => {
  const clock = fakeClock();
  const dead = Array.from({ length: 5 }, () => rawPeer({ role: 'server', clock }));
  const living = Array.from({ length: 5 }, () => rawPeer({ role: 'client', clock }));
  const late = dead.splice(2, 1).concat(living);
  await clock.advance(30_000);
  for (const peer of late) await peer.send(pong(Buffer.alloc(0)));
  await clock.advance(10_000);
  expect(dead.map(({ ws }) => ws.state)).toEqual(dead.map(() => 'closed'));
  expect(late.map(({ ws }) => ws.state)).toEqual(late.map(() => 'open'));
  await clock.advance(10_000);
  expect(late.map((peer) => opcodes(peer))).toEqual(late.map(() => [9, 9]));
});

test('nothing is judged once the end is known', async () => {
  const peer = timed('client', { closeTimeout: 300_000 });
  await peer.send({ opcode: 8 });
  expect(peer.ws.closeInfo).toMatchObject({ code: 1005 });
  await peer.advance(200_000);
  expect(peer.ws.state).toBe('closing');
  await peer.advance(100_000);
  expect(peer.ws.state).toBe('closed');
  expect(peer.ws.closeInfo).toMatchObject({ code: 1005, wasClean: true });
});

test('no ping goes out after our close frame', async () => {
  const peer = timed('server', { closeTimeout: 300_000, heartbeatTimeout: 0, idleTimeout: 30_000 });
  void peer.ws.close();
  await peer.advance(100_000);
  expect(opcodes(peer)).toEqual([8]);
  expect(peer.ws.state).toBe('closing');
});

test('a message has all of its time, whenever the one before it was finished', async () => {
  const peer = timed('server', { messageTimeout: 4000 });
  const message = peer.bytesOf(text('message'));
  peer.stream.feed(message.subarray(0, 5));
  await peer.advance(1000);
  peer.stream.feed(Buffer.concat([message.subarray(5), message.subarray(0, 5)]));
  await peer.advance(4000);
  expect(peer.ws.isOpen).toBe(true);
  await peer.advance(1000);
  expect(peer.ws.closeInfo).toMatchObject({ code: 1008 });
});

test('a message that had begun before we stopped reading has all of its time after it', async () => {
  const peer = timed('server', { messageTimeout: 5000 });
  await peer.send({ ...text('be'), fin: false });
  await peer.advance(1000);
  peer.stream.holding = true;
  peer.ws.send(Buffer.alloc(200 * KIB));
  await peer.advance(15_000);
  peer.stream.release();
  await peer.advance(4000);
  expect(peer.ws.isOpen).toBe(true);
  await peer.send({ opcode: 0, payload: Buffer.from('gun') });
  expect(peer.ws.tryRead()).toBe('begun');
});
