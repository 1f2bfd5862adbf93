import { expect, onTestFinished, test, vi } from 'vitest';

import { broadcast } from '../../src/connection/broadcast.js';
import {
  enterDataEvent,
  isInDataEvent,
  leaveDataEvent,
  scheduleFlush,
  type Flushable,
} from '../../src/connection/flush-schedule.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import { binary, ping, rawPeer, text } from './support/raw-peer.js';
import { tcpPair, tlsPair } from './support/sockets.js';
import { turns, until } from './support/turns.js';

/** Something to flush that notes when it was. */
function flushable(log: string[], name: string): Flushable {
  return { flush: () => log.push(name) };
}

/** The end of the event loop's present turn, after what `nextTick` and promises do. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** As at the end of a data event: the next flush is the first one again. */
function dataEvent(): void {
  leaveDataEvent(enterDataEvent({ flush: () => undefined }));
}

test('the first flush since the last data event goes by nextTick', async () => {
  const log: string[] = [];
  dataEvent();
  scheduleFlush(flushable(log, 'first'));
  expect(log).toEqual([]);
  process.nextTick(() => log.push('next tick'));
  await Promise.resolve();
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(log).toEqual(['first', 'next tick']);
});

test('later ones share one setImmediate', async () => {
  const log: string[] = [];
  dataEvent();
  scheduleFlush(flushable(log, 'first'));
  await endOfTurn();
  scheduleFlush(flushable(log, 'second'));
  await new Promise<void>((resolve) => process.nextTick(resolve));
  scheduleFlush(flushable(log, 'third'));
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(log).toEqual(['first']);
  await endOfTurn();
  expect(log).toEqual(['first', 'second', 'third']);
  dataEvent();
  scheduleFlush(flushable(log, 'first again'));
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(log.at(-1)).toBe('first again');
});

test('data events may lie within one another', () => {
  const outer = flushable([], 'outer');
  const inner = flushable([], 'inner');
  const none = enterDataEvent(outer);
  expect(isInDataEvent(outer)).toBe(true);
  const before = enterDataEvent(inner);
  expect([isInDataEvent(outer), isInDataEvent(inner)]).toEqual([false, true]);
  leaveDataEvent(before);
  expect(isInDataEvent(outer)).toBe(true);
  leaveDataEvent(none);
  expect(isInDataEvent(outer)).toBe(false);
});

test('one that is scheduled while others are flushed has its turn later', async () => {
  const log: string[] = [];
  dataEvent();
  scheduleFlush({
    flush: () => {
      log.push('first');
      scheduleFlush(flushable(log, 'within'));
    },
  });
  scheduleFlush(flushable(log, 'second'));
  await turns(3);
  expect(log).toEqual(['first', 'second', 'within']);
});

test.each([
  ['net', tcpPair],
  ['TLS', tlsPair],
])('%s: the small messages of one turn leave as one write', async (_, connect) => {
  const { near, far } = await connect();
  const ws = WebSocket.over(near, { role: 'server' });
  const write = vi.spyOn(near, 'write');
  for (let count = 0; count < 100; count += 1) void ws.write(`message ${count}`);
  void ws.ping();
  await ws.pong();
  expect(write).not.toHaveBeenCalled();
  await turns();
  expect(write).toHaveBeenCalledTimes(1);
  expect(far.readableLength).toBeGreaterThanOrEqual(0);
});

test('the answers to one chunk leave as one write, at the end of its data event', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  void ws.listen((message) => ws.write(message));
  await turns();
  const write = vi.spyOn(stream, 'write');
  stream.feed(bytesOf(...Array.from({ length: 50 }, () => text('echo')), ping()));
  expect(write).toHaveBeenCalledTimes(1);
  expect(stream.written.length).toBe(50 * 6 + 2);
});

test('the answers of a for await loop to one chunk leave as one write', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  void (async () => {
    for await (const message of ws) await ws.write(message);
  })();
  await turns();
  const write = vi.spyOn(stream, 'write');
  stream.feed(bytesOf(...Array.from({ length: 50 }, () => text('echo'))));
  await turns();
  expect(write).toHaveBeenCalledTimes(1);
  expect(stream.written.length).toBe(50 * 6);
});

test('the answers of an async listener to one chunk leave as one write', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  void ws.listen(async (message) => {
    await ws.write(message);
  });
  await turns();
  const write = vi.spyOn(stream, 'write');
  stream.feed(bytesOf(...Array.from({ length: 50 }, () => text('echo'))));
  await turns();
  expect(write).toHaveBeenCalledTimes(1);
  expect(stream.written.length).toBe(50 * 6);
});

test('an answer does not wait for a listener that goes on waiting for something else', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  void ws.listen(async (message) => {
    await ws.write(message);
    await new Promise(() => {});
  });
  await turns();
  stream.feed(bytesOf(text('first'), text('second')));
  await turns();
  expect(stream.written.length).toBe(2 + 5);
});

test('over TLS the answers to several chunks of one turn leave as one write', async () => {
  const { near, far } = await tlsPair();
  const ws = WebSocket.over(near, { role: 'server' });
  const { bytesOf } = rawPeer({ role: 'server' });
  void ws.listen((message) => ws.write(message));
  await turns();
  const write = vi.spyOn(near, 'write');
  for (let count = 0; count < 5; count += 1) near.emit('data', bytesOf(text('echo')));
  expect(write).not.toHaveBeenCalled();
  await turns();
  expect(write).toHaveBeenCalledTimes(1);
  far.resume();
});

test('a broadcast alone is written as it is', async () => {
  const { near, far } = await tcpPair();
  const ws = WebSocket.over(near, { role: 'server' });
  const [cork, write] = [vi.spyOn(near, 'cork'), vi.spyOn(near, 'write')];
  broadcast([ws], 'to all');
  await turns();
  expect([cork.mock.calls.length, write.mock.calls.length]).toEqual([0, 1]);
  far.resume();
});

test('what goes to another connection within a data event leaves in the same turn, as one write', async () => {
  const { near, far } = await tcpPair();
  const source = rawPeer({ role: 'server' });
  const target = WebSocket.over(near, { role: 'server' });
  const write = vi.spyOn(near, 'write');
  void source.ws.listen((message) => void target.send(message));
  await turns();
  source.stream.feed(source.bytesOf(...Array.from({ length: 20 }, () => text('relayed'))));
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(write).toHaveBeenCalledTimes(1);
  far.resume();
});

test('a large frame leaves at once outside a data event, and at the end of one inside it', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  await turns();
  ws.send(Buffer.alloc(10_000));
  expect(stream.written.length).toBe(10_004);
  stream.chunks.length = 0;
  const within: number[] = [];
  void ws.listen(() => {
    ws.send(Buffer.alloc(10_000));
    within.push(stream.written.length);
  });
  stream.feed(bytesOf(text('a'), text('b')));
  expect(within).toEqual([0, 0]);
  expect(stream.written.length).toBe(20_008);
});

test('large frames within one data event leave when too much has gathered', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  const within: number[] = [];
  void ws.listen(() => {
    ws.send(Buffer.alloc(30_000));
    within.push(stream.written.length);
  });
  await turns();
  stream.feed(bytesOf(text('a'), text('b'), text('c')));
  expect(within).toEqual([0, 0, 90_012]);
});

test('a large frame and small ones around it keep their order', async () => {
  const peer = rawPeer({ role: 'server' });
  peer.ws.send('before');
  peer.ws.send(Buffer.alloc(20_000));
  peer.ws.send('after');
  await turns();
  expect(peer.received().map(({ payload }) => payload.length)).toEqual([6, 20_000, 5]);
});

test('a listener whose onError throws leaves the turn as it found it, and that error is printed', async () => {
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => printed.mockRestore());
  const error = new Error('of onError');
  const { ws, stream, bytesOf, received } = rawPeer({
    role: 'server',
    onError: () => {
      throw error;
    },
  });
  void ws.listen(() => {
    throw new Error('of the listener');
  });
  await turns();
  stream.feed(bytesOf(text('one'), binary(Buffer.alloc(1))));
  expect(printed).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(error.message));
  await until(() => received().length > 0);
  expect(received()).toMatchObject([{ opcode: 8, payload: Buffer.from([0x03, 0xf3]) }]);
});
