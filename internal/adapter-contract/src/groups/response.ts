import { describe, expect, test } from 'vitest';

import type { Gatekeeper } from '@postern/core';

import type { AppDescription } from '../app-description.js';
import { deferred } from '../deferred.js';
import { echo } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';
import { closeFrame, textFrame } from '../wire/frames.js';
import { upgradeRequest } from '../wire/request-head.js';

const chat = { path: '/chat', websocket: echo } as const;

/** What the chain sets on its response is on the 101, and who watches the response sees the 101. */
export function describeResponse(setting: Setting): void {
  describe('the 101', () => {
    test('has the headers and cookies that were set before and after the handler', async () => {
      const station = await openStation(setting, {
        layers: [
          {
            before: (exchange) => {
              exchange.setHeader('X-Before', 'one');
              exchange.addCookie('before=1; HttpOnly');
            },
          },
          {
            after: (exchange) => {
              exchange.setHeader('X-After', 'two');
              exchange.addCookie('after=2; HttpOnly');
            },
          },
        ],
        routes: [chat],
      });
      const client = station.ask('/chat').say('still talking');
      expect((await client.opened()).headers).toMatchObject({
        'x-before': 'one',
        'x-after': 'two',
        'set-cookie': ['before=1; HttpOnly', 'after=2; HttpOnly'],
      });
      expect(await client.text()).toBe('still talking');
    });

    test("has the gatekeeper's headers beside those, and no cookie is lost", async () => {
      const websocket: Gatekeeper = async (request, ws) => {
        await ws.accept({ headers: { 'X-Room': 'kitchen', 'Set-Cookie': ['gate=2', 'keeper=3'] } });
        for await (const message of ws) void message;
      };
      const station = await openStation(setting, {
        layers: [
          {
            before: (exchange) => {
              exchange.addCookie('chain=1');
              exchange.setHeader('X-Room', 'hall');
            },
          },
        ],
        routes: [{ path: '/chat', websocket }],
      });
      expect((await station.ask('/chat').opened()).headers).toMatchObject({
        'x-room': 'kitchen',
        'set-cookie': ['chain=1', 'gate=2', 'keeper=3'],
      });
    });

    test('may come behind early hints', async () => {
      const station = await openStation(setting, {
        layers: [
          {
            before: ({ response }) => {
              response.writeEarlyHints({ link: '</chat.css>; rel=preload; as=style' });
            },
          },
        ],
        routes: [chat],
      });
      const client = station.ask('/chat').say('hello');
      expect(await client.head()).toMatchObject({
        status: 103,
        headers: { link: '</chat.css>; rel=preload; as=style' },
      });
      expect((await client.opened()).headers).not.toHaveProperty('link');
      expect(await client.text()).toBe('hello');
    });

    test('says nothing of a body', async () => {
      const station = await openStation(setting, {
        layers: [
          {
            before: (exchange) => {
              exchange.setHeader('ETag', '"an entity"');
              exchange.setHeader('Content-Type', 'text/html');
            },
          },
        ],
        routes: [chat],
      });
      const client = station.ask('/chat').say('the first bytes are a frame');
      const { headers } = await client.opened();
      for (const name of ['content-length', 'content-type', 'transfer-encoding', 'etag', 'trailer'])
        expect(headers).not.toHaveProperty(name);
      expect(await client.text()).toBe('the first bytes are a frame');
    });

    test('leaves, and accept resolves, after what comes behind the handler has ended', async () => {
      const order: string[] = [];
      const saving = deferred();
      const saved = deferred();
      const station = await openStation(setting, {
        layers: [
          {
            after: async () => {
              order.push('saving');
              saving.resolve();
              await saved.promise;
              order.push('saved');
            },
          },
        ],
        routes: [
          {
            path: '/chat',
            websocket: async (request, ws) => {
              order.push('asked');
              await ws.accept();
              order.push('accepted');
              await ws.write('welcome');
            },
          },
        ],
      });
      const client = station.ask('/chat');
      await saving.promise;
      await new Promise((resolve) => setImmediate(resolve));
      expect(client.received.length).toBe(0);
      saved.resolve();
      await client.opened();
      expect(await client.text()).toBe('welcome');
      expect(order).toEqual(['asked', 'saving', 'saved', 'accepted']);
      await client.closed();
    });

    test('is what a logger of finished responses sees, before the conversation begins', async () => {
      const log: unknown[] = [];
      const station = await openStation(setting, {
        layers: [
          {
            before: ({ request, response }) => {
              response.once('finish', () => {
                log.push(`${request.method} ${request.url} ${response.statusCode}`);
              });
            },
          },
        ],
        routes: [
          {
            path: '/chat',
            websocket: (request, ws) => {
              void ws.listen((message) => log.push(message));
            },
          },
        ],
      });
      const client = station.knock().send(upgradeRequest('/chat'), textFrame('early'));
      await client.opened();
      client.send(closeFrame(1000));
      await client.closeCode();
      expect(log).toEqual(['GET /chat 101', 'early']);
    });
  });

  describe('a refusal of the gatekeeper', () => {
    test("leaves as the framework's own response, with what the chain has set", async () => {
      const statuses: number[] = [];
      const websocket: Gatekeeper = (request, ws) =>
        ws.refuse(401, {
          headers: { 'WWW-Authenticate': ['Basic realm="a"', 'Bearer'], 'Set-Cookie': 'gate=2' },
          body: 'sign in, çà et là\n',
        });
      const station = await openStation(setting, {
        layers: [
          {
            before: (exchange) => {
              exchange.addCookie('chain=1');
              exchange.setHeader('X-Before', 'one');
              exchange.response.once('finish', () => statuses.push(exchange.response.statusCode));
            },
            after: (exchange) => exchange.setHeader('X-After', 'two'),
          },
        ],
        routes: [{ path: '/chat', websocket }],
      });
      expect(await station.ask('/chat').lastReply()).toMatchObject({
        status: 401,
        headers: {
          connection: 'close',
          'content-type': expect.stringMatching(/^text\/plain; ?charset=utf-8$/i) as string,
          'www-authenticate': expect.anything() as unknown,
          'set-cookie': ['chain=1', 'gate=2'],
          'x-before': 'one',
          'x-after': 'two',
        },
        body: 'sign in, çà et là\n',
      });
      expect(statuses).toEqual([401]);
    });
  });

  describe('a chain that answers something else after the gatekeeper has let the client in', () => {
    const overruled = (websocket: Gatekeeper): AppDescription => ({
      layers: [{ after: (exchange) => exchange.overrule(418, 'a teapot') }],
      routes: [{ path: '/chat', websocket }],
    });

    test('is what the client gets, and accept, read, iteration and closed tell of it', async () => {
      const told = deferred<unknown>();
      const station = await openStation(
        setting,
        overruled(async (request, ws) => {
          const read = ws.read().catch((error: unknown) => error);
          const accepted = await ws.accept().catch((error: unknown) => error);
          let iterated = 0;
          for await (const message of ws) iterated += message.length;
          told.resolve([accepted, await read, iterated, await ws.closed, ws.signal.aborted]);
        }),
      );
      const reply = await station.ask('/chat').say('too early').lastReply();
      expect(reply).toMatchObject({
        status: 418,
        headers: { connection: 'close' },
        body: 'a teapot',
      });
      const error: unknown = expect.objectContaining({ name: 'HandshakeError', status: 418 });
      expect(await told.promise).toEqual([
        error,
        error,
        0,
        expect.objectContaining({ code: 1006, wasClean: false, cause: error }),
        true,
      ]);
    });

    test('is an ordinary end for a gatekeeper that lets the error pass', async () => {
      const station = await openStation(
        setting,
        overruled(async (request, ws) => {
          await ws.accept();
        }),
      );
      expect((await station.ask('/chat').lastReply()).status).toBe(418);
    });
  });
}
