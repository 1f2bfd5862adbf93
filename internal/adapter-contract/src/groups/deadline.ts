import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { Gatekeeper } from '@postern/core';

import { deferred, type Deferred } from '../deferred.js';
import { echo, thinking } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';

/** A gatekeeper that lets the client in when it is told to. */
function slow(asked: Deferred<void>, word: Deferred<void>): Gatekeeper {
  return async (request, ws) => {
    asked.resolve();
    await word.promise;
    await ws.accept();
  };
}

/** From the request to the answer there is a time, the chain and the gatekeeper included. */
export function describeDeadline(setting: Setting): void {
  describe('the deadline of a handshake', () => {
    const late = {
      status: 503,
      headers: { connection: 'close' },
      body: 'neither accepted nor refused within 10 s\n',
    };
    const timeout: unknown = expect.objectContaining({
      code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT',
      status: 503,
    });

    test('ends a chain that never answers with 503, and what it says later is not heard', async () => {
      const asked = deferred();
      const word = deferred();
      const gatekeepers: string[] = [];
      const station = await openStation(setting, {
        layers: [thinking(asked, word)],
        routes: [{ path: '/chat', websocket: ({ url }) => void gatekeepers.push(url) }],
      });
      const client = station.ask('/chat');
      await asked.promise;
      await station.clock.advance(9_999);
      expect(client.received.length).toBe(0);
      await station.clock.advance(1);
      expect(await client.lastReply()).toMatchObject(late);
      expect(station.takeHeard()).toEqual([{ error: timeout, ws: undefined }]);
      word.resolve();
      for (let turns = 0; turns < 10; turns += 1) await turn();
      expect(gatekeepers).toEqual([]);
    });

    test('ends a gatekeeper that never answers, and tells it', async () => {
      const asked = deferred();
      const told = deferred<unknown>();
      const station = await openStation(setting, {
        routes: [
          {
            path: '/chat',
            websocket: async (request, ws) => {
              asked.resolve();
              await new Promise((resolve) => ws.signal.addEventListener('abort', resolve));
              told.resolve(await ws.accept().catch((error: unknown) => error));
            },
          },
        ],
      });
      const client = station.ask('/chat');
      await asked.promise;
      await station.clock.advance(10_000);
      expect(await client.lastReply()).toMatchObject(late);
      expect(await told.promise).toEqual(timeout);
      expect(station.takeHeard()).toEqual([{ error: timeout, ws: expect.anything() as unknown }]);
    });

    test('is an option of attach', async () => {
      const asked = deferred();
      const station = await openStation(setting, {
        attach: { handshakeTimeout: 500 },
        layers: [thinking(asked, deferred())],
        routes: [{ path: '/chat', websocket: echo }],
      });
      const client = station.ask('/chat');
      await asked.promise;
      await station.clock.advance(500);
      expect((await client.lastReply()).body).toBe('neither accepted nor refused within 0.5 s\n');
      expect(station.takeHeard()).toEqual([{ error: timeout, ws: undefined }]);
    });

    test.each([20_000, 0])("may be longer by the handler's own option: %i ms", async (own) => {
      const asked = deferred();
      const word = deferred();
      const station = await openStation(setting, {
        routes: [
          { path: '/chat', options: { handshakeTimeout: own }, websocket: slow(asked, word) },
        ],
      });
      const client = station.ask('/chat');
      await asked.promise;
      await station.clock.advance(19_999);
      word.resolve();
      expect((await client.opened()).status).toBe(101);
      await client.closed();
    });

    test("may be shorter by the handler's own option", async () => {
      const asked = deferred();
      const word = deferred();
      const errors: unknown[] = [];
      const onError = (error: unknown): void => void errors.push(error);
      const station = await openStation(setting, {
        routes: [
          {
            path: '/chat',
            options: { handshakeTimeout: 2_000, onError },
            websocket: slow(asked, word),
          },
        ],
      });
      const client = station.ask('/chat');
      await asked.promise;
      await station.clock.advance(1_999);
      expect(client.received.length).toBe(0);
      await station.clock.advance(1);
      expect((await client.lastReply()).body).toBe('neither accepted nor refused within 2 s\n');
      expect(errors).toEqual([timeout]);
      word.resolve();
    });

    test('is over once the client is in', async () => {
      const station = await openStation(setting, {
        attach: { heartbeatInterval: 0 },
        routes: [{ path: '/chat', websocket: echo }],
      });
      const client = station.ask('/chat');
      await client.opened();
      await station.clock.advance(60_000);
      client.say('still here');
      expect(await client.text()).toBe('still here');
    });
  });
}
