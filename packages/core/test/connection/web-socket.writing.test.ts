import { expect, test, vi } from 'vitest';

import type { Message } from '../../src/connection/inbox.js';
import { ROOM } from '../../src/connection/settled.js';
import type { MessageData } from '../../src/connection/message-data.js';
import { SLAB_SIZE } from '../../src/connection/write-slab.js';
import type { Role } from '../../src/protocol/protocol.js';
import { pair } from '../../src/testing/pair.js';
import { hex } from '../support/hex.js';
import { closeFrame, rawPeer, type RawPeer } from './support/raw-peer.js';
import type { MemoryStream } from './support/memory-stream.js';
import { tcpPair } from './support/sockets.js';
import { isPending, turns, until } from './support/turns.js';
import { wireFrames } from './support/wire-frames.js';
import { WebSocket } from '../../src/connection/web-socket.js';

const roles: Role[] = ['server', 'client'];

const KIB = 1024;

function bytes(length: number, seed = 1): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 7 + seed) & 0xff));
}

/** A WebSocket whose output is blocked: its stream holds 100 KiB that nobody takes. */
async function blocked(role: Role = 'server', options = {}): Promise<RawPeer> {
  const peer = rawPeer({ role, ...options });
  peer.stream.holding = true;
  void peer.ws.write(Buffer.alloc(100 * KIB));
  await turns();
  expect(peer.ws.send('still taken, but over the mark')).toBe(false);
  return peer;
}

/** Lets the stream take one write after another until it has all. */
async function drain(stream: MemoryStream): Promise<void> {
  while (stream.takeNext()) await turns(2);
}

const shared = new SharedArrayBuffer(4);
new Uint8Array(shared).set([5, 6, 7, 8]);
const inTheMiddle = Buffer.from('..bytes..');
const few = Uint8Array.of(1, 2, 3, 4);

const kinds: [kind: string, data: MessageData, opcode: number, payload: Uint8Array][] = [
  ['a string', 'Grüße 👋', 1, Buffer.from('Grüße 👋')],
  ['an empty string', '', 1, Buffer.alloc(0)],
  ['a lone high surrogate', 'a\ud800b', 1, Buffer.from('a\ufffdb')],
  ['a lone low surrogate at the end', 'a\udc00', 1, Buffer.from('a\ufffd')],
  ['a Buffer', Buffer.from('bytes'), 2, Buffer.from('bytes')],
  ['an empty Buffer', Buffer.alloc(0), 2, Buffer.alloc(0)],
  ['a Uint8Array', few, 2, few],
  ['a Uint8Array in the middle of its memory', inTheMiddle.subarray(2, 7), 2, Buffer.from('bytes')],
  ['a Uint16Array', new Uint16Array([0x0201, 0x0403]), 2, few],
  ['a Float64Array', new Float64Array([0]), 2, Buffer.alloc(8)],
  ['a DataView', new DataView(few.buffer, 1, 2), 2, Uint8Array.of(2, 3)],
  ['an ArrayBuffer', few.buffer, 2, few],
  ['a SharedArrayBuffer', shared, 2, Uint8Array.of(5, 6, 7, 8)],
  ['a view of a SharedArrayBuffer', new Uint8Array(shared, 1, 2), 2, Uint8Array.of(6, 7)],
];

test.each(roles.flatMap((role) => kinds.map((kind) => [role, ...kind] as const)))(
  '%s: write sends %s',
  async (role, _, data, opcode, payload) => {
    const peer = rawPeer({ role });
    await peer.ws.write(data);
    expect(peer.ws.send(data)).toBe(true);
    expect(await peer.ws.writeGuarded(data)).toBe(true);
    await turns();
    const frame = { opcode, fin: true, isMasked: role === 'client', payload: Buffer.from(payload) };
    expect(peer.received()).toEqual([frame, frame, frame]);
  },
);

test.each(roles)('%s: large messages of every kind arrive as they are', async (role) => {
  const large = bytes(100_001);
  const memory = new SharedArrayBuffer(large.length);
  new Uint8Array(memory).set(large);
  const text = `${'é'.repeat(20_000)}\udfff`;
  const peer = rawPeer({ role });
  await peer.ws.write(large);
  await peer.ws.write(memory);
  await peer.ws.write(new DataView(large.buffer, large.byteOffset, large.length));
  await peer.ws.write(text);
  await peer.ws.write(Buffer.from(text), { text: true });
  await turns();
  expect(peer.received().map((frame) => frame.opcode)).toEqual([2, 2, 2, 1, 1]);
  for (const frame of peer.received().slice(0, 3)) expect(frame.payload.equals(large)).toBe(true);
  for (const frame of peer.received().slice(3)) {
    expect(frame.payload.toString()).toBe(`${'é'.repeat(20_000)}\ufffd`);
  }
});

const lengths = [0, 1, 41, 42, 43, 125, 126, 127, 8191, 8192, 8193, 21_845, 65_535, 65_536, 65_537];

test.each(roles)('%s: text and bytes of any length arrive whole', async (role) => {
  const peer = rawPeer({ role });
  for (const length of lengths) {
    await peer.ws.write('x'.repeat(length));
    await peer.ws.write('€'.repeat(length));
    await peer.ws.write(bytes(length));
  }
  await turns();
  const payloads = peer.received().map(({ payload }) => payload);
  const expected = lengths.flatMap((length) => [
    Buffer.from('x'.repeat(length)),
    Buffer.from('€'.repeat(length)),
    bytes(length),
  ]);
  expect(payloads.map((payload) => payload.length)).toEqual(expected.map(({ length }) => length));
  expect(payloads.every((payload, index) => payload.equals(expected[index]!))).toBe(true);
});

test('options say whether a message goes as text', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  await ws.write(Buffer.from('é'), { text: true });
  await ws.write('é', { text: false });
  await ws.write('é', { text: true, compress: false });
  await ws.write(Uint8Array.of(0xff), { text: false });
  await turns();
  expect(stream.written).toEqual(hex('8102c3a9 8202c3a9 8102c3a9 8201ff'));
});

test.each([
  ['an impossible byte', Buffer.from([0x61, 0xff])],
  ['an unfinished character', Buffer.from('€').subarray(0, 2)],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ['an impossible byte in a large message', Buffer.alloc(10_000, 0xff)],
])('bytes with %s do not go as text', async (_, data) => {
  const { ws, stream } = rawPeer({ role: 'server' });
  await expect(ws.write(data, { text: true })).rejects.toThrow(TypeError);
  expect(() => ws.send(data, { text: true })).toThrow(TypeError);
  await turns();
  expect(stream.chunks).toEqual([]);
});

const noMessages: [kind: string, data: unknown][] = [
  ['a number', 1024],
  ['zero', 0],
  ['null', null],
  ['undefined', undefined],
  ['true', true],
  ['a bigint', 8n],
  ['a symbol', Symbol('data')],
  ['a function', () => 'data'],
  ['an object', {}],
  ['an object with a length', { length: 1024 }],
  ['an object without a prototype', Object.create(null)],
  ['an array of numbers', [1, 2, 3]],
  ['a boxed number', Object(1024)],
  ['a Date', new Date(0)],
  ['a Blob', new Blob(['data'])],
];

test.each(noMessages)(
  'CVE-2026-45736, ws 2016: %s is a TypeError, never memory',
  async (_, value) => {
    const peer = rawPeer({ role: 'server' });
    const data = value as MessageData;
    await expect(peer.ws.write(data)).rejects.toThrow(TypeError);
    await expect(peer.ws.writeGuarded(data)).rejects.toThrow(TypeError);
    expect(() => peer.ws.send(data)).toThrow(TypeError);
    await turns();
    expect(peer.stream.chunks).toEqual([]);
    expect(peer.ws.isOpen).toBe(true);
  },
);

test.each(noMessages.filter(([, value]) => value !== undefined))(
  'CVE-2026-45736, ws 2016: a ping or pong of %s is a TypeError, never memory',
  async (_, value) => {
    const peer = rawPeer({ role: 'server' });
    await expect(peer.ws.ping(value as MessageData)).rejects.toThrow(TypeError);
    await expect(peer.ws.pong(value as MessageData)).rejects.toThrow(TypeError);
    await turns();
    expect(peer.stream.chunks).toEqual([]);
  },
);

test('a TypeError names what was found and does not echo it', async () => {
  const { ws } = rawPeer({ role: 'server' });
  const messageOf = (data: unknown): Promise<string> =>
    ws.write(data as string).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  expect(await messageOf(1024)).toBe('message is number, expected a string or bytes');
  expect(await messageOf(null)).toBe('message is null, expected a string or bytes');
  expect(await messageOf({ a: 'secret' })).toBe('message is Object, expected a string or bytes');
  expect(await messageOf(Object.create(null))).toBe(
    'message is an object, expected a string or bytes',
  );
  expect(await messageOf(new Map())).toBe('message is Map, expected a string or bytes');
});

test.each(roles)(
  '%s: while there is room, every small write returns one shared promise',
  (role) => {
    const { ws } = rawPeer({ role });
    expect(ws.write('one')).toBe(ROOM);
    expect(ws.write(Buffer.from('two'))).toBe(ROOM);
    expect(ws.write('x'.repeat(10_000))).toBe(ROOM);
    expect(ws.writeGuarded('one')).toBe(ws.writeGuarded('two'));
  },
);

test.each(roles)('%s: when blocked, writes share a promise that waits for room', async (role) => {
  const { ws, stream } = await blocked(role);
  const first = ws.write('one');
  expect(ws.write('two')).toBe(first);
  const guarded = ws.writeGuarded('three');
  expect(await isPending(first)).toBe(true);
  expect(ws.send('four')).toBe(false);
  expect(ws.isOpen).toBe(true);
  await drain(stream);
  await first;
  expect(await guarded).toBe(true);
  expect(ws.write('five')).toBe(ROOM);
  expect(ws.send('six')).toBe(true);
});

test('room comes back when the send buffer is below its high-water mark, not when it is empty', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  stream.holding = true;
  for (let count = 0; count < 46; count += 1) ws.send(Buffer.alloc(8000));
  await turns();
  const amounts: number[] = [];
  void ws.write('waits').then(() => amounts.push(ws.bufferedAmount));
  await drain(stream);
  expect(amounts).toHaveLength(1);
  expect(amounts[0]).toBeGreaterThan(0);
  expect(amounts[0]).toBeLessThanOrEqual(64 * KIB);
});

test('messages written while blocked leave in their order, small and large', async () => {
  const { ws, stream, ...peer } = await blocked();
  const before = 2;
  const sent = Array.from({ length: 200 }, (_, index) =>
    index % 7 === 0 ? bytes(9000 + index, index) : bytes(index * 10, index),
  );
  for (const [index, message] of sent.entries()) {
    void ws.write(message);
    if (index % 20 === 0) await turns(1);
  }
  await drain(stream);
  const payloads = wireFrames(stream.written)
    .map(({ payload }) => payload)
    .slice(before);
  expect(peer.errors).toEqual([]);
  expect(payloads.length).toBe(sent.length);
  expect(payloads.every((payload, index) => payload.equals(sent[index]!))).toBe(true);
});

test('bufferedAmount counts what is in the slab, in the queue and in the stream, headers included', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  expect(ws.bufferedAmount).toBe(0);
  ws.send('12345');
  expect(ws.bufferedAmount).toBe(2 + 5);
  stream.holding = true;
  await turns();
  expect(ws.bufferedAmount).toBe(2 + 5);
  ws.send(Buffer.alloc(300_000));
  expect(ws.bufferedAmount).toBe(7 + 10 + 300_000);
  stream.release();
  await turns();
  expect(ws.bufferedAmount).toBe(0);
});

test('one message of any size fits an empty buffer, and arrives', async () => {
  const { client, server } = pair({ maxMessageSize: 32 * KIB * KIB });
  const message = bytes(10 * KIB * KIB);
  const written = server.write(message);
  const received = (await client.read()) as Buffer;
  await written;
  expect(received.equals(message)).toBe(true);
  expect(server.isOpen).toBe(true);
});

test.each([0, 1, 70_000, 200_000])(
  'overflow: a write that finds more than maxSendBuffer unsent ends the connection (%i)',
  async (maxSendBuffer) => {
    const { ws, stream } = rawPeer({ role: 'server', maxSendBuffer });
    stream.holding = true;
    const large = ws.write(Buffer.alloc(300_000));
    await turns();
    const cause = { code: 'POSTERN_ERR_SEND_BUFFER_FULL' };
    const error = { name: 'ConnectionClosedError', closeCode: 1006, cause };
    await expect(ws.write('one too many')).rejects.toMatchObject(error);
    await expect(large).rejects.toMatchObject(error);
    expect(ws.state).toBe('closed');
    expect(stream.destroyed).toBe(true);
    expect(await ws.closed).toMatchObject({
      code: 1006,
      initiator: 'local',
      wasClean: false,
      cause,
    });
    expect(ws.send('more')).toBe(false);
    expect(await ws.writeGuarded('more')).toBe(false);
  },
);

test('a write that finds exactly maxSendBuffer unsent is taken', async () => {
  const { ws, stream } = rawPeer({ role: 'server', maxSendBuffer: 100_010 });
  stream.holding = true;
  void ws.write(Buffer.alloc(100_000));
  await turns();
  expect(ws.bufferedAmount).toBe(100_010);
  ws.send('taken');
  expect(ws.bufferedAmount).toBe(100_010 + 7);
  expect(ws.isOpen).toBe(true);
  ws.send('one too many');
  expect(ws.state).toBe('closed');
});

test("overflow: 'drop' ends only the message", async () => {
  const { ws, stream, ...peer } = rawPeer({
    role: 'server',
    maxSendBuffer: 100_000,
    overflow: 'drop',
  });
  stream.holding = true;
  const large = ws.write(Buffer.alloc(200_000));
  await turns();
  await expect(ws.write('dropped')).rejects.toMatchObject({
    name: 'PosternError',
    code: 'POSTERN_ERR_SEND_BUFFER_FULL',
    message: 'more than 100000 bytes are unsent',
  });
  expect(await ws.writeGuarded('dropped')).toBe(false);
  expect(ws.send('dropped')).toBe(false);
  expect(ws.isOpen).toBe(true);
  stream.release();
  await large;
  expect(ws.send('taken')).toBe(true);
  await turns();
  expect(
    wireFrames(stream.written)
      .map(({ payload }) => payload)
      .map(({ length }) => length),
  ).toEqual([200_000, 5]);
  expect(peer.errors).toEqual([]);
});

test.each(roles)('%s: a small payload is copied at the call', async (role) => {
  const peer = rawPeer({ role });
  peer.stream.holding = true;
  const payload = Buffer.alloc(8192, 'a');
  void peer.ws.write(payload);
  payload.fill('b');
  peer.ws.send(payload);
  payload.fill('c');
  await turns();
  payload.fill('d');
  await drain(peer.stream);
  const [first, second] = peer.received();
  expect(first!.payload.equals(Buffer.alloc(8192, 'a'))).toBe(true);
  expect(second!.payload.equals(Buffer.alloc(8192, 'b'))).toBe(true);
});

test('a large payload goes by reference and has a promise of its own, for when its bytes are the caller’s again', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  stream.holding = true;
  const first = Buffer.alloc(65_537, 'a');
  const second = Buffer.alloc(65_537, 'b');
  const written = ws.write(first);
  const writtenToo = ws.write(second);
  expect(written).not.toBe(ROOM);
  expect(written).not.toBe(writtenToo);
  expect(await isPending(written)).toBe(true);
  await drain(stream);
  await written;
  await writtenToo;
  expect(stream.chunks.filter(({ buffer }) => buffer === first.buffer)).toHaveLength(1);
});

test('a client masks a copy of a large payload: the caller’s is his at once', async () => {
  const peer = rawPeer({ role: 'client' });
  peer.stream.holding = true;
  const payload = Buffer.alloc(50_000, 'a');
  expect(peer.ws.write(payload)).toBe(ROOM);
  expect(payload.equals(Buffer.alloc(50_000, 'a'))).toBe(true);
  payload.fill('b');
  await drain(peer.stream);
  await turns();
  expect(peer.received()[0]!.payload.equals(Buffer.alloc(50_000, 'a'))).toBe(true);
});

test.each(roles)('%s: the bytes of the caller are never changed', async (role) => {
  const { ws } = rawPeer({ role });
  for (const length of [3, 100, 8192, 8193, 70_000]) {
    const memory = bytes(length + 20);
    const before = Buffer.from(memory);
    void ws.write(memory.subarray(10, 10 + length));
    await turns();
    expect(memory.equals(before)).toBe(true);
  }
});

test('a text that is larger than the slab has left does not disturb what stands there', async () => {
  const peer = rawPeer({ role: 'client' });
  const sent: string[] = [];
  for (let length = 1; length <= 65_536; length += 3001) sent.push('é'.repeat(length));
  for (const message of sent) peer.ws.send(message);
  expect(sent.reduce((sum, { length }) => sum + length * 2, 0)).toBeGreaterThan(2 * SLAB_SIZE);
  await turns();
  expect(peer.received().map(({ payload }) => payload.toString())).toEqual(sent);
});

test('every frame of a client has a masking key of its own', async () => {
  const { ws, stream } = rawPeer({ role: 'client' });
  for (let count = 0; count < 2000; count += 1) ws.send('x');
  await turns();
  const all = stream.written;
  const keys = new Set<number>();
  for (let at = 2; at < all.length; at += 7) keys.add(all.readUInt32BE(at));
  expect(keys.size).toBeGreaterThan(1995);
  expect(all.length).toBe(2000 * 7);
});

test('once the connection has ended, write rejects, writeGuarded and send say false', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  await send(closeFrame(1001, 'away'));
  stream.feed(null);
  await ws.closed;
  const error = { name: 'ConnectionClosedError', closeCode: 1001, reason: 'away' };
  await expect(ws.write('late')).rejects.toMatchObject(error);
  await expect(ws.write(Buffer.alloc(10_000))).rejects.toMatchObject(error);
  await expect(ws.ping()).rejects.toMatchObject(error);
  await expect(ws.pong()).rejects.toMatchObject(error);
  expect(await ws.writeGuarded('late')).toBe(false);
  expect(ws.send('late')).toBe(false);
});

test('while this side closes, write rejects too, and says that it is no clean end yet', async () => {
  const { ws } = rawPeer({ role: 'server' });
  void ws.close({ code: 4000 });
  await expect(ws.write('late')).rejects.toMatchObject({
    name: 'ConnectionClosedError',
    close: {
      initiator: 'local',
      wasClean: false,
      cause: { code: expect.stringMatching(/^POSTERN_ERR_/) },
    },
  });
  expect(ws.send('late')).toBe(false);
});

test('whoever waits for room when the connection ends hears of the end', async () => {
  const { ws, stream } = await blocked();
  const small = ws.write('small');
  const guarded = ws.writeGuarded('guarded');
  const large = ws.write(Buffer.alloc(20_000));
  stream.destroy(new Error('reset'));
  const error = { name: 'ConnectionClosedError', closeCode: 1006 };
  await expect(small).rejects.toMatchObject(error);
  await expect(large).rejects.toMatchObject(error);
  expect(await guarded).toBe(false);
});

test('a stream whose write fails ends the connection, and every write hears of that end', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  const reset = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  stream.failing = reset;
  const small = ws.write('small');
  const large = ws.write(Buffer.alloc(100_000));
  const guarded = ws.writeGuarded(Buffer.alloc(100_000));
  const error = { name: 'ConnectionClosedError', closeCode: 1006 };
  await expect(small).resolves.toBeUndefined();
  await expect(large).rejects.toMatchObject(error);
  expect(await guarded).toBe(false);
  expect(await ws.closed).toMatchObject({
    code: 1006,
    initiator: 'network',
    cause: { code: 'POSTERN_ERR_CONNECTION_LOST', cause: reset },
  });
});

test('a real peer that resets in the middle of a large message: write rejects with the end of the connection', async () => {
  const { near, far } = await tcpPair();
  const ws = WebSocket.over(near, { role: 'server', maxSendBuffer: 128 * KIB * KIB });
  const written = ws.write(Buffer.alloc(64 * KIB * KIB));
  const guarded = ws.writeGuarded(Buffer.alloc(64 * KIB * KIB));
  await until(() => ws.bufferedAmount < 128 * KIB * KIB);
  far.resetAndDestroy();
  await expect(written).rejects.toMatchObject({ name: 'ConnectionClosedError', closeCode: 1006 });
  expect(await guarded).toBe(false);
  expect(await ws.closed).toMatchObject({ initiator: 'network', wasClean: false });
});

test('a relay of every size through pair comes back byte for byte', async () => {
  const { client, server } = pair();
  void server.listen((message) => server.write(message));
  for (const length of lengths) {
    const message = bytes(length, length);
    void client.write(message);
    const echo = (await client.read()) as Buffer;
    expect(echo.equals(message)).toBe(true);
  }
  const texts: Message[] = ['é'.repeat(8192), '€'.repeat(8193), '👋'.repeat(4096)];
  for (const text of texts) {
    void client.write(text);
    expect(await client.read()).toBe(text);
  }
});

test('the stream is asked nothing on the way of a small message', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  await turns();
  const length = vi.spyOn(stream, 'writableLength', 'get');
  const write = vi.spyOn(stream, 'write');
  for (let count = 0; count < 100; count += 1) void ws.write('small');
  expect(length).not.toHaveBeenCalled();
  expect(write).not.toHaveBeenCalled();
});
