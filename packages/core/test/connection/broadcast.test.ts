import { expect, test, vi } from 'vitest';

import { broadcast } from '../../src/connection/broadcast.js';
import type { MessageData } from '../../src/connection/message-data.js';
import { resolveConnectionOptions } from '../../src/connection/options.js';
import { prepare } from '../../src/connection/prepared-message.js';
import { ROOM } from '../../src/connection/settled.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import type { Role } from '../../src/protocol/protocol.js';
import { closeFrame, rawPeer, text, type RawPeer } from './support/raw-peer.js';
import { tcpPair } from './support/sockets.js';
import { turns } from './support/turns.js';

function group(count: number, role: Role = 'server', options = {}): RawPeer[] {
  return Array.from({ length: count }, () => rawPeer({ role, ...options }));
}

function socketsOf(peers: readonly RawPeer[]): Set<WebSocket> {
  return new Set(peers.map(({ ws }) => ws));
}

function texts(peer: RawPeer): string[] {
  return peer.received().map(({ payload }) => payload.toString());
}

test.each(['server', 'client'] as const)('%s: everybody open gets the message', async (role) => {
  const peers = group(5, role);
  expect(broadcast(socketsOf(peers), 'to all')).toBe(5);
  expect(broadcast(socketsOf(peers), Buffer.from([1, 2]))).toBe(5);
  await turns();
  for (const peer of peers) {
    expect(peer.received()).toMatchObject([
      { opcode: 1, payload: Buffer.from('to all') },
      { opcode: 2, payload: Buffer.from([1, 2]) },
    ]);
  }
});

test('what is published to a group in one turn leaves as one write per member', async () => {
  const { near } = await tcpPair();
  const member = WebSocket.over(near, { role: 'server' });
  const peers = group(3);
  const sockets = socketsOf(peers).add(member);
  await turns();
  const writes = vi.spyOn(near, 'write');
  for (let count = 0; count < 20; count += 1) broadcast(sockets, `message ${count}`);
  await turns();
  expect(writes).toHaveBeenCalledTimes(1);
  for (const peer of peers) {
    expect(peer.stream.chunks).toHaveLength(1);
    expect(texts(peer)).toEqual(Array.from({ length: 20 }, (_, count) => `message ${count}`));
  }
});

test('members refer to one frame', async () => {
  const peers = group(3);
  broadcast(socketsOf(peers), 'x'.repeat(1000));
  await turns();
  const memories = peers.map(({ stream }) => stream.chunks[0]!.buffer);
  expect(new Set(memories).size).toBe(1);
});

test('messages of one’s own and those of groups keep their order', async () => {
  const [one, other, third] = group(3) as [RawPeer, RawPeer, RawPeer];
  const both = socketsOf([one, other]);
  const all = socketsOf([one, other, third]);
  one.ws.send('own 1');
  broadcast(both, 'both 1');
  broadcast(all, 'all 1');
  broadcast(both, 'both 2');
  one.ws.send(Buffer.from('own 2'));
  broadcast(both, 'both 3');
  other.ws.send('other 1');
  broadcast(all, 'all 2');
  broadcast(all, 'all 3');
  one.ws.send('x'.repeat(9000));
  broadcast(both, 'both 4');
  await turns();
  const long = 'x'.repeat(9000);
  expect(texts(one)).toEqual([
    'own 1',
    'both 1',
    'all 1',
    'both 2',
    'own 2',
    'both 3',
    'all 2',
    'all 3',
    long,
    'both 4',
  ]);
  expect(texts(other)).toEqual([
    'both 1',
    'all 1',
    'both 2',
    'both 3',
    'other 1',
    'all 2',
    'all 3',
    'both 4',
  ]);
  expect(texts(third)).toEqual(['all 1', 'all 2', 'all 3']);
});

test('a member that comes between two messages of a turn gets the second', async () => {
  const [one, late] = group(2) as [RawPeer, RawPeer];
  const sockets = socketsOf([one]);
  broadcast(sockets, 'before');
  sockets.add(late.ws);
  broadcast(sockets, 'after');
  broadcast(sockets, 'later');
  await turns();
  expect(texts(one)).toEqual(['before', 'after', 'later']);
  expect(texts(late)).toEqual(['after', 'later']);
});

test('a member that leaves between two messages of a turn gets the first', async () => {
  const [one, early] = group(2) as [RawPeer, RawPeer];
  const sockets = socketsOf([one, early]);
  broadcast(sockets, 'first');
  broadcast(sockets, 'second');
  sockets.delete(early.ws);
  broadcast(sockets, 'third');
  await turns();
  expect(texts(one)).toEqual(['first', 'second', 'third']);
  expect(texts(early)).toEqual(['first', 'second']);
});

test('more than a batch holds, large messages and any iterable', async () => {
  const peers = group(3);
  const sent: string[] = [];
  for (let count = 0; count < 200; count += 1) {
    sent.push(`${count} ${'y'.repeat(count * 10)}`);
    broadcast(peers.map(({ ws }) => ws).values(), sent.at(-1)!);
  }
  const sockets = socketsOf(peers);
  for (const length of [70_000, 10, 200_000]) {
    sent.push('z'.repeat(length));
    broadcast(sockets, sent.at(-1)!);
  }
  await turns(20);
  for (const peer of peers) expect(texts(peer)).toEqual(sent);
});

test('within a data event the echo of a group leaves in the same turn', async () => {
  const peers = group(3);
  const sockets = socketsOf(peers);
  const [speaker] = peers as [RawPeer];
  void speaker.ws.listen((message) => void broadcast(sockets, message));
  await speaker.send(text('one'), text('two'));
  for (const peer of peers) {
    expect(texts(peer)).toEqual(['one', 'two']);
    expect(peer.stream.chunks).toHaveLength(1);
  }
});

test('those who are connecting, closing or closed are left out', async () => {
  const [open, closing, closed] = group(3) as [RawPeer, RawPeer, RawPeer];
  void closing.ws.close();
  closed.ws.terminate();
  const connecting = new WebSocket('server', resolveConnectionOptions(), {
    onError: () => undefined,
    onClosed: () => undefined,
  });
  const sockets = socketsOf([open, closing, closed]).add(connecting);
  expect(broadcast(sockets, 'to the open')).toBe(1);
  await turns();
  expect(texts(open)).toEqual(['to the open']);
  expect(closing.received().map(({ opcode }) => opcode)).toEqual([8]);
  expect(connecting.state).toBe('connecting');
});

test('a slow member is ended when it is over its cap, and holds nobody up', async () => {
  const slow = rawPeer({ role: 'server', maxSendBuffer: 200_000 });
  const [fast] = group(1) as [RawPeer];
  slow.stream.holding = true;
  const sockets = socketsOf([slow, fast]);
  const message = 'x'.repeat(50_000);
  const counts: number[] = [];
  for (let count = 0; count < 8; count += 1) {
    counts.push(broadcast(sockets, message));
    await turns(2);
  }
  expect(counts).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
  expect(slow.ws.closeInfo).toMatchObject({ cause: { code: 'POSTERN_ERR_SEND_BUFFER_FULL' } });
  expect(texts(fast)).toHaveLength(8);
});

test("a slow member with overflow: 'drop' misses messages, and gets the next when it has room", async () => {
  const slow = rawPeer({ role: 'server', maxSendBuffer: 120_000, overflow: 'drop' });
  slow.stream.holding = true;
  const sockets = socketsOf([slow]);
  const counts: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    counts.push(broadcast(sockets, `${count}${'x'.repeat(50_000)}`));
    await turns(2);
  }
  expect(counts).toEqual([1, 1, 1, 0, 0]);
  slow.stream.release();
  await turns();
  expect(broadcast(sockets, 'next')).toBe(1);
  await turns();
  expect(texts(slow).map((message) => message.slice(0, 4))).toEqual([
    '0xxx',
    '1xxx',
    '2xxx',
    'next',
  ]);
});

test('bufferedAmount counts what was published, headers included', async () => {
  const [one, other] = group(2) as [RawPeer, RawPeer];
  const sockets = socketsOf([one, other]);
  broadcast(sockets, '12345');
  broadcast(sockets, '123');
  expect([one.ws.bufferedAmount, other.ws.bufferedAmount]).toEqual([12, 12]);
  one.ws.terminate();
  expect(one.ws.bufferedAmount).toBe(0);
  await turns();
  expect(other.ws.bufferedAmount).toBe(0);
  expect(one.stream.chunks).toEqual([]);
});

test('what was published before a close goes out before the close frame', async () => {
  const [one] = group(1) as [RawPeer];
  broadcast(socketsOf([one]), 'last');
  void one.ws.close();
  await turns();
  expect(one.received().map(({ opcode }) => opcode)).toEqual([1, 8]);
});

test('a ping that comes after a broadcast is answered after it', async () => {
  const [one] = group(1) as [RawPeer];
  await turns();
  broadcast(socketsOf([one]), 'first');
  one.stream.feed(one.bytesOf({ opcode: 9 }));
  await turns();
  expect(one.received().map(({ opcode }) => opcode)).toEqual([1, 10]);
});

test('a broadcast is a message of ours: it is no idle connection', async () => {
  const [one] = group(1) as [RawPeer];
  await one.send(closeFrame(1000));
  expect(broadcast(socketsOf([one]), 'too late')).toBe(0);
});

test.each(['text', Buffer.from('bytes'), new Uint8Array(20_000)])(
  'a prepared message is sent like any other',
  async (data) => {
    const message = prepare(data);
    const peers = [...group(2), ...group(2, 'client')];
    for (const { ws } of peers) {
      await ws.write(message);
      expect(ws.send(message)).toBe(true);
      expect(await ws.writeGuarded(message)).toBe(true);
    }
    expect(broadcast(socketsOf(peers), message)).toBe(4);
    await turns();
    const opcode = typeof data === 'string' ? 1 : 2;
    const expected = Buffer.from(data as string);
    for (const peer of peers) {
      const frames = peer.received();
      expect(frames.map((frame) => frame.opcode)).toEqual([opcode, opcode, opcode, opcode]);
      expect(frames.every(({ payload }) => payload.equals(expected))).toBe(true);
    }
  },
);

test('a prepared message does not change with the bytes that it was made of', async () => {
  const bytes = Buffer.alloc(10_000, 'a');
  const message = prepare(bytes);
  bytes.fill('b');
  const [one] = group(1) as [RawPeer];
  void one.ws.write(message);
  broadcast(socketsOf([one]), message);
  await turns();
  const expected = Buffer.alloc(10_000, 'a');
  expect(one.received().map(({ payload }) => payload.equals(expected))).toEqual([true, true]);
  expect(one.ws.write(prepare('small'))).toBe(ROOM);
});

test.each([5, null, undefined, {}])('%o is nothing to broadcast or prepare', async (data) => {
  const peers = group(2);
  expect(() => broadcast(socketsOf(peers), data as MessageData)).toThrow(TypeError);
  expect(() => prepare(data as MessageData)).toThrow(TypeError);
  await turns();
  for (const peer of peers) expect(peer.stream.chunks).toEqual([]);
});
