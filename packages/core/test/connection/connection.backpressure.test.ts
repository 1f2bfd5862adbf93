import { expect, test } from 'vitest';

import { WebSocket } from '../../src/connection/web-socket.js';
import { pair } from '../../src/testing/pair.js';
import type { Role } from '../../src/protocol/protocol.js';
import { frame } from '../support/frame-builder.js';
import { sampleKey } from '../support/sides.js';
import { MemoryStream } from './support/memory-stream.js';
import { binary, closeFrame, ping, rawPeer, text } from './support/raw-peer.js';
import { tcpPair } from './support/sockets.js';
import { turns, until } from './support/turns.js';

const KIB = 1024;
const roles: Role[] = ['server', 'client'];

/** How many messages are queued, unread; takes them all. */
function unread(ws: WebSocket): number {
  let count = 0;
  while (ws.tryRead() !== undefined) count += 1;
  return count;
}

test.each(roles)(
  '%s: reading goes on up to 64 KiB of unread messages, then stops',
  async (role) => {
    const { ws, stream, send } = rawPeer({ role });
    await send(binary(Buffer.alloc(32 * KIB)), binary(Buffer.alloc(32 * KIB)));
    expect(stream.isPaused()).toBe(false);
    await send(binary(Buffer.alloc(1)));
    expect(stream.isPaused()).toBe(true);
    expect(unread(ws)).toBe(3);
    await turns();
    expect(stream.isPaused()).toBe(false);
  },
);

test.each(roles)('%s: reading stops at 1,024 unread messages, inside a chunk too', async (role) => {
  const { ws, stream, send } = rawPeer({ role });
  await send(...Array.from({ length: 1023 }, () => text('')));
  expect(stream.isPaused()).toBe(false);
  await send(...Array.from({ length: 3000 }, (_, index) => text(String(index))));
  expect(stream.isPaused()).toBe(true);
  expect(unread(ws)).toBe(1024);
  await turns();
  expect(unread(ws)).toBe(1024);
  await turns();
  expect(unread(ws)).toBe(1024);
  await turns();
  expect(unread(ws)).toBe(1023 + 3000 - 3 * 1024);
  await turns();
  expect(stream.isPaused()).toBe(false);
});

test('reading goes on when everything has been read, not message by message', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server', maxUnreadMessages: 10 });
  await send(...Array.from({ length: 25 }, (_, index) => text(String(index))));
  for (let count = 0; count < 9; count += 1) {
    expect(ws.tryRead()).toBe(String(count));
    await turns(2);
    expect(stream.isPaused()).toBe(true);
  }
  expect(ws.tryRead()).toBe('9');
  await turns();
  expect(unread(ws)).toBe(10);
});

test('the options bound what is unread', async () => {
  const few = rawPeer({ role: 'server', maxUnreadMessages: 1 });
  await few.send(text('one'), text('two'));
  expect(unread(few.ws)).toBe(1);
  const small = rawPeer({ role: 'server', maxUnreadBytes: 0 });
  await small.send(text(''), text('1'), text('2'));
  expect(unread(small.ws)).toBe(2);
});

test('one message may exceed the bound', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  await send(binary(Buffer.alloc(500 * KIB)), text('next'));
  expect(stream.isPaused()).toBe(true);
  expect(((await ws.read()) as Buffer).length).toBe(500 * KIB);
  await turns();
  expect(ws.tryRead()).toBe('next');
});

test('a frame that began before the halt is finished after it', async () => {
  const { ws, stream, send, bytesOf } = rawPeer({ role: 'server', maxUnreadMessages: 2 });
  const long = bytesOf(text('one'), text('two'), { ...text('th'), fin: false });
  stream.feed(Buffer.concat([long, bytesOf({ opcode: 0, payload: Buffer.from('ree') })]));
  await turns();
  expect(unread(ws)).toBe(2);
  await turns();
  expect(ws.tryRead()).toBe('three');
  await send(text('four'));
  expect(ws.tryRead()).toBe('four');
});

test('the message that a callback still works on counts as unread', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  let finish: (() => void) | undefined;
  const received: number[] = [];
  void ws.listen((message) => {
    received.push((message as Buffer).length);
    return new Promise<void>((resolve) => (finish = resolve));
  });
  await send(binary(Buffer.alloc(65 * KIB)), binary(Buffer.alloc(1)));
  expect(stream.isPaused()).toBe(true);
  expect(received).toEqual([65 * KIB]);
  finish!();
  await turns();
  expect(received).toEqual([65 * KIB, 1]);
  expect(stream.isPaused()).toBe(false);
  finish!();
});

test('a callback of promises takes in no more than the bounds, and in the end everything', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server', maxUnreadMessages: 8 });
  const finish: (() => void)[] = [];
  const received: unknown[] = [];
  void ws.listen((message) => {
    received.push(message);
    return new Promise<void>((resolve) => finish.push(resolve));
  });
  const sent = Array.from({ length: 30 }, (_, index) => String(index));
  await send(...sent.map((message) => text(message)));
  expect(stream.isPaused()).toBe(true);
  expect(received).toEqual(['0']);
  while (finish.length > 0) {
    finish.shift()!();
    await turns(2);
  }
  expect(received).toEqual(sent);
  expect(stream.isPaused()).toBe(false);
});

test('a callback without promises never stops reading', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  let count = 0;
  void ws.listen(() => {
    count += 1;
  });
  await send(...Array.from({ length: 5000 }, () => text('x')), binary(Buffer.alloc(100 * KIB)));
  expect(count).toBe(5001);
  expect(stream.isPaused()).toBe(false);
});

test.each(roles)('%s: pings are answered and a close is echoed without a reader', async (role) => {
  const { ws, send, received } = rawPeer({ role });
  await send(text('unread'), ping('are you there'));
  await send(closeFrame(4001, 'bye'));
  expect(received().map(({ opcode, payload }) => [opcode, payload.toString('hex')])).toEqual([
    [10, Buffer.from('are you there').toString('hex')],
    [8, '0fa1'],
  ]);
  expect(ws.closeInfo).toMatchObject({ code: 4001, initiator: 'peer' });
});

test('above the bound a ping waits behind the messages, as behind a paused socket', async () => {
  const peer = rawPeer({ role: 'server', maxUnreadMessages: 2 });
  await peer.send(text('one'), text('two'), ping('behind'), closeFrame(1000));
  expect(peer.received()).toEqual([]);
  expect(peer.ws.state).toBe('open');
  expect(unread(peer.ws)).toBe(2);
  await turns();
  expect(peer.received().map(({ opcode }) => opcode)).toEqual([10, 8]);
});

test('a server stops reading while its own output is above the mark, and inside a chunk too', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  const received: unknown[] = [];
  stream.holding = true;
  void ws.listen((message) => {
    received.push(message);
    ws.send(Buffer.alloc(40 * KIB));
  });
  await send(...Array.from({ length: 10 }, (_, index) => text(String(index))));
  expect(received.length).toBeLessThan(5);
  expect(stream.isPaused()).toBe(true);
  const before = received.length;
  await send(text('more'));
  expect(received.length).toBe(before);
  stream.release();
  await turns(20);
  expect(received).toEqual([...Array.from({ length: 10 }, (_, index) => String(index)), 'more']);
  expect(stream.isPaused()).toBe(false);
});

test('a client reads on while its own output is above the mark', async () => {
  const { ws, stream, send } = rawPeer({ role: 'client' });
  stream.holding = true;
  ws.send(Buffer.alloc(200 * KIB));
  await turns();
  expect(ws.send('over the mark')).toBe(false);
  let received = 0;
  void ws.listen(() => {
    received += 1;
  });
  await send(...Array.from({ length: 100 }, () => text('x')));
  expect(received).toBe(100);
  expect(stream.isPaused()).toBe(false);
});

test('the high-water mark is an option', async () => {
  const { ws, stream } = rawPeer({ role: 'server', highWaterMark: 1000 });
  stream.holding = true;
  ws.send('x'.repeat(990));
  await turns();
  expect(ws.send('y')).toBe(true);
  await turns();
  expect(stream.isPaused()).toBe(false);
  ws.send('z'.repeat(20));
  await turns();
  expect(stream.isPaused()).toBe(true);
});

test('both reasons to stop must be gone before reading goes on', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server', maxUnreadMessages: 2 });
  stream.holding = true;
  await send(text('one'), text('two'), text('three'));
  ws.send(Buffer.alloc(100 * KIB));
  await turns();
  expect(unread(ws)).toBe(2);
  await turns();
  expect(stream.isPaused()).toBe(true);
  expect(ws.tryRead()).toBeUndefined();
  stream.release();
  await turns();
  expect(stream.isPaused()).toBe(false);
  expect(ws.tryRead()).toBe('three');
});

test('after our close frame we read on and discard, whatever had stopped reading', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server', maxUnreadMessages: 2 });
  await send(...Array.from({ length: 10 }, (_, index) => text(String(index))));
  expect(stream.isPaused()).toBe(true);
  const closed = ws.close();
  expect(stream.isPaused()).toBe(false);
  await send(...Array.from({ length: 5000 }, () => text('nobody wants this')));
  expect(ws.tryRead()).toBeUndefined();
  expect(stream.isPaused()).toBe(false);
  await send(closeFrame(1000));
  stream.feed(null);
  expect(await closed).toMatchObject({ code: 1000, wasClean: true, initiator: 'local' });
});

test('after our close frame we read on, even where our output is blocked', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  stream.holding = true;
  ws.send(Buffer.alloc(500 * KIB));
  await turns();
  expect(stream.isPaused()).toBe(true);
  void ws.close();
  await send(text('late'), closeFrame(1000));
  expect(ws.closeInfo).toMatchObject({ wasClean: true });
  stream.release();
  await turns();
  stream.feed(null);
  expect(await ws.closed).toMatchObject({ code: 1000 });
});

test.each([
  ['in memory', async () => pair({ maxMessageSize: 2 ** 22 })],
  [
    'over TCP',
    async () => {
      const { near, far } = await tcpPair();
      return {
        client: WebSocket.over(near, { role: 'client' }),
        server: WebSocket.over(far, { role: 'server' }),
      };
    },
  ],
])('two bulk senders that both echo never wait for each other, %s', async (_, connect) => {
  const { client, server } = await connect();
  void server.listen((message) => server.write(message));
  const size = 100 * KIB;
  const count = 200;
  let echoed = 0;
  void client.listen((message) => {
    expect((message as Buffer)[0]).toBe(echoed & 0xff);
    echoed += 1;
  });
  for (let index = 0; index < count; index += 1) {
    await client.write(Buffer.alloc(size, index & 0xff));
  }
  await until(() => echoed === count);
  expect([client.isOpen, server.isOpen]).toEqual([true, true]);
});

test('threat 23: the plainest echo accepts little of a peer that sends and never reads', async () => {
  const { near, far } = await tcpPair();
  const ws = WebSocket.over(far, { role: 'server' });
  let accepted = 0;
  void ws.listen((message) => {
    accepted += 1;
    return ws.write(message);
  });
  const message = frame({ opcode: 2, payload: Buffer.alloc(4000), maskingKey: sampleKey });
  const batch = Buffer.concat(Array.from({ length: 100 }, () => message));
  near.pause();
  let sent = 0;
  const send = (): void => {
    while (sent < 100_000 && near.write(batch)) sent += 100;
  };
  near.on('drain', send);
  send();
  let before = -1;
  while (accepted !== before) {
    before = accepted;
    await turns(200);
  }
  // What the kernels hold of both directions, and 64 KiB of ours: far from the 400 MB that were to be sent.
  expect(accepted).toBeLessThan(4000);
  expect(accepted).toBeGreaterThan(10);
  expect(ws.bufferedAmount).toBeLessThan(1024 * KIB);
  expect(ws.isOpen).toBe(true);
});

test('threat 17: a for await echo accepts little of a peer that sends and never reads', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  stream.holding = true;
  let accepted = 0;
  void (async () => {
    for await (const message of ws) {
      accepted += 1;
      await ws.write(message);
    }
  })();
  for (let round = 0; round < 100; round += 1) {
    await send(...Array.from({ length: 100 }, () => binary(Buffer.alloc(1000))));
  }
  expect(accepted).toBeLessThan(200);
  expect(ws.bufferedAmount).toBeLessThan(300 * KIB);
});

test('head bytes that fill the queue stop reading before it has begun', async () => {
  const { bytesOf } = rawPeer({ role: 'server' });
  const head = bytesOf(...Array.from({ length: 5 }, (_, index) => text(String(index))));
  const stream = new MemoryStream();
  const ws = WebSocket.over(stream, { role: 'server', head, maxUnreadMessages: 2 });
  stream.feed(bytesOf(text('later')));
  await turns();
  expect(stream.isPaused()).toBe(true);
  const received: unknown[] = [];
  for await (const message of ws) {
    received.push(message);
    if (received.length === 6) break;
  }
  expect(received).toEqual(['0', '1', '2', '3', '4', 'later']);
});

test('a broken frame above the bound fails the connection when reading gets there', async () => {
  const peer = rawPeer({ role: 'server', maxUnreadMessages: 2 });
  await peer.send(text('one'), text('two'), { opcode: 3 });
  expect(peer.ws.isOpen).toBe(true);
  expect(unread(peer.ws)).toBe(2);
  await turns();
  expect(peer.ws.closeInfo).toMatchObject({ code: 1002, cause: { code: 'POSTERN_ERR_OPCODE' } });
});

test('over TCP, output above a small mark blocks, and what drains gives room', async () => {
  const { near, far } = await tcpPair();
  const ws = WebSocket.over(near, { role: 'server', highWaterMark: 100, maxSendBuffer: 2 ** 26 });
  far.pause();
  let sent = 0;
  while (ws.bufferedAmount === 0 && sent < 100_000) {
    for (let count = 0; count < 15; count += 1) ws.send(Buffer.alloc(4000, sent & 0xff));
    sent += 15;
    await turns(1);
  }
  expect(ws.send('over the mark')).toBe(false);
  const room = ws.write('waits');
  let received = 0;
  far.on('data', (chunk: Buffer) => (received += chunk.length));
  far.resume();
  await room;
  await until(() => ws.bufferedAmount === 0);
  await until(() => received === sent * 4004 + 15 + 7);
  expect(ws.send('room again')).toBe(true);
});
