import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { Gatekeeper } from '@postern/core';

import { deferred } from '../deferred.js';
import { echo, thinking } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';
import { closeFrame } from '../wire/frames.js';

const chat = { path: '/chat', websocket: echo } as const;

/** The app is closed in the framework's way, and the sockets with it. */
export function describeClosing(setting: Setting): void {
  describe('closing the app', () => {
    test('tells everyone 1001, and waits for their goodbyes', async () => {
      const station = await openStation(setting, { drain: {}, routes: [chat] });
      const clients = [station.ask('/chat'), station.ask('/chat'), station.ask('/chat')];
      for (const client of clients) await client.opened();
      const { attachment } = station;
      expect(attachment.connections.size).toBe(3);
      const closing = station.close();
      expect(await Promise.all(clients.map((client) => client.closed()))).toEqual([
        1001, 1001, 1001,
      ]);
      await closing;
      expect(attachment.connections.size).toBe(0);
      expect(station.app.server.listening).toBe(false);
    });

    test('may tell them another code', async () => {
      const station = await openStation(setting, { drain: { code: 1012 }, routes: [chat] });
      const client = station.ask('/chat');
      await client.opened();
      const closing = station.close();
      expect(await client.closed()).toBe(1012);
      await closing;
    });

    test('refuses whoever is still being decided on, in the chain and by the gatekeeper', async () => {
      const [inChain, inGatekeeper] = [deferred(), deferred()];
      const word = deferred();
      const told = deferred<unknown>();
      const slow: Gatekeeper = async (request, ws) => {
        inGatekeeper.resolve();
        await word.promise;
        told.resolve(await ws.accept().catch((error: unknown) => error));
      };
      const { before } = thinking(inChain, word);
      const station = await openStation(setting, {
        drain: {},
        layers: [
          {
            before: (exchange) =>
              exchange.request.url === '/chain' ? before?.(exchange) : undefined,
          },
        ],
        routes: [
          { path: '/chain', websocket: echo },
          { path: '/gatekeeper', websocket: slow },
        ],
      });
      const clients = [station.ask('/chain'), station.ask('/gatekeeper')];
      await Promise.all([inChain.promise, inGatekeeper.promise]);
      const closing = station.close();
      for (const client of clients) {
        expect(await client.lastReply()).toMatchObject({
          status: 503,
          headers: { connection: 'close' },
        });
      }
      word.resolve();
      expect(await told.promise).toMatchObject({ code: 'POSTERN_ERR_SERVER_CLOSING', status: 503 });
      await closing;
    });

    test('tells 1001 whoever is let in, but whose 101 has not left yet', async () => {
      const saving = deferred();
      const saved = deferred();
      const station = await openStation(setting, {
        drain: {},
        layers: [
          {
            after: () => {
              saving.resolve();
              return saved.promise;
            },
          },
        ],
        routes: [chat],
      });
      const client = station.ask('/chat');
      await saving.promise;
      let isClosed = false;
      const closing = station.close().then(() => (isClosed = true));
      for (let turns = 0; turns < 10; turns += 1) await turn();
      expect(isClosed).toBe(false);
      saved.resolve();
      await client.opened();
      expect(await client.closeCode()).toBe(1001);
      for (let turns = 0; turns < 10; turns += 1) await turn();
      expect(isClosed).toBe(false);
      client.send(closeFrame(1001));
      await closing;
    });

    test('refuses who asks meanwhile on a connection that was there', async () => {
      const station = await openStation(setting, { drain: {}, routes: [chat] });
      const [talker, late] = [station.ask('/chat'), station.knock().get('/nowhere')];
      await talker.opened();
      await late.reply();
      const closing = station.close();
      expect(await talker.closeCode()).toBe(1001);
      late.ask('/chat');
      // Node may have ended the idle connection; a framework may refuse in its own words.
      const answer = await late.head().catch(() => undefined);
      expect([503, undefined]).toContain(answer?.status);
      talker.end();
      late.end();
      await closing;
    });

    test('gives up on a client that does not answer, once the grace time is over', async () => {
      const station = await openStation(setting, { drain: { grace: 5_000 }, routes: [chat] });
      const client = station.ask('/chat');
      await client.opened();
      let isClosed = false;
      const closing = station.close().then(() => (isClosed = true));
      expect(await client.closeCode()).toBe(1001);
      await station.clock.advance(4_999);
      expect([isClosed, client.hasEnded]).toEqual([false, false]);
      await station.clock.advance(1);
      await client.ended();
      client.end();
      await closing;
      expect(isClosed).toBe(true);
    });

    test('waits for gatekeepers that have something to finish', async () => {
      const order: string[] = [];
      const saved = deferred();
      const farewell = deferred();
      const station = await openStation(setting, {
        drain: {},
        routes: [
          {
            path: '/chat',
            websocket: async (request, ws) => {
              for await (const message of ws) void message;
              farewell.resolve();
              await saved.promise;
              order.push('saved');
            },
          },
        ],
      });
      const client = station.ask('/chat');
      await client.opened();
      const closing = station.close().then(() => order.push('closed'));
      expect(await client.closed()).toBe(1001);
      await farewell.promise;
      saved.resolve();
      await closing;
      expect(order).toEqual(['saved', 'closed']);
    });

    test('waits for nobody where nobody is', async () => {
      const station = await openStation(setting, { drain: {}, routes: [chat] });
      const client = station.ask('/chat');
      await client.opened();
      client.end();
      await client.ended();
      expect((await station.ask('/nowhere').lastReply()).status).toBe(404);
      await station.close();
      // Sockets tell of their end some turns after the server does.
      await station.clock.advance(0);
      expect(station.clock.pendingTimers).toBe(0);
    });
  });
}
