import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { expect, test, vi } from 'vitest';

import { canShare, readIntoSharedBuffer } from '../../src/connection/shared-read-buffer.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import { tcpPair, tlsPair } from './support/sockets.js';
import { turns, until } from './support/turns.js';

interface Reads {
  readonly buffers: Set<ArrayBufferLike>;
  readonly bytes: () => string;
}

/** Lets `stream` read into the shared buffer, if it can, and writes down what comes that way. */
function reads(stream: Duplex): Reads {
  const buffers = new Set<ArrayBufferLike>();
  let bytes = '';
  readIntoSharedBuffer(stream, (length, buffer) => {
    buffers.add(buffer.buffer);
    bytes += buffer.toString('latin1', 0, length);
    return true;
  });
  return { buffers, bytes: () => bytes };
}

test('sockets that were accepted and sockets that were opened read into one buffer', async () => {
  const { near, far } = await tcpPair();
  const atNear = reads(near);
  const atFar = reads(far);
  near.resume();
  far.resume();
  near.write('to the far end');
  far.write('to the near end');
  await until(() => atFar.bytes() !== '' && atNear.bytes() !== '');
  expect([atFar.bytes(), atNear.bytes()]).toEqual(['to the far end', 'to the near end']);
  expect(new Set([...atNear.buffers, ...atFar.buffers]).size).toBe(1);
});

test('a socket that is paused reads nothing, and is told of the end as ever', async () => {
  const { near, far } = await tcpPair();
  const { bytes } = reads(far);
  far.resume();
  near.write('first');
  await until(() => bytes() === 'first');
  far.pause();
  near.end('second');
  await turns(20);
  expect(bytes()).toBe('first');
  const end = once(far, 'end');
  far.resume();
  await end;
  expect(bytes()).toBe('firstsecond');
});

test.each<[string, () => Promise<Duplex> | Duplex]>([
  ['a Duplex that is no socket', () => new PassThrough()],
  ['a TLS socket', async () => (await tlsPair()).far],
  ['a socket that is gone', async () => (await tcpPair()).far.destroy()],
  [
    'a socket that somebody else listens to',
    async () => (await tcpPair()).far.on('data', () => {}),
  ],
  ['a socket that somebody else reads', async () => (await tcpPair()).far.on('readable', () => {})],
  ['a socket that reads elsewhere already', async () => twice((await tcpPair()).far)],
  ['a socket whose handle is another', async () => withHandle((await tcpPair()).far)],
])('%s is left as it is', async (_, create) => {
  const stream = await create();
  const before = slotsOf(stream);
  readIntoSharedBuffer(stream, () => true);
  expect(slotsOf(stream)).toEqual(before);
});

test('a socket that has bytes already is left as it is: they would come last', async () => {
  const { near, far } = await tcpPair();
  far.pause();
  far.unshift(Buffer.from('early '));
  const { bytes } = reads(far);
  let streamed = '';
  far.on('data', (chunk: Buffer) => (streamed += chunk.toString()));
  far.resume();
  near.write('late');
  await until(() => streamed === 'early late');
  expect(bytes()).toBe('');
});

test('where Node keeps what the option gave otherwise, every socket is left as it is', async () => {
  vi.resetModules();
  vi.doMock('node:net', async (load) => {
    const net = await load<{ Socket: new (options?: object) => Socket }>();
    // One that forgets the option.
    class Other extends net.Socket {
      constructor(options: object = {}) {
        super({ ...options, onread: undefined });
      }
    }
    return { ...net, Socket: Other };
  });
  const { Socket: Other } = await import('node:net');
  const { readIntoSharedBuffer: fresh } =
    await import('../../src/connection/shared-read-buffer.js');
  const socket = new Other();
  const useUserBuffer = vi.fn<() => void>();
  Object.defineProperty(socket, '_handle', { value: { useUserBuffer } });
  fresh(socket, () => true);
  expect(useUserBuffer).not.toHaveBeenCalled();
  expect(slotsOf(socket).every((slot) => slot === null)).toBe(true);
  vi.doUnmock('node:net');
});

test.each([
  ['linux', { node: '20.19.0' }, true],
  ['darwin', { node: '26.10.0' }, true],
  ['linux', { node: '27.0.0' }, false],
  ['win32', { node: '22.0.0' }, false],
  ['linux', { node: '24.3.0', bun: '1.4.5' }, false],
  ['linux', { node: '24.3.0', deno: '2.9.6' }, false],
  ['linux', {}, false],
])('on %s with %j a buffer is shared: %s', (platform, versions, expected) => {
  expect(canShare(platform, versions)).toBe(expected);
});

test('messages of thirty connections that share the buffer stay apart, and what was received stays as it was', async () => {
  const sizes = [0, 5, 40, 300, 4000, 5000, 70_000, 200_000];
  const pairs = await Promise.all(Array.from({ length: 30 }, () => tcpPair()));
  const received = await Promise.all(
    pairs.map(async ({ near, far }, owner) => {
      const client = WebSocket.over(near, { role: 'client' });
      const server = WebSocket.over(far, { role: 'server' });
      for (const size of sizes) void client.write(Buffer.alloc(size, owner + 1));
      const messages: Buffer[] = [];
      while (messages.length < sizes.length) messages.push((await server.read()) as Buffer);
      return messages;
    }),
  );
  for (const [owner, messages] of received.entries()) {
    expect(messages.map(({ length }) => length)).toEqual(sizes);
    for (const message of messages) expect(message.every((byte) => byte === owner + 1)).toBe(true);
  }
});

/** What a socket has under its symbols. */
function slotsOf(stream: Duplex): unknown[] {
  const known = stream as unknown as Record<symbol, unknown>;
  return Object.getOwnPropertySymbols(stream)
    .filter(({ description }) => description?.startsWith('kBuffer') === true)
    .map((slot) => known[slot]);
}

function twice(socket: Socket): Socket {
  readIntoSharedBuffer(socket, () => true);
  return socket;
}

/** A socket as a later Node, or another program, might have it. */
function withHandle(socket: Socket): Socket {
  const handle = { ...(socket as unknown as { _handle: object })._handle, readStop: () => 0 };
  Object.defineProperty(socket, '_handle', { value: handle });
  return socket;
}
