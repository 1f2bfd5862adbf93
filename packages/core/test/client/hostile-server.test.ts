import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { open } from '../../src/client/open.js';
import { frame } from '../support/frame-builder.js';
import { closeFrame, textFrame } from './support/frames.js';
import { ManualClock } from './support/manual-clock.js';
import { serveProxy } from './support/proxy-server.js';
import { serveRaw, switching, type RawClient } from './support/raw-server.js';

// Servers that do their worst once the client is in, and such as never let it in. None may hold it longer than its own
// deadlines, nor make it keep what grows.

/** Sends `bytes` again and again, as fast as they are taken. */
function flood(socket: Socket, bytes: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
    if (!socket.destroyed) socket.once('drain', more);
  };
  more();
}

const many = (bytes: Buffer, count = 1000): Buffer => Buffer.concat(Array(count).fill(bytes));

const options = { closeTimeout: 300 };

async function allGone(sockets: readonly Duplex[]): Promise<void> {
  // Not `once` of events: it rejects when there is an error on the way.
  const gone = (socket: Duplex) =>
    new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  for (const socket of sockets) if (!socket.closed) await gone(socket);
}

/** Lets the client in, and goes on with `then`. */
const letIn =
  (then: (socket: Socket) => void, more: readonly string[] = []) =>
  ({ socket, key }: RawClient): void => {
    socket.write(switching(key, more));
    then(socket);
  };

describe('a server that floods', () => {
  test.each([
    ['texts', many(textFrame('all work and no play'))],
    ['empty texts', many(textFrame(''))],
    ['pings', many(frame({ opcode: 9, payload: Buffer.alloc(125) }))],
    ['pongs', many(frame({ opcode: 10, payload: Buffer.alloc(125) }))],
  ])('with %s is left in time', async (_, bytes) => {
    const { url, clients } = await serveRaw(letIn((socket) => flood(socket, bytes)));
    expect(await open(url, () => 'done', options)).toBe('done');
    await clients[0]!.gone;
  });

  test('with pings, and never reads, gets what one buffer holds of pongs', async () => {
    const pings = many(frame({ opcode: 9, payload: Buffer.alloc(125) }));
    const { url, clients } = await serveRaw(
      letIn((socket) => {
        socket.pause();
        flood(socket, pings);
      }),
    );
    const ws = await open(url, options);
    await vi.waitFor(
      () => expect(clients[0]!.socket.bytesWritten).toBeGreaterThan(16 * 2 ** 20),
      8000,
    );
    expect(ws.bufferedAmount).toBeLessThan(200_000);
    expect(await ws.close()).toMatchObject({ code: 1006, initiator: 'local' });
  });

  test('with bytes behind its close frame has closed all the same', async () => {
    const { url, clients } = await serveRaw(
      letIn((socket) => {
        socket.write(closeFrame(1000));
        flood(socket, Buffer.alloc(65_536));
      }),
    );
    const ws = await open(url, options);
    expect(await ws.closed).toMatchObject({ code: 1000, wasClean: true, initiator: 'peer' });
    await clients[0]!.gone;
  });
});

describe('a server that will not end', () => {
  test('after its own close frame: the socket is destroyed in time', async () => {
    const { url, clients } = await serveRaw(letIn((socket) => void socket.write(closeFrame(1000))));
    const ws = await open(url, options);
    expect(await ws.closed).toMatchObject({ code: 1000, wasClean: true });
    await clients[0]!.gone;
  });

  test.each([
    ['a message at a time', (socket: Socket) => void socket.write(textFrame('more'))],
    ['its close frame byte by byte', drip(frame({ opcode: 8, payload: Buffer.alloc(125, 3) }))],
  ])('but drips %s: the deadline is not put off', async (_, drop) => {
    const { url, clients } = await serveRaw(
      letIn((socket) => {
        const timer = setInterval(() => drop(socket), 20);
        socket.once('close', () => clearInterval(timer));
      }),
    );
    const ws = await open(url, options);
    expect(await ws.close()).toMatchObject({
      code: 1006,
      cause: { code: 'POSTERN_ERR_CLOSE_TIMEOUT' },
    });
    await clients[0]!.gone;
  });

  test('nor read: what waits goes down with it, and open resolves', async () => {
    const { url, clients } = await serveRaw(letIn((socket) => void socket.pause()));
    const use = (ws: { send(data: Buffer): boolean }): string => {
      for (let count = 0; count < 60; count += 1) ws.send(Buffer.alloc(65_536));
      return 'said';
    };
    expect(await open(url, use, { ...options, maxSendBuffer: 2 ** 23 })).toBe('said');
    clients[0]!.socket.resume();
    await clients[0]!.gone;
  });

  /** One byte of `bytes` at each call. */
  function drip(bytes: Buffer): (socket: Socket) => void {
    let sent = 0;
    return (socket) => {
      if (sent < bytes.length) socket.write(bytes.subarray(sent, (sent += 1)));
    };
  }
});

describe('silence is ended by the timeout, and leaves no socket', () => {
  const inTime = { code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT' };

  /** A server that says nothing; when it has heard something, time is up. */
  async function mute() {
    const clock = new ManualClock();
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => clock.advance(10_000));
      sockets.push(socket);
    });
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, sockets, clock };
  }

  test('of TLS', async () => {
    const { port, sockets, clock } = await mute();
    await expect(open(`wss://127.0.0.1:${port}`, { clock })).rejects.toMatchObject(inTime);
    await allGone(sockets);
  });

  test('of a proxy’s TLS', async () => {
    const { port, sockets, clock } = await mute();
    const proxy = `https://127.0.0.1:${port}`;
    await expect(open('wss://a.test', { clock, proxy })).rejects.toMatchObject(inTime);
    await allGone(sockets);
  });

  test('of TLS at the end of a tunnel', async () => {
    const { port, sockets, clock } = await mute();
    const between = await serveProxy();
    const proxy = `http://127.0.0.1:${between.port}`;
    const outcome = open(`wss://127.0.0.1:${port}`, { clock, proxy });
    await expect(outcome).rejects.toMatchObject(inTime);
    await allGone([...sockets, ...between.sockets]);
  });

  test('of a proxy that does not come to the end of its headers', async () => {
    const clock = new ManualClock();
    const { port, sockets } = await serveProxy((_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\na: b\r\n', () => clock.advance(10_000));
    });
    const proxy = `http://127.0.0.1:${port}`;
    await expect(open('ws://a.test', { clock, proxy })).rejects.toMatchObject(inTime);
    await allGone(sockets);
  });
});
