import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { Layer, Route } from '../app-description.js';
import { echo } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';
import { plainRequest, upgradeRequest } from '../wire/request-head.js';

const chat = { path: '/chat', websocket: echo } as const;

/** Counts what has been asked for in `read`. */
function stream(size: number, read = { bytes: 0 }): Readable {
  function* pieces(): Generator<Buffer> {
    while (read.bytes < size) {
      read.bytes += 65_536;
      yield Buffer.alloc(65_536, 'x');
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}

/** In memory nobody keeps bytes for a client that does not read them, as the system does for a socket. */
export function describeBackpressure(setting: Setting): void {
  test('a long refusal waits for a client that does not read', async () => {
    const read = { bytes: 0 };
    const station = await openStation(setting, {
      layers: [{ before: (exchange) => exchange.answer(403, stream(4 << 20, read)) }],
      routes: [chat],
    });
    const client = station.ask('/chat');
    client.socket.pause();
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(read.bytes).toBeGreaterThan(0);
    expect(read.bytes).toBeLessThan(1 << 20);
    client.socket.resume();
    expect((await client.body(await client.head())).length).toBe(4 << 20);
  });
}

/** A chain that does not let a client in answers as it would answer a GET; then the socket ends. */
export function describeRefusals(setting: Setting): void {
  describe('a chain that refuses', () => {
    test('answers 404 where there is no route', async () => {
      const station = await openStation(setting, { routes: [chat] });
      const plain = await station.knock().get('/nowhere').reply();
      const reply = await station.ask('/nowhere').lastReply();
      expect(reply).toMatchObject({ status: 404, headers: { connection: 'close' } });
      expect(reply.body).toBe(plain.body);
    });

    test('answers 401 with its headers and its body', async () => {
      const station = await openStation(setting, {
        layers: [
          {
            before: (exchange) => {
              exchange.addCookie('seen=1');
              exchange.answer(401, '{"error":"sign in"}', {
                'WWW-Authenticate': 'Bearer',
                'Content-Type': 'application/json',
              });
            },
          },
        ],
        routes: [chat],
      });
      expect(await station.ask('/chat').lastReply()).toMatchObject({
        status: 401,
        headers: {
          connection: 'close',
          'www-authenticate': 'Bearer',
          'content-type': expect.stringContaining('application/json') as string,
          'set-cookie': 'seen=1',
        },
        body: '{"error":"sign in"}',
      });
    });

    test('answers 302 with a Location', async () => {
      const station = await openStation(setting, {
        layers: [
          { before: (exchange) => exchange.answer(302, '', { Location: '/login?from=/chat' }) },
        ],
        routes: [chat],
      });
      expect(await station.ask('/chat').lastReply()).toMatchObject({
        status: 302,
        headers: { connection: 'close', location: '/login?from=/chat' },
      });
    });

    test('tells our client status, headers and body', async () => {
      const station = await openStation(setting, {
        layers: [{ before: (exchange) => exchange.answer(402, 'pay first', { 'X-Price': '5' }) }],
        routes: [chat],
      });
      await expect(station.open('/chat')).rejects.toMatchObject({
        name: 'HandshakeError',
        status: 402,
        headers: { 'x-price': '5' },
        body: 'pay first',
      });
    });

    test('never reads what the client sent behind its request as another', async () => {
      const seen: unknown[] = [];
      const station = await openStation(setting, {
        layers: [{ before: ({ request }) => void seen.push(request.url) }],
        routes: [{ path: '/smuggled', get: (exchange) => exchange.answer(200, 'taken') }],
      });
      const client = station.knock();
      client.send(upgradeRequest('/nowhere'), plainRequest('/smuggled'));
      expect(await client.lastReply()).toMatchObject({ status: 404 });
      expect(seen).toEqual(['/nowhere']);
    });

    test('a page that knows nothing of WebSockets stays a page', async () => {
      const station = await openStation(setting, {
        routes: [{ path: '/page', get: (exchange) => exchange.answer(200, 'a page') }],
      });
      expect(await station.ask('/page').lastReply()).toMatchObject({
        status: 200,
        headers: { connection: 'close' },
        body: 'a page',
      });
    });
  });

  describe('a chain that refuses at length', () => {
    const size = 4 << 20;

    test('its 4 MiB arrive complete, also at a client that is slow to read', async () => {
      const station = await openStation(setting, {
        layers: [{ before: (exchange) => exchange.answer(403, stream(size)) }],
        routes: [chat],
      });
      const client = station.ask('/chat');
      const head = await client.head();
      client.socket.pause();
      for (let turns = 0; turns < 20; turns += 1) await turn();
      client.socket.resume();
      await client.ended();
      expect(head).toMatchObject({ status: 403, headers: { connection: 'close' } });
      expect((await client.body(head)).equals(Buffer.alloc(size, 'x'))).toBe(true);
    });
  });

  describe('a chain that fails', () => {
    const failing: readonly (readonly [how: string, layer: Layer])[] = [
      [
        'throws',
        {
          before: () => {
            throw new Error('the chain broke');
          },
        },
      ],
      ['rejects', { before: () => Promise.reject(new Error('the chain broke')) }],
    ];

    test.each(failing)('answers 500 when a layer %s', async (how, layer) => {
      const station = await openStation(setting, { layers: [layer], routes: [chat] });
      const plain = await station.knock().get('/chat').reply();
      const reply = await station.ask('/chat').lastReply();
      expect(reply).toMatchObject({ status: 500, headers: { connection: 'close' } });
      expect([how, reply.body]).toEqual([how, plain.body]);
    });

    test.each(failing)("answers in the app's own words when a layer %s", async (how, layer) => {
      const station = await openStation(setting, {
        onError: ({ message }) => ({ status: 503, body: `sorry, ${message}` }),
        layers: [layer],
        routes: [chat],
      });
      const reply = await station.ask('/chat').lastReply();
      expect([how, reply.status, reply.body]).toEqual([how, 503, 'sorry, the chain broke']);
    });
  });

  describe('an ordinary request to a WebSocket route', () => {
    const isLast = setting.adapter.plainGet === 426;
    const page: Route = { path: '/chat', get: (exchange) => exchange.answer(200, 'the page') };

    test(
      isLast ? 'is told with 426 that WebSocket is spoken here' : 'goes on to the next handler',
      async () => {
        const station = await openStation(setting, {
          routes: isLast ? [chat] : [chat, page],
        });
        const reply = await station.knock().get('/chat').reply();
        if (!isLast) {
          expect(reply).toMatchObject({ status: 200, body: 'the page' });
        } else {
          expect(reply).toMatchObject({ status: 426, headers: { upgrade: 'websocket' } });
          expect(reply.headers['connection']).not.toBe('close');
        }
      },
    );
  });
}
