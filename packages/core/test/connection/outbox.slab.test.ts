import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';

import type { Message } from '../../src/connection/inbox.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import { slab, SLAB_SIZE } from '../../src/connection/write-slab.js';
import { duplexPair } from '../../src/testing/duplex-pair.js';
import { MemoryStream } from './support/memory-stream.js';
import { binary, rawPeer } from './support/raw-peer.js';
import { tcpPair, tlsPair } from './support/sockets.js';
import { syncPair } from './support/sync-pair.js';
import { turns, until } from './support/turns.js';
import { wireFrames } from './support/wire-frames.js';

// The slab is shared by all connections of the process: nobody may ever see what is another's.

/** A payload that tells whose it is and which, in every one of its bytes. */
function payloadOf(connection: number, index: number, length: number): Buffer {
  const payload = Buffer.alloc(length, connection);
  for (let at = 0; at < length; at += 3) payload[at] = (index + at) & 0xff;
  return payload;
}

interface Ends {
  readonly client: WebSocket;
  readonly server: WebSocket;
}

function ends([near, far]: readonly [Duplex, Duplex], options = {}): Ends {
  return {
    client: WebSocket.over(near, { role: 'client', ...options }),
    server: WebSocket.over(far, { role: 'server', ...options }),
  };
}

const roads: [name: string, connect: () => Promise<readonly [Duplex, Duplex]>][] = [
  ['net', async () => tcpPair().then(({ near, far }) => [near, far])],
  ['TLS', async () => tlsPair().then(({ near, far }) => [near, far])],
  ['a Duplex in memory', async () => duplexPair()],
  ['a Duplex that delivers within the call', async () => syncPair()],
];

const lengths = [0, 1, 16, 125, 126, 700, 4096, 8192, 8193, 30_000, 65_536, 65_537];

test.each(roads)(
  '%s: eight connections, interleaved and many messages deep, get every byte of their own',
  async (_, connect) => {
    const all: Ends[] = [];
    for (let count = 0; count < 8; count += 1) all.push(ends(await connect()));
    for (const { server } of all) void server.listen((message) => server.write(message));
    const rounds = 12;
    const depth = lengths.length;
    const echoes = all.map(async ({ client }, connection) => {
      const wrong: number[] = [];
      for (let count = 0; count < rounds * depth; count += 1) {
        const expected = payloadOf(connection, count, lengths[count % depth]!);
        if (!expected.equals((await client.read()) as Buffer)) wrong.push(count);
      }
      return wrong;
    });
    for (let round = 0; round < rounds; round += 1) {
      for (let index = 0; index < depth; index += 1) {
        for (const [connection, { client }] of all.entries()) {
          const count = round * depth + index;
          void client.write(payloadOf(connection, count, lengths[index]!));
        }
      }
      if (round % 3 === 0) await turns(1);
    }
    expect(await Promise.all(echoes)).toEqual(all.map(() => []));
  },
);

test.each(roads)(
  '%s: 4 KiB frames sixteen deep and more than a slab a turn',
  async (_, connect) => {
    const all = [ends(await connect()), ends(await connect()), ends(await connect())];
    const count = 96;
    expect(count * 4096 * all.length).toBeGreaterThan(4 * SLAB_SIZE);
    for (const { server } of all) void server.listen((message) => void server.send(message));
    for (let index = 0; index < count; index += 1) {
      for (const [connection, { client }] of all.entries()) {
        client.send(payloadOf(connection, index, 4096));
      }
    }
    for (const [connection, { client }] of all.entries()) {
      for (let index = 0; index < count; index += 1) {
        const echo = (await client.read()) as Buffer;
        expect(echo.equals(payloadOf(connection, index, 4096))).toBe(true);
      }
    }
  },
);

test.each(roads)('%s: more than a slab of small texts in one turn', async (_, connect) => {
  const { client, server } = ends(await connect());
  void server.listen((message) => void server.send(message));
  const sent = Array.from({ length: 900 }, (_, index) => `${index} ${'é'.repeat(index)}`);
  for (const text of sent) client.send(text);
  const received: Message[] = [];
  while (received.length < sent.length) received.push(await client.read());
  expect(received).toEqual(sent);
});

test('a stream that delivers within the call may bring others to write in the middle of a turn', async () => {
  const chatty = ends(syncPair());
  const other = new MemoryStream();
  const bystander = WebSocket.over(other, { role: 'server' });
  void chatty.server.listen((message) => {
    bystander.send(payloadOf(7, 7, 300));
    chatty.server.send(message);
  });
  await turns();
  const count = 400;
  for (let index = 0; index < count; index += 1) chatty.client.send(payloadOf(1, index, 1000));
  for (let index = 0; index < count; index += 1) {
    const echo = (await chatty.client.read()) as Buffer;
    expect(echo.equals(payloadOf(1, index, 1000))).toBe(true);
  }
  await turns();
  const frames = wireFrames(other.written);
  expect(frames).toHaveLength(count);
  expect(frames.every(({ payload }) => payload.equals(payloadOf(7, 7, 300)))).toBe(true);
});

test('a stream that keeps its chunks keeps what was written, whatever is written later', async () => {
  const kept = rawPeer({ role: 'server' });
  const { client, server } = ends(await tcpPair().then(({ near, far }) => [near, far]));
  void server.listen((message) => void server.send(message));
  for (let index = 0; index < 300; index += 1) {
    kept.ws.send(payloadOf(1, index, 500));
    client.send(payloadOf(2, index, 500));
    if (index % 10 === 0) await turns(1);
  }
  for (let index = 0; index < 300; index += 1) {
    expect(((await client.read()) as Buffer).equals(payloadOf(2, index, 500))).toBe(true);
  }
  const frames = wireFrames(kept.stream.written);
  expect(frames).toHaveLength(300);
  expect(frames.every(({ payload }, index) => payload.equals(payloadOf(1, index, 500)))).toBe(true);
});

test('a stream whose write fails half-way takes nothing of its neighbours with it', async () => {
  const failing = rawPeer({ role: 'server' });
  const neighbour = rawPeer({ role: 'server' });
  for (let index = 0; index < 100; index += 1) {
    failing.ws.send(payloadOf(1, index, 900));
    neighbour.ws.send(payloadOf(2, index, 900));
    if (index === 50) failing.stream.failing = new Error('broken pipe');
    if (index % 7 === 0) await turns(1);
  }
  await turns();
  expect(failing.ws.closeInfo).toMatchObject({ code: 1006, initiator: 'network' });
  const frames = wireFrames(neighbour.stream.written);
  expect(frames).toHaveLength(100);
  expect(frames.every(({ payload }, index) => payload.equals(payloadOf(2, index, 900)))).toBe(true);
  const before = wireFrames(failing.stream.written);
  expect(before.every(({ payload }, index) => payload.equals(payloadOf(1, index, 900)))).toBe(true);
});

test.each([
  ['net', tcpPair],
  ['TLS', tlsPair],
])('%s: a slow peer beside fast ones gets its own bytes, every one', async (_, connect) => {
  const slow = await connect();
  const fast = await connect();
  const slowServer = WebSocket.over(slow.near, { role: 'server', maxSendBuffer: 64 * 2 ** 20 });
  const fastEnds = ends([fast.near, fast.far]);
  void fastEnds.server.listen((message) => fastEnds.server.write(message));
  slow.far.pause();
  const count = 4000;
  let written = 0;
  const total = count * 4100;
  for (let index = 0; index < count; index += 1) {
    slowServer.send(payloadOf(1, index, 4096 - (index % 5)));
    if (index % 40 !== 0) continue;
    void fastEnds.client.write(payloadOf(2, index, 1000));
    expect(((await fastEnds.client.read()) as Buffer).equals(payloadOf(2, index, 1000))).toBe(true);
    written += 1;
  }
  expect(written).toBe(100);
  expect(slowServer.bufferedAmount).toBeGreaterThan(1_000_000);
  const slowClient = WebSocket.over(slow.far, { role: 'client' });
  for (let index = 0; index < count; index += 1) {
    const message = (await slowClient.read()) as Buffer;
    expect(message.equals(payloadOf(1, index, 4096 - (index % 5)))).toBe(true);
  }
  await until(() => slowServer.bufferedAmount === 0);
  expect(total).toBeGreaterThan(0);
});

test('what waits for a slow peer costs about its own bytes', async () => {
  const slow = rawPeer({ role: 'server', maxSendBuffer: 64 * 2 ** 20 });
  const fast = rawPeer({ role: 'server' });
  slow.stream.holding = true;
  const before = memory();
  for (let index = 0; index < 20_000; index += 1) {
    slow.ws.send(payloadOf(1, index, 100));
    fast.ws.send(payloadOf(2, index, 100));
    if (index % 10 === 0) await turns(1);
    if (index % 1000 === 0) fast.stream.chunks.length = 0;
  }
  fast.stream.chunks.length = 0;
  const waiting = slow.ws.bufferedAmount;
  expect(waiting).toBeGreaterThan(2_000_000);
  expect(memory() - before).toBeLessThan(2 * waiting + 1_000_000);
  slow.ws.terminate();
  fast.ws.terminate();
});

test('output that waits all the time, and leaves all the time, does not add up', async () => {
  const { ws, stream } = rawPeer({ role: 'server', maxSendBuffer: 64 * 2 ** 20 });
  stream.holding = true;
  const message = Buffer.alloc(50_000);
  for (let index = 0; index < 40; index += 1) ws.send(Buffer.from(message));
  await turns();
  const before = memory();
  for (let index = 0; index < 1000; index += 1) {
    ws.send(Buffer.from(message));
    while (ws.bufferedAmount > 2_000_000) {
      stream.takeNext();
      await turns(1);
    }
    stream.chunks.length = 0;
  }
  expect(ws.bufferedAmount).toBeGreaterThan(1_500_000);
  expect(memory() - before).toBeLessThan(12_000_000);
  ws.terminate();
});

/** Bytes held by JavaScript, Buffers included. */
function memory(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('a connection that ends with bytes in the slab leaves none of them to the next', async () => {
  const first = rawPeer({ role: 'server' });
  const second = rawPeer({ role: 'server' });
  await turns();
  first.ws.send('of the first');
  first.ws.terminate();
  second.ws.send('of the second');
  first.ws.send('late');
  await turns();
  expect(first.stream.chunks).toEqual([]);
  expect(second.received().map(({ payload }) => payload.toString())).toEqual(['of the second']);
});

test('a listener that terminates a connection in the middle of a turn leaves none of its bytes to others', async () => {
  const { client, server } = ends(syncPair());
  const other = rawPeer({ role: 'server' });
  void server.listen(() => {
    client.terminate();
    other.ws.send('still mine');
  });
  await turns();
  for (let index = 0; index < 200; index += 1) client.send(payloadOf(1, index, 1000));
  other.ws.send('and mine');
  await turns();
  const texts = other.received().map(({ payload }) => payload.toString());
  expect(new Set(texts)).toEqual(new Set(['still mine', 'and mine']));
  expect(texts.at(-1)).toBe('and mine');
});

test('a message that is echoed by reference within its own chunk goes out as it came in', async () => {
  const peer = rawPeer({ role: 'server' });
  void peer.ws.listen((message) => void peer.ws.send(message));
  const sent = [payloadOf(1, 0, 20_000), payloadOf(1, 1, 20_000), payloadOf(1, 2, 10)];
  await peer.send(...sent.map((payload) => binary(payload)));
  await turns();
  expect(peer.received().map(({ payload }, index) => payload.equals(sent[index]!))).toEqual([
    true,
    true,
    true,
  ]);
});

/** Where in memory the chunks were that `stream` was given, turn by turn. */
async function placesOf(stream: Duplex, ws: WebSocket): Promise<string[]> {
  const places: string[] = [];
  const write = stream.write.bind(stream) as (chunk: Buffer, ...rest: unknown[]) => boolean;
  stream.write = ((chunk: Buffer, ...rest: unknown[]) => {
    places.push(`${chunk.buffer === slab.bytes.buffer ? 'slab' : 'copy'} ${chunk.byteOffset}`);
    return write(chunk, ...rest);
  }) as typeof stream.write;
  for (let turn = 0; turn < 3; turn += 1) {
    ws.send('of one turn');
    await turns();
  }
  return places;
}

test('net: what the kernel has taken leaves its place in the slab to the next', async () => {
  const { near, far } = await tcpPair();
  far.resume();
  const places = await placesOf(near, WebSocket.over(near, { role: 'server' }));
  expect(places).toHaveLength(3);
  expect(new Set(places).size).toBe(1);
  expect(places[0]).toMatch(/^slab /);
});

test('TLS: the place of what was written is never used again', async () => {
  const { near, far } = await tlsPair();
  far.resume();
  const places = await placesOf(near, WebSocket.over(near, { role: 'server' }));
  expect(new Set(places).size).toBe(3);
  expect(places.every((place) => place.startsWith('slab '))).toBe(true);
});

test('any other Duplex gets a copy, which does not pin the slab', async () => {
  const stream = new MemoryStream();
  const places = await placesOf(stream, WebSocket.over(stream, { role: 'server' }));
  expect(places.map((place) => place.split(' ')[0])).toEqual(['copy', 'copy', 'copy']);
  expect(stream.chunks.every(({ buffer }) => buffer.byteLength < SLAB_SIZE)).toBe(true);
});
