import { describe, expect, test } from 'vitest';

import type { Gatekeeper } from '@postern/core';

import type { Mount } from '../app-description.js';
import { greet } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';

/** A gatekeeper is reached as any other handler of the framework is. */
export function describeRouting({ adapter, transport }: Setting): void {
  const setting = { adapter, transport };

  const tellsItsRoom: Gatekeeper = async (request, ws) => {
    await ws.accept();
    await ws.write(`${adapter.parameterOf(request.context, 'room')} ${request.url}`);
  };

  describe('routes', () => {
    test('two handlers on two paths do not mix', async () => {
      const station = await openStation(setting, {
        routes: [
          { path: '/tea', websocket: greet('tea') },
          { path: '/coffee', websocket: greet('coffee') },
        ],
      });
      const [coffee, tea] = [station.ask('/coffee'), station.ask('/tea')];
      expect((await coffee.opened()).status).toBe(101);
      expect((await tea.opened()).status).toBe(101);
      expect([await coffee.text(), await tea.text()]).toEqual(['coffee', 'tea']);
    });

    test('parameters and the query string are there, and the URL is as the client sent it', async () => {
      const station = await openStation(setting, {
        routes: [{ path: '/rooms/:room', websocket: tellsItsRoom }],
      });
      const client = station.ask('/rooms/kitchen?from=hall&%20x=%C3%A7');
      await client.opened();
      expect(await client.text()).toBe('kitchen /rooms/kitchen?from=hall&%20x=%C3%A7');
    });

    test('a handler lives beside the pages of its app', async () => {
      const station = await openStation(setting, {
        routes: [
          { path: '/', get: (exchange) => exchange.answer(200, 'the page') },
          { path: '/chat', websocket: greet('hello') },
        ],
      });
      const client = station.knock();
      expect((await client.get('/').reply()).body).toBe('the page');
      client.ask('/chat');
      await client.opened();
      expect(await client.text()).toBe('hello');
    });
  });

  describe.each(['router', 'app'] as const)('a mounted %s', (kind) => {
    test('leads to its handlers, past its own layers, and the URL is the whole one', async () => {
      const station = await openStation(setting, {
        layers: [{ before: (exchange) => exchange.setHeader('X-Outer', '1') }],
        mounts: [
          {
            prefix: '/api',
            kind,
            layers: [{ before: (exchange) => exchange.setHeader('X-Inner', '2') }],
            routes: [{ path: '/rooms/:room', websocket: tellsItsRoom }],
          },
        ],
        routes: [{ path: '/chat', websocket: greet('outside') }],
      });
      const inside = station.ask('/api/rooms/kitchen?a=1');
      expect((await inside.opened()).headers).toMatchObject({ 'x-outer': '1', 'x-inner': '2' });
      expect(await inside.text()).toBe('kitchen /api/rooms/kitchen?a=1');
      const outside = station.ask('/chat');
      expect((await outside.opened()).headers).not.toHaveProperty('x-inner');
      expect(await outside.text()).toBe('outside');
    });

    test('may refuse for itself', async () => {
      const guarded: Mount = {
        prefix: '/private',
        kind,
        layers: [{ before: (exchange) => exchange.answer(401, 'members only') }],
        routes: [{ path: '/chat', websocket: greet('inside') }],
      };
      const station = await openStation(setting, {
        mounts: [guarded],
        routes: [{ path: '/chat', websocket: greet('outside') }],
      });
      expect(await station.ask('/private/chat').lastReply()).toMatchObject({
        status: 401,
        body: 'members only',
      });
      expect((await station.ask('/private/nowhere').lastReply()).status).not.toBe(101);
      await station.ask('/chat').opened();
    });

    test('may be mounted in another', async () => {
      const inner: Mount = {
        prefix: '/v1',
        kind,
        routes: [{ path: '/rooms/:room', websocket: tellsItsRoom }],
      };
      const station = await openStation(setting, {
        mounts: [{ prefix: '/api', kind, mounts: [inner] }],
      });
      const client = station.ask('/api/v1/rooms/hall');
      await client.opened();
      expect(await client.text()).toBe('hall /api/v1/rooms/hall');
    });
  });
}
