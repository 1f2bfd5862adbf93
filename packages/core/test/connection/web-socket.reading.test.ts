import { expect, test } from 'vitest';

import { pair } from '../../src/testing/pair.js';
import type { Role } from '../../src/protocol/protocol.js';
import { binary, closeFrame, ping, rawPeer, text } from './support/raw-peer.js';
import { isPending, turns } from './support/turns.js';

const roles: Role[] = ['server', 'client'];

const alreadyReading = { name: 'StateError', code: 'POSTERN_ERR_ALREADY_READING' };
const listening = { name: 'StateError', code: 'POSTERN_ERR_LISTENING' };

test.each(roles)('%s: read gives a string for text and a Buffer for binary', async (role) => {
  const { ws, send } = rawPeer({ role });
  await send(text('Grüße'), binary(Buffer.from([0, 255])), text(''), binary(Buffer.alloc(0)));
  expect(await ws.read()).toBe('Grüße');
  const bytes = await ws.read();
  expect(Buffer.isBuffer(bytes)).toBe(true);
  expect(bytes).toEqual(Buffer.from([0, 255]));
  expect(await ws.read()).toBe('');
  expect(await ws.read()).toEqual(Buffer.alloc(0));
});

test('a pending read gets the first message of a chunk, later reads the rest in order', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const first = ws.read();
  await send(text('one'), text('two'), text('three'));
  expect(await first).toBe('one');
  expect(await ws.read()).toBe('two');
  expect(await ws.read()).toBe('three');
  expect(await isPending(ws.read())).toBe(true);
});

test('a second pending read of any kind is a StateError, and the first goes on', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const first = ws.read();
  await expect(ws.read()).rejects.toMatchObject(alreadyReading);
  await expect(ws.readGuarded()).rejects.toMatchObject(alreadyReading);
  await expect(ws[Symbol.asyncIterator]().next()).rejects.toMatchObject(alreadyReading);
  await expect(ws.bursts().next()).rejects.toMatchObject(alreadyReading);
  await expect(ws.listen(() => {})).rejects.toMatchObject(alreadyReading);
  expect(ws.tryRead()).toBeUndefined();
  await send(text('for the first'));
  expect(await first).toBe('for the first');
});

test('reading of any kind while listen is on is a StateError', async () => {
  const { ws } = rawPeer({ role: 'server' });
  void ws.listen(() => {});
  await expect(ws.read()).rejects.toMatchObject(listening);
  await expect(ws.readGuarded()).rejects.toMatchObject(listening);
  await expect(ws[Symbol.asyncIterator]().next()).rejects.toMatchObject(listening);
  await expect(ws.bursts().next()).rejects.toMatchObject(listening);
  await expect(ws.listen(() => {})).rejects.toMatchObject(listening);
  expect(() => ws.tryRead()).toThrow(expect.objectContaining(listening));
});

test('tryRead gives what is there, one by one, then undefined', async () => {
  const { ws, send } = rawPeer({ role: 'client' });
  expect(ws.tryRead()).toBeUndefined();
  await send(text('one'), text(''));
  expect(ws.tryRead()).toBe('one');
  expect(ws.tryRead()).toBe('');
  expect(ws.tryRead()).toBeUndefined();
});

test('a loop of tryRead() ?? await read() misses nothing', async () => {
  const { client, server } = pair();
  const sent = Array.from({ length: 300 }, (_, index) => `message ${index}`);
  for (const message of sent) client.send(message);
  const received: unknown[] = [];
  while (received.length < sent.length) received.push(server.tryRead() ?? (await server.read()));
  expect(received).toEqual(sent);
});

test('read rejects at the end with a ConnectionClosedError that tells how', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const pending = ws.read();
  await send(closeFrame(4001, 'enough'));
  const error = {
    name: 'ConnectionClosedError',
    code: 'POSTERN_ERR_CONNECTION_CLOSED',
    closeCode: 4001,
    reason: 'enough',
    close: { code: 4001, reason: 'enough', wasClean: true, initiator: 'peer', cause: undefined },
  };
  await expect(pending).rejects.toMatchObject(error);
  await expect(ws.read()).rejects.toMatchObject(error);
});

test('readGuarded gives the message, and at every end how it ended', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const first = ws.readGuarded();
  await send(text('one'), text('two'));
  expect(await first).toEqual({ ok: true, data: 'one' });
  expect(await ws.readGuarded()).toEqual({ ok: true, data: 'two' });
  const last = ws.readGuarded();
  await send(closeFrame(1001, 'bye'));
  const end = { ok: false, close: { code: 1001, reason: 'bye', initiator: 'peer' } };
  expect(await last).toMatchObject(end);
  expect(await ws.readGuarded()).toMatchObject(end);
});

test('for await ends quietly at a clean end', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const received: unknown[] = [];
  const loop = (async () => {
    for await (const message of ws) received.push(message);
  })();
  await send(text('one'), text('two'));
  await send(text('three'), closeFrame(1000));
  await loop;
  expect(received).toEqual(['one', 'two', 'three']);
});

test.each([
  [
    'the socket was reset',
    (peer: ReturnType<typeof rawPeer>) => peer.stream.destroy(new Error('reset')),
  ],
  [
    'the peer broke the protocol',
    (peer: ReturnType<typeof rawPeer>) => void peer.send({ opcode: 3 }),
  ],
  ['it was terminated', (peer: ReturnType<typeof rawPeer>) => peer.ws.terminate()],
])('for await ends quietly when %s', async (_, end) => {
  const peer = rawPeer({ role: 'server' });
  const received: unknown[] = [];
  const loop = (async () => {
    for await (const message of peer.ws) received.push(message);
  })();
  await peer.send(text('one'));
  end(peer);
  await loop;
  expect(received).toEqual(['one']);
  expect(peer.ws.closeInfo).toMatchObject({ wasClean: false });
});

test('break leaves the connection open, and a later loop goes on where it stopped', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(text('one'), text('two'), text('three'));
  for await (const message of ws) {
    expect(message).toBe('one');
    break;
  }
  expect(ws.state).toBe('open');
  const rest: unknown[] = [];
  for await (const message of ws) {
    rest.push(message);
    if (rest.length === 2) break;
  }
  expect(rest).toEqual(['two', 'three']);
  expect(ws.isOpen).toBe(true);
});

test('an iterator is its own iterable, and done stays done', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const iterator = ws[Symbol.asyncIterator]();
  expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
  await send(closeFrame(1000));
  expect(await iterator.next()).toEqual({ value: undefined, done: true });
  expect(await iterator.next()).toEqual({ value: undefined, done: true });
  expect(await iterator.return?.()).toEqual({ value: undefined, done: true });
});

test('messages queued when the peer ends are still delivered, then the end', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(text('one'), text('two'), closeFrame(1000));
  expect(ws.state).not.toBe('open');
  expect(await ws.read()).toBe('one');
  expect(ws.tryRead()).toBe('two');
  await expect(ws.read()).rejects.toMatchObject({ closeCode: 1000 });
});

test('messages queued when the network fails are still delivered, then the end', async () => {
  const { ws, stream, send } = rawPeer({ role: 'client' });
  await send(text('one'), text('two'));
  stream.destroy(new Error('reset'));
  await ws.closed;
  const received: unknown[] = [];
  for await (const message of ws) received.push(message);
  expect(received).toEqual(['one', 'two']);
  await expect(ws.readGuarded()).resolves.toMatchObject({ ok: false, close: { code: 1006 } });
});

test('what is queued is dropped when this side closes, and loops end', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(text('one'), text('two'), text('three'));
  const received: unknown[] = [];
  const loop = (async () => {
    for await (const message of ws) {
      received.push(message);
      void ws.close();
    }
  })();
  await turns();
  await send(text('after the close frame'), closeFrame(1000));
  await loop;
  expect(received).toEqual(['one']);
  expect(ws.tryRead()).toBeUndefined();
});

test('what is queued is dropped when this side terminates, and loops end', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(text('one'), text('two'), text('three'));
  const received: unknown[] = [];
  for await (const message of ws) {
    received.push(message);
    ws.terminate();
  }
  expect(received).toEqual(['one']);
});

test('bursts gives what is there, then what each chunk brings', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const bursts = ws.bursts();
  await send(text('one'));
  await send(text('two'));
  expect(await bursts.next()).toEqual({ value: ['one', 'two'], done: false });
  const next = bursts.next();
  await send(text('three'), text('four'), text('five'));
  await send(text('six'));
  expect(await next).toEqual({ value: ['three', 'four', 'five'], done: false });
  expect(await bursts.next()).toEqual({ value: ['six'], done: false });
  const last = bursts.next();
  await send(ping());
  expect(await isPending(last)).toBe(true);
  await send(closeFrame(1000));
  expect(await last).toEqual({ value: undefined, done: true });
  expect(await bursts.next()).toEqual({ value: undefined, done: true });
});

test('a burst that comes in one chunk with the close frame is delivered', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const received: unknown[] = [];
  const loop = (async () => {
    for await (const messages of ws.bursts()) received.push(...messages);
  })();
  await send(text('one'), text('two'), closeFrame(1000));
  await loop;
  expect(received).toEqual(['one', 'two']);
});

test('a burst that comes in one chunk with a protocol error is delivered', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const bursts = ws.bursts();
  const first = bursts.next();
  await send(text('one'), { opcode: 3 });
  expect(await first).toEqual({ value: ['one'], done: false });
  expect(await bursts.next()).toMatchObject({ done: true });
});

test('bursts larger than the queue may hold arrive whole and in order', async () => {
  const { client, server } = pair({ maxUnreadMessages: 8 });
  const sent = Array.from({ length: 100 }, (_, index) => `${index}`);
  for (const message of sent) client.send(message);
  const received: string[] = [];
  for await (const messages of server.bursts()) {
    expect(messages.length).toBeLessThanOrEqual(8);
    received.push(...(messages as string[]));
    if (received.length === sent.length) break;
  }
  expect(received).toEqual(sent);
});

test('aborting a read rejects with the reason, loses no message and closes nothing', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const controller = new AbortController();
  const reason = new Error('never mind');
  const aborted = ws.read({ signal: controller.signal });
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  expect(ws.state).toBe('open');
  await send(text('still here'));
  expect(await ws.read()).toBe('still here');
});

test('a read with a signal that has aborted before takes nothing', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(text('stays'));
  await expect(ws.read({ signal: AbortSignal.abort('too late') })).rejects.toBe('too late');
  expect(ws.tryRead()).toBe('stays');
});

test('an abort after the message has come changes nothing', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  await turns();
  const controller = new AbortController();
  const read = ws.read({ signal: controller.signal });
  stream.feed(bytesOf(text('in time')));
  controller.abort();
  expect(await read).toBe('in time');
});

test('an abort ends only its own read, not the one after it', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const controller = new AbortController();
  const first = ws.read({ signal: controller.signal });
  await send(text('one'));
  expect(await first).toBe('one');
  const second = ws.read();
  controller.abort();
  await send(text('two'));
  expect(await second).toBe('two');
});

test('a read whose signal outlives it leaves no listener on the signal', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  for (const message of ['one', 'two', 'three']) {
    const read = ws.read({ signal });
    await send(text(message));
    expect(await read).toBe(message);
  }
  const last = ws.read({ signal });
  await send(closeFrame(1000));
  await expect(last).rejects.toMatchObject({ closeCode: 1000 });
  await turns();
  expect(listeners).toBe(0);
});

test('a received Buffer is the receiver’s own, and a small one does not pin a large chunk', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(binary(Buffer.from('small')), binary(Buffer.alloc(60_000, 1)));
  const small = (await ws.read()) as Buffer;
  const large = (await ws.read()) as Buffer;
  expect(small.buffer.byteLength).toBeLessThanOrEqual(8192);
  small.fill(0);
  expect(large.every((byte) => byte === 1)).toBe(true);
});

test('the chunks of a Duplex that is no socket are not changed: they may be somebody’s own', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  const chunk = bytesOf(text('masked by the client'));
  const before = Buffer.from(chunk);
  stream.feed(chunk);
  expect(await ws.read()).toBe('masked by the client');
  expect(chunk).toEqual(before);
});

test('bytes that came along with the handshake are the first to be read, and stay as they were', async () => {
  const { bytesOf } = rawPeer({ role: 'server' });
  const head = bytesOf(text('early'), text('late, and cut'));
  const before = Buffer.from(head);
  const { ws, stream } = rawPeer({ role: 'server', head: head.subarray(0, -3) });
  stream.feed(head.subarray(-3));
  expect(await ws.read()).toBe('early');
  expect(await ws.read()).toBe('late, and cut');
  expect(head).toEqual(before);
});

test('a queue that never quite empties keeps its order', async () => {
  const { client, server } = pair();
  const ahead = 50;
  for (let count = 0; count < ahead; count += 1) client.send(String(count));
  await turns();
  const received: unknown[] = [];
  for (let count = ahead; count < 5000; count += 1) {
    client.send(String(count));
    if (count % 40 === 0) await turns();
    received.push(await server.read());
  }
  expect(received).toEqual(Array.from({ length: 5000 - ahead }, (_, index) => String(index)));
});
