import { once } from 'node:events';
import { createServer, IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { origin, target } from '../../src/handshake/origin.js';
import { subprotocols } from '../../src/handshake/subprotocol.js';
import { attach } from '../../src/node/attach.js';
import { clientAddress, HandshakeRequest } from '../../src/server/handshake-request.js';
import { deferred, gatehouse, station } from '../server/support/gatehouse.js';
import { dial, dialInMemory, type RawClient } from '../server/support/raw-client.js';

declare const gc: () => void;

describe('the request', () => {
  test('is a light object with what it takes to decide, and nothing of node:http', async () => {
    const asked = deferred<HandshakeRequest<undefined>>();
    const { knock } = gatehouse((request) => asked.resolve(request));
    const client = knock(false).ask(
      { 'X-Twice': ['a', 'b'], Cookie: 'session=1', Origin: 'http://localhost:8080' },
      { target: '/chat/kitchen?as=cook&as=guest' },
    );
    await client.response();
    const request = await asked.promise;
    expect(request).toBeInstanceOf(HandshakeRequest);
    expect(request).not.toBeInstanceOf(IncomingMessage);
    expect(Object.keys(request)).toEqual([
      'method',
      'url',
      'httpVersion',
      'headers',
      'rawHeaders',
      'context',
    ]);
    expect(request).toMatchObject({
      method: 'GET',
      url: '/chat/kitchen?as=cook&as=guest',
      httpVersion: '1.1',
      headers: { host: 'localhost:8080', 'x-twice': 'a, b', cookie: 'session=1' },
      context: undefined,
    });
    expect(request.rawHeaders.slice(-8)).toEqual([
      'X-Twice',
      'a',
      'X-Twice',
      'b',
      'Cookie',
      'session=1',
      'Origin',
      'http://localhost:8080',
    ]);
  });

  test('answers origin, target, subprotocols and clientAddress', async () => {
    const asked = deferred<unknown[]>();
    const { knock } = await station((request) =>
      asked.resolve([
        origin(request),
        target(request),
        subprotocols(request),
        clientAddress(request),
        request.clientAddress,
      ]),
    );
    const client = knock(false).ask(
      { Origin: 'http://localhost:8080', 'Sec-WebSocket-Protocol': 'b, a' },
      { target: '/chat?a=b' },
    );
    await client.response();
    expect(await asked.promise).toEqual([
      'http://localhost:8080',
      '/chat?a=b',
      ['b', 'a'],
      '127.0.0.1',
      '127.0.0.1',
    ]);
  });

  test.each([
    [false, '203.0.113.7', '127.0.0.1'],
    [true, '203.0.113.7', '203.0.113.7'],
    [true, '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    [true, ['198.51.100.1', ' 203.0.113.7 '], '203.0.113.7'],
    [true, undefined, '127.0.0.1'],
    [true, '', '127.0.0.1'],
    [true, '203.0.113.7,', '127.0.0.1'],
  ])(
    'with trustProxy %s and X-Forwarded-For %j the client is %s',
    async (trustProxy, forwarded, address) => {
      const asked = deferred<string>();
      const { knock } = await station((request) => asked.resolve(clientAddress(request)), {
        trustProxy,
      });
      await knock(false).ask({ 'X-Forwarded-For': forwarded }).response();
      expect(await asked.promise).toBe(address);
    },
  );

  test('signal is that of ws: it aborts at the end of the connection', async () => {
    const asked = deferred<readonly [AbortSignal, WebSocket]>();
    const { knock } = gatehouse((request, ws) => {
      asked.resolve([request.signal, ws]);
      return ws.read();
    });
    const client = knock();
    await client.opened();
    const [signal, ws] = await asked.promise;
    expect(signal).toBe(ws.signal);
    expect(signal.aborted).toBe(false);
    client.end();
    await ws.closed;
    expect(signal.aborted).toBe(true);
  });
});

/** Counts which of the objects it was shown have been collected. */
class Collected {
  #registry = new FinalizationRegistry<string>((name) => {
    this.#counts.set(name, this.of(name) + 1);
  });
  readonly #counts = new Map<string, number>();

  watch(name: string, thing: object): void {
    this.#registry.register(thing, name);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Collects garbage until `done`, or until that is hopeless. */
  async until(done: () => boolean): Promise<void> {
    for (let round = 0; round < 40 && !done(); round += 1) {
      gc();
      for (let turns = 0; turns < 5; turns += 1) await turn();
    }
  }
}

const many = 1_000;

async function conversation(ws: WebSocket): Promise<void> {
  for await (const message of ws) await ws.write(message);
}

/** Opens many connections to `server`, each of which has said something. */
async function openMany(many: number, connect: () => RawClient): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let count = 0; count < many; count += 100) {
    const hundred = Array.from({ length: 100 }, () => connect().ask().say('hello'));
    await Promise.all(
      hundred.map(async (client) => {
        await client.opened();
        expect(await client.text()).toBe('hello');
      }),
    );
    clients.push(...hundred);
  }
  return clients;
}

const reaches: readonly (readonly [string, (server: Server) => Promise<() => RawClient>])[] = [
  ['over TCP', overTcp],
  ['in memory', async (server) => () => dialInMemory(server)],
];

async function overTcp(server: Server): Promise<() => RawClient> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return () => dial({ port });
}

describe('check, then hand over', () => {
  test.each(reaches)(
    'the request of each of 1,000 connections is collected while it lives on, %s',
    { timeout: 30_000 },
    async (_, reach) => {
      const collected = new Collected();
      const server = createServer();
      server.on('upgrade', (request) => collected.watch('message', request));
      const sockets = attach(server, {
        websocket: async (request, ws) => {
          collected.watch('light', request);
          await turn();
          // Asked for and let go of, as by a session that is looked up.
          expect(request.signal.aborted).toBe(false);
          return conversation(ws);
        },
      });
      const clients = await openMany(many, await reach(server));
      expect(sockets.connections.size).toBe(many);
      // The last one may still be in a register or on a stack somewhere.
      const nearlyAll = many - 5;
      await collected.until(
        () => collected.of('light') >= nearlyAll && collected.of('message') >= nearlyAll,
      );
      expect(collected.of('message')).toBeGreaterThanOrEqual(nearlyAll);
      if (collected.of('light') < nearlyAll) throw new Error(`light: ${collected.of('light')}`);
      expect(sockets.connections.size).toBe(many);
      expect(await clients[500]!.say('still here').text()).toBe('still here');
      for (const client of clients) client.socket.destroy();
      await Promise.all([...sockets.connections].map((ws) => ws.closed));
    },
  );

  test('connections that have ended are collected, too', { timeout: 30_000 }, async () => {
    const collected = new Collected();
    const server = createServer();
    const sockets = attach(server, {
      websocket: (request, ws) => {
        collected.watch('ws', ws);
        collected.watch('light', request);
        if (request.url === '/refused') return undefined;
        if (request.url === '/slow') return new Promise(() => {});
        return conversation(ws);
      },
    });
    const connect = await overTcp(server);
    const clients = await openMany(300, connect);
    for (const target of ['/refused', '/slow']) {
      for (let count = 0; count < 100; count += 1) {
        clients.push(connect().ask({}, { target }));
      }
    }
    await Promise.all(clients.slice(300, 400).map((client) => client.response()));
    for (const client of clients) client.socket.destroy();
    await Promise.all([...sockets.connections].map((ws) => ws.closed));
    expect(sockets.connections.size).toBe(0);
    const nearlyAll = 300 + 200 - 10;
    await collected.until(
      () => collected.of('ws') >= nearlyAll && collected.of('light') >= nearlyAll,
    );
    expect(collected.of('ws')).toBeGreaterThanOrEqual(nearlyAll);
    expect(collected.of('light')).toBeGreaterThanOrEqual(nearlyAll);
  });
});
