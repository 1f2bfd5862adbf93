import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '@postern/core';

import { deferred } from '../deferred.js';
import { echo, thinking } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';
import type { RawClient } from '../wire/raw-client.js';

const COUNT = 1000;

/** What an open connection holds of its handshake: nothing. */
export function describeMemory(setting: Setting): void {
  describe(`${COUNT} open connections`, () => {
    test("hold neither the framework's request nor its response nor its context", async () => {
      const alive = new Map<string, number>();
      const registry = new FinalizationRegistry<string>((kind) => count(alive, kind, -1));
      const watch = (kind: string, object: unknown): void => {
        registry.register(object as object, kind);
        count(alive, kind, 1);
      };
      const station = await openStation(setting, {
        attach: { heartbeatInterval: 0 },
        layers: [
          {
            before: ({ request, response, context }) => {
              watch('request', request);
              watch('response', response);
              if (context !== request) watch('context', context);
            },
          },
        ],
        routes: [
          {
            path: '/chat',
            websocket: (request, ws) => {
              watch('light request', request);
              return conversation(ws);
            },
          },
        ],
      });
      const clients: RawClient[] = [];
      while (clients.length < COUNT) {
        const group = Array.from({ length: 100 }, () => station.ask('/chat'));
        for (const client of group) await client.opened();
        clients.push(...group);
      }
      expect(station.attachment.connections.size).toBe(COUNT);
      expect(alive.get('request')).toBeGreaterThan(0);
      await collect(() => Math.max(...alive.values()) <= 0);
      expect([...alive.values()].filter((left) => left > 0)).toEqual([]);
      expect(clients.filter(({ hasEnded }) => hasEnded)).toEqual([]);
      const [first] = clients;
      expect(await first!.say('still here').text()).toBe('still here');
    });
  });
}

/** Timeouts of the HTTP server are for HTTP. */
export function describeTimeouts(setting: Setting): void {
  describe('short timeouts of the HTTP server', () => {
    test('end idle HTTP clients, and neither a slow handshake nor a silent WebSocket', async () => {
      const asked = deferred();
      const word = deferred();
      const { before } = thinking(asked, word);
      const station = await openStation(setting, {
        layers: [
          {
            before: (exchange) =>
              exchange.request.url === '/slow' ? before?.(exchange) : undefined,
          },
        ],
        routes: [
          { path: '/chat', websocket: echo },
          { path: '/slow', websocket: echo },
        ],
      });
      const { server } = station.app;
      server.timeout = server.keepAliveTimeout = server.requestTimeout = server.headersTimeout = 50;
      const [talker, slow, kept] = [station.ask('/chat'), station.ask('/slow'), station.knock()];
      await talker.opened();
      await asked.promise;
      expect((await kept.get('/nowhere').reply()).status).toBe(404);
      await kept.ask('/chat').opened();
      // Each of these is ended only when the 50 ms have passed.
      for (let round = 0; round < 2; round += 1) await station.knock().ended();
      word.resolve();
      await slow.opened();
      for (const client of [talker, slow, kept]) {
        expect(await client.say('still here').text()).toBe('still here');
      }
    });
  });
}

/** Holds the socket alone. */
async function conversation(ws: WebSocket): Promise<void> {
  for await (const message of ws) await ws.write(message);
}

function count(counts: Map<string, number>, kind: string, by: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by);
}

/** Collects garbage until all is gone, or it is plain that something stays. */
async function collect(isDone: () => boolean): Promise<void> {
  for (let round = 0; round < 20 && !isDone(); round += 1) {
    globalThis.gc?.();
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
}
