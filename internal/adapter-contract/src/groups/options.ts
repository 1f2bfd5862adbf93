import { describe, expect, test } from 'vitest';

import type { Gatekeeper, HandlerOptions } from '@postern/core';

import { deferred } from '../deferred.js';
import { echo } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';
import { closeFrame } from '../wire/frames.js';

/** A gatekeeper that tells the subprotocol. */
const tellsSubprotocol: Gatekeeper = async (request, ws) => {
  await ws.accept();
  await ws.write(`speaks '${ws.subprotocol}'`);
};

const isOfItsRoom: NonNullable<HandlerOptions['origins']> = (origin, { url }) =>
  origin === `http://${url.slice('/rooms/'.length)}.example`;

/** Options of a handler, and of the server it is reached on. */
export function describeOptions(setting: Setting): void {
  const offering = (names: string) => ({ 'Sec-WebSocket-Protocol': names });
  const chat = (websocket: Gatekeeper, options: HandlerOptions, attach: HandlerOptions = {}) =>
    openStation(setting, { attach, routes: [{ path: '/chat', websocket, options }] });

  describe('subprotocols', () => {
    test('the first of our list that was offered is chosen, and said on the 101', async () => {
      const station = await chat(tellsSubprotocol, { subprotocols: ['v2', 'v1'] });
      const client = station.ask('/chat', offering('v0, v1, v2'));
      expect((await client.opened()).headers).toMatchObject({ 'sec-websocket-protocol': 'v2' });
      expect(await client.text()).toBe("speaks 'v2'");
    });

    test('none offered: let in, and none is said', async () => {
      const station = await chat(tellsSubprotocol, { subprotocols: ['v2'] });
      const client = station.ask('/chat');
      expect((await client.opened()).headers).not.toHaveProperty('sec-websocket-protocol');
      expect(await client.text()).toBe("speaks ''");
    });

    test('offered, but none of ours: 400 before the gatekeeper', async () => {
      const asked: string[] = [];
      const station = await chat(({ url }) => void asked.push(url), { subprotocols: ['v2'] });
      const reply = await station.ask('/chat', offering('v3')).lastReply();
      expect([reply.status, asked]).toEqual([400, []]);
      expect(reply.body).toContain('v2');
    });

    test('the gatekeeper may choose another of those that were offered', async () => {
      const station = await chat(
        async (request, ws) => {
          await ws.accept({ subprotocol: 'v1' });
        },
        { subprotocols: ['v2'] },
      );
      const { headers } = await station.ask('/chat', offering('v2, v1')).opened();
      expect(headers).toMatchObject({ 'sec-websocket-protocol': 'v1' });
    });

    test('our client and the server agree', async () => {
      const station = await chat(tellsSubprotocol, { subprotocols: ['v2', 'v1'] });
      const ws = await station.open('/chat', { subprotocols: ['v1', 'v2'] });
      expect([ws.subprotocol, await ws.read()]).toEqual(['v2', "speaks 'v2'"]);
    });
  });

  describe('origins', () => {
    test('the same origin passes, another is told both, and which option says so', async () => {
      const station = await chat(echo, {});
      await station.ask('/chat', { Origin: 'http://localhost:8080' }).opened();
      const reply = await station.ask('/chat', { Origin: 'http://evil.example' }).lastReply();
      expect(reply).toMatchObject({ status: 403, headers: { connection: 'close' } });
      for (const word of ['evil.example', 'localhost:8080', 'origins'])
        expect(reply.body).toContain(word);
    });

    test('a function is asked about the light request, below a mount too', async () => {
      const station = await openStation(setting, {
        mounts: [
          {
            prefix: '/rooms',
            kind: 'router',
            routes: [{ path: '/:room', websocket: echo, options: { origins: isOfItsRoom } }],
          },
        ],
      });
      await station.ask('/rooms/hall', { Origin: 'http://hall.example' }).opened();
      const reply = await station.ask('/rooms/hall', { Origin: 'http://den.example' }).lastReply();
      expect(reply.status).toBe(403);
    });
  });

  describe('compression', () => {
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

    test('is agreed on the 101 where the handler wants it, and nowhere else', async () => {
      const station = await openStation(setting, {
        routes: [
          { path: '/plain', websocket: echo },
          { path: '/dense', websocket: echo, options: { compression: true } },
        ],
      });
      const agreed = (await station.ask('/dense', offer).opened()).headers;
      expect(agreed['sec-websocket-extensions']).toContain('permessage-deflate');
      const { headers } = await station.ask('/plain', offer).opened();
      expect(headers).not.toHaveProperty('sec-websocket-extensions');
      const ws = await station.open('/dense', { compression: true });
      await ws.write('again and '.repeat(1000));
      expect(await ws.read()).toBe('again and '.repeat(1000));
    });
  });

  describe('limits of the server', () => {
    test('a full one answers 503 before the gatekeeper, until somebody leaves', async () => {
      const asked: string[] = [];
      const left = deferred();
      const station = await openStation(setting, {
        attach: { maxConnections: 1 },
        routes: [
          {
            path: '/chat',
            websocket: async ({ url }, ws) => {
              asked.push(url);
              for await (const message of ws) await ws.write(message);
              left.resolve();
            },
          },
        ],
      });
      const first = station.ask('/chat?1').say('here');
      await first.opened();
      expect(await first.text()).toBe('here');
      expect(await station.ask('/chat?2').lastReply()).toMatchObject({
        status: 503,
        headers: { connection: 'close', 'retry-after': expect.any(String) as string },
      });
      first.send(closeFrame(1000));
      expect(await first.closeCode()).toBe(1000);
      await first.ended();
      await left.promise;
      await station.clock.advance(0);
      await station.ask('/chat?3').opened();
      expect(asked).toEqual(['/chat?1', '/chat?3']);
    });
  });

  describe("a handler's options", () => {
    test('win over those of the server, one by one', async () => {
      const station = await openStation(setting, {
        attach: { origins: 'any', subprotocols: ['theirs'], maxMessageSize: 10 },
        routes: [
          { path: '/default', websocket: echo },
          {
            path: '/own',
            websocket: echo,
            options: { origins: 'same', subprotocols: ['ours'], maxMessageSize: 20 },
          },
        ],
      });
      const stranger = { Origin: 'http://elsewhere.example', ...offering('theirs') };
      const first = station.ask('/default', stranger).say('x'.repeat(11));
      expect((await first.opened()).headers).toMatchObject({ 'sec-websocket-protocol': 'theirs' });
      expect(await first.closed()).toBe(1009);
      expect((await station.ask('/own', stranger).lastReply()).status).toBe(403);
      expect((await station.ask('/own', offering('theirs')).lastReply()).status).toBe(400);
      const second = station.ask('/own', offering('ours')).say('x'.repeat(11)).say('x'.repeat(21));
      await second.opened();
      expect(await second.text()).toBe('x'.repeat(11));
      expect(await second.closed()).toBe(1009);
    });

    test('are checked where the handler is made', async () => {
      await expect(chat(echo, { maxMessageSize: -1 })).rejects.toThrow(RangeError);
      await expect(chat(echo, { subprotocols: ['not a token'] })).rejects.toThrow(TypeError);
      await expect(chat('echo' as unknown as Gatekeeper, {})).rejects.toThrow(TypeError);
    });

    test('onError of its own hears of its own failures', async () => {
      const errors: unknown[] = [];
      const failure = new Error('mine');
      const station = await chat(
        async (request, ws) => {
          await ws.accept();
          throw failure;
        },
        { onError: (error) => void errors.push(error) },
      );
      const client = station.ask('/chat');
      await client.opened();
      expect(await client.closed()).toBe(1011);
      expect(errors).toEqual([failure]);
      expect(station.takeHeard()).toEqual([]);
    });
  });

  describe('the request that a gatekeeper gets', () => {
    test("has the client's words, and the framework's own request or context", async () => {
      const contexts: unknown[] = [];
      const told = deferred<unknown>();
      const station = await openStation(setting, {
        layers: [{ before: ({ context }) => void contexts.push(context) }],
        routes: [
          {
            path: '/chat',
            websocket: ({ method, url, headers, rawHeaders, httpVersion, context, signal }) => {
              told.resolve({
                method,
                url,
                host: headers.host,
                cookie: headers['cookie'],
                httpVersion,
              });
              contexts.push(context, rawHeaders, signal.aborted);
            },
          },
        ],
      });
      await station.ask('/chat?a=1', { Cookie: 'sid=1', 'X-Odd-Case': 'Kept' }).lastReply();
      expect(await told.promise).toEqual({
        method: 'GET',
        url: '/chat?a=1',
        host: 'localhost:8080',
        cookie: 'sid=1',
        httpVersion: '1.1',
      });
      const [seen, context, rawHeaders, aborted] = contexts;
      expect(context).toBe(seen);
      expect(rawHeaders).toEqual(expect.arrayContaining(['X-Odd-Case', 'Kept']));
      expect(aborted).toBe(false);
    });

    test("the client's address is that of its socket, or what a trusted proxy says", async () => {
      const addresses: string[] = [];
      const noteAddress: Gatekeeper = ({ clientAddress }) => void addresses.push(clientAddress);
      const station = await openStation(setting, {
        routes: [
          { path: '/direct', websocket: noteAddress },
          { path: '/proxied', websocket: noteAddress, options: { trustProxy: true } },
        ],
      });
      const forwarded = { 'X-Forwarded-For': '203.0.113.1, 198.51.100.7' };
      await station.ask('/direct', forwarded).lastReply();
      await station.ask('/proxied', forwarded).lastReply();
      const { transport } = setting;
      const own = transport === 'tcp' || transport === 'tls' ? '127.0.0.1' : '';
      expect(addresses).toEqual([own, '198.51.100.7']);
    });
  });
}
