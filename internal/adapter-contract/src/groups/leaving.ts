import { describe, expect, test } from 'vitest';

import { HandshakeError, type Gatekeeper, type WebSocket } from '@postern/core';

import type { Layer } from '../app-description.js';
import { deferred } from '../deferred.js';
import { openStation, type Setting, type Station } from '../station.js';
import type { RawClient } from '../wire/raw-client.js';

/** How a client goes. */
const ways: readonly (readonly [way: string, leave: (client: RawClient) => void])[] = [
  ['ends its direction', (client) => void client.end()],
  ['loses its socket', (client) => void client.reset()],
  ['ends after early data', (client) => void client.say('I was here').end()],
];

/** A client that leaves before it is let in is not let in, and everyone concerned hears of it. */
export function describeLeaving(setting: Setting): void {
  describe.each(ways)('a client that %s', (way, leave) => {
    test('while a layer thinks: the chain sees what it sees of a GET', async () => {
      const seen: string[][] = [];
      for (const ask of ['get', 'ask'] as const) {
        const events: string[] = [];
        const asked = deferred();
        const over = deferred();
        const word = deferred();
        const station = await openStation(setting, {
          layers: [recording(events, asked.resolve, over.resolve, word.promise)],
          routes: [{ path: '/chat', websocket: () => void events.push('asked') }],
        });
        const client = station.knock()[ask]('/chat');
        await asked.promise;
        leave(client);
        await over.promise;
        // Later than this the framework goes on with its chain, and comes to the handler.
        word.resolve();
        await client.gone;
        await nothingIsLeftOf(station);
        seen.push(events.toSorted());
      }
      const [get, upgrade] = seen;
      expect([way, upgrade]).toEqual([way, get]);
      expect(upgrade).toEqual(expect.arrayContaining(['request aborted', 'response close']));
    });

    test('while the gatekeeper thinks: its signals abort, and it cannot let anybody in', async () => {
      const asked = deferred();
      const told = deferred<unknown>();
      const websocket: Gatekeeper = async (request, ws) => {
        asked.resolve();
        await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
        const accepted = await ws.accept().catch((error: unknown) => error);
        const closed = await ws.closed;
        told.resolve({ accepted, closed, state: ws.state, aborted: ws.signal.aborted });
      };
      const station = await openStation(setting, { routes: [{ path: '/chat', websocket }] });
      const client = station.ask('/chat');
      await asked.promise;
      leave(client);
      const error: unknown = expect.objectContaining({ code: 'POSTERN_ERR_HANDSHAKE_ABORTED' });
      expect(await told.promise).toEqual({
        accepted: error,
        closed: expect.objectContaining({ code: 1006, wasClean: false, cause: error }) as unknown,
        state: 'closed',
        aborted: true,
      });
      await client.gone;
      expect(client.received.length).toBe(0);
      await nothingIsLeftOf(station);
    });

    test('and a gatekeeper that then refuses, or lets the error pass, goes unheard', async () => {
      for (const react of [
        (ws: WebSocket) => void ws.close(),
        (ws: WebSocket) => ws.accept(),
        (ws: WebSocket) => ws.read(),
      ]) {
        const asked = deferred();
        const station = await openStation(setting, {
          routes: [
            {
              path: '/chat',
              websocket: async (request, ws) => {
                asked.resolve();
                await ws.closed;
                await react(ws);
              },
            },
          ],
        });
        const client = station.ask('/chat');
        await asked.promise;
        leave(client);
        await client.gone;
        await nothingIsLeftOf(station);
        expect(station.takeHeard()).toEqual([]);
      }
    });

    test('and a gatekeeper that then fails is heard by onError', async () => {
      const asked = deferred();
      const failure = new Error('the database is away');
      const station = await openStation(setting, {
        routes: [
          {
            path: '/chat',
            websocket: async (request, ws) => {
              asked.resolve();
              await ws.closed;
              throw failure;
            },
          },
        ],
      });
      const client = station.ask('/chat');
      await asked.promise;
      leave(client);
      await client.gone;
      await nothingIsLeftOf(station);
      expect(station.takeHeard().map(({ error }) => error)).toEqual([failure]);
    });
  });

  describe('a client that leaves as soon as it has asked', () => {
    test('is not waited for, whether or not its gatekeeper is asked', async () => {
      const errors: unknown[] = [];
      const station = await openStation(setting, {
        routes: [
          {
            path: '/chat',
            websocket: async (request, ws) => {
              await ws.accept().catch((error: unknown) => errors.push(error));
            },
          },
        ],
      });
      for (const [, leave] of ways) {
        const client = station.ask('/chat');
        leave(client);
        await client.gone;
      }
      await nothingIsLeftOf(station);
      for (const error of errors) expect(error).toBeInstanceOf(HandshakeError);
    });
  });
}

/** Writes down what becomes of a request, and lets the chain go on when told to. */
function recording(
  events: string[],
  onAsked: () => void,
  onOver: () => void,
  word: Promise<void>,
): Layer {
  return {
    before: ({ request, response }) => {
      request.on('aborted', () => events.push('request aborted'));
      request.on('close', () => events.push('request close'));
      request.on('error', ({ message }) => events.push(`request error ${message}`));
      response.on('error', ({ message }) => events.push(`response error ${message}`));
      response.on('finish', () => events.push('response finish'));
      response.on('close', () => {
        events.push('response close');
        onOver();
      });
      onAsked();
      return word;
    },
  };
}

/** All sockets are gone, and closing does not wait for anybody: the clock stands still. */
async function nothingIsLeftOf(station: Station): Promise<void> {
  const { attachment, app } = station;
  await attachment.close();
  expect(attachment.connections.size).toBe(0);
  const count = await new Promise<number>((resolve, reject) => {
    app.server.getConnections((error, found) => (error ? reject(error) : resolve(found)));
  });
  expect(count).toBe(0);
  // Sockets tell of their end some turns after the server does.
  await station.clock.advance(0);
  expect(station.clock.pendingTimers).toBe(0);
}
