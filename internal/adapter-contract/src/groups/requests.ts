import { describe, expect, test } from 'vitest';

import type { AppDescription, Layer } from '../app-description.js';
import { deferred } from '../deferred.js';
import { echo, thinking } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';
import { textFrame } from '../wire/frames.js';
import {
  plainRequest,
  upgradeRequest,
  type Lines,
  type RequestLine,
} from '../wire/request-head.js';

const chat = { path: '/chat', websocket: echo } as const;
const page = {
  path: '/page',
  get: (exchange) => exchange.answer(200, 'a page'),
} satisfies NonNullable<AppDescription['routes']>[number];

/** Requests as they come off the wire, sound ones and others. */
export function describeRequests(setting: Setting): void {
  describe('on one connection', () => {
    test('a GET that keeps it alive, and then the upgrade', async () => {
      const station = await openStation(setting, { routes: [chat, page] });
      const client = station.knock();
      expect(await client.get('/page').reply()).toMatchObject({ status: 200, body: 'a page' });
      client.ask('/chat').say('hello');
      await client.opened();
      expect(await client.text()).toBe('hello');
      expect(await client.get('/page').closeCode()).toBe(1002);
    });

    test('an upgrade that overtakes an unanswered GET gets no 101, and hurts nobody else', async () => {
      const asked = deferred();
      const word = deferred();
      const station = await openStation(setting, {
        layers: [onlyFor('/page', thinking(asked, word))],
        routes: [chat, page],
      });
      const client = station.knock();
      client.send(plainRequest('/page'), upgradeRequest('/chat'), textFrame('hello'));
      await asked.promise;
      await client.ended();
      word.resolve();
      expect(client.received.toString('latin1')).toBe('');
      const other = station.ask('/chat').say('I am fine');
      await other.opened();
      expect(await other.text()).toBe('I am fine');
    });

    test('bytes behind a 101 are frames, and never another request', async () => {
      const seen: unknown[] = [];
      const station = await openStation(setting, {
        layers: [{ before: ({ request }) => void seen.push(request.url) }],
        routes: [chat, page],
      });
      const client = station.knock().send(upgradeRequest('/chat'), plainRequest('/page'));
      await client.opened();
      expect(await client.closed()).toBe(1002);
      expect(seen).toEqual(['/chat']);
    });
  });

  describe('a request to upgrade to something else', () => {
    const h2c = {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
    };

    test('is answered as an ordinary one', async () => {
      const station = await openStation(setting, { routes: [chat, page] });
      expect(await station.knock().get('/page', h2c).lastReply()).toMatchObject({
        status: 200,
        body: 'a page',
      });
      const plain = await station.knock().get('/chat').reply();
      const reply = await station.knock().get('/chat', h2c).lastReply();
      expect([reply.status, reply.body]).toEqual([plain.status, plain.body]);
    });

    test.each([
      ['of a length', { 'Content-Length': '11' }, ['hello', ' world']],
      [
        'in chunks',
        { 'Transfer-Encoding': 'chunked' },
        ['5\r\nhello\r\n', '6\r\n world\r\n0\r\n\r\n'],
      ],
    ])('keeps its body %s', async (what, lines, [first = '', second = '']) => {
      const station = await openStation(setting, { layers: [readsBodies] });
      const client = station.knock();
      client.send(plainRequest('/form', { ...h2c, ...lines }, { method: 'POST' }), first);
      await new Promise((resolve) => setImmediate(resolve));
      client.send(second);
      expect(await client.lastReply()).toMatchObject({ status: 200, body: 'read hello world' });
    });
  });

  describe('a request for a WebSocket', () => {
    test("has the client's own socket, certificates and all", async () => {
      const connected: unknown[] = [];
      const seen: unknown[] = [];
      const station = await openStation(setting, {
        layers: [{ before: ({ request }) => void seen.push(request.socket) }],
        routes: [chat],
      });
      const event = setting.transport === 'tls' ? 'secureConnection' : 'connection';
      station.app.server.on(event, (socket) => connected.push(socket));
      await station.ask('/chat').opened();
      expect(seen).toHaveLength(1);
      expect(seen[0]).toBe(connected[0]);
    });

    test.each([
      ['in lower case', { connection: 'upgrade', upgrade: 'websocket' }],
      ['in upper case', { CONNECTION: 'UPGRADE', UPGRADE: 'WEBSOCKET' }],
      ['among others', { Connection: 'keep-alive, Upgrade', Upgrade: 'websocket, h2c' }],
    ])('may say so %s', async (how, lines) => {
      const station = await openStation(setting, { routes: [chat] });
      const client = station.ask('/chat', { Connection: undefined, Upgrade: undefined, ...lines });
      await client.opened();
      expect([how, await client.say('hello').text()]).toEqual([how, 'hello']);
    });

    test.each<readonly [what: string, lines: Lines, line: RequestLine, status: number]>([
      ['of version 8', { 'Sec-WebSocket-Version': '8' }, {}, 426],
      ['of no version', { 'Sec-WebSocket-Version': undefined }, {}, 426],
      ['without a key', { 'Sec-WebSocket-Key': undefined }, {}, 400],
      ['with a key that is none', { 'Sec-WebSocket-Key': 'short' }, {}, 400],
      ['without a Host', { Host: undefined }, {}, 400],
      ['with two Hosts', { Host: ['localhost', 'example.com'] }, {}, 400],
      ['of HTTP/1.0', {}, { version: '1.0' }, 400],
      ['with subprotocols out of the grammar', { 'Sec-WebSocket-Protocol': 'a b' }, {}, 400],
    ])('%s is refused before its gatekeeper', async (what, lines, line, status) => {
      const asked: string[] = [];
      const station = await openStation(setting, {
        routes: [{ path: '/chat', websocket: () => void asked.push(what) }],
      });
      const reply = await station.ask('/chat', lines, line).lastReply();
      expect([what, reply.status, asked]).toEqual([what, status, []]);
      expect(reply.headers).toMatchObject(
        status === 426
          ? { connection: 'close', upgrade: 'websocket', 'sec-websocket-version': '13' }
          : { connection: 'close' },
      );
    });

    test('by another method than GET is not let in', async () => {
      const station = await openStation(setting, { routes: [chat] });
      for (const method of ['POST', 'OPTIONS', 'DELETE']) {
        const reply = await station.ask('/chat', {}, { method }).lastReply();
        const plain = await station.knock().get('/chat', {}, { method }).reply();
        expect([method, reply.status]).toEqual([method, plain.status]);
      }
    });

    test.each([
      ['of a length', { 'Content-Length': '5' }, 'hello'],
      ['in chunks', { 'Transfer-Encoding': 'chunked' }, '5\r\nhello\r\n0\r\n\r\n'],
    ])('with a body %s is refused, and the body taken for nothing', async (what, lines, body) => {
      const seen: unknown[] = [];
      const station = await openStation(setting, {
        layers: [{ before: ({ request }) => void seen.push(request.url) }],
        routes: [{ path: '/chat', websocket: () => void seen.push('asked') }, page],
      });
      const client = station.knock();
      client.send(upgradeRequest('/chat', lines), body, plainRequest('/page'));
      expect([what, (await client.lastReply()).status]).toEqual([what, 400]);
      expect(seen).not.toContain('asked');
      expect(seen).not.toContain('/page');
    });

    test('with a body that a layer waits for is refused at once', async () => {
      const station = await openStation(setting, { layers: [readsBodies], routes: [chat] });
      const client = station.knock();
      client.send(upgradeRequest('/chat', { 'Content-Length': '5' }), 'hello');
      expect((await client.lastReply()).status).toBe(400);
    });
  });
}

/** A layer for one path. */
function onlyFor(path: string, { before }: Layer): Layer {
  return { before: (exchange) => (exchange.request.url === path ? before?.(exchange) : undefined) };
}

/** Reads the body of every request that announces one, as body parsers do, and answers with it. */
const readsBodies: Layer = {
  before: async (exchange) => {
    const { headers } = exchange.request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)
      return;
    let body = '';
    for await (const chunk of exchange.request) body += String(chunk);
    exchange.answer(200, `read ${body}`);
  },
};
