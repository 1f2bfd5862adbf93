import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { HandshakeError } from '../../src/handshake/errors.js';
import { duplexPair } from '../../src/testing/duplex-pair.js';
import { deferred, gatehouse, station } from '../server/support/gatehouse.js';
import { upgradeRequest } from '../server/support/upgrade-request.js';

const never = new Promise<void>(() => {});

describe('the deadline, from the upgrade request to the answer', () => {
  test('after 10 s: 503, the signals abort, and onError says so', async () => {
    const asked = deferred<readonly [WebSocket, AbortSignal]>();
    const { knock, clock, heard } = gatehouse((request, ws) => {
      asked.resolve([ws, request.signal]);
      return never;
    });
    const client = knock();
    const [ws, signal] = await asked.promise;
    await clock.advance(9_999);
    expect([signal.aborted, ws.signal.aborted, client.received.length]).toEqual([false, false, 0]);

    await clock.advance(1);
    const message = 'neither accepted nor refused within 10 s';
    expect(await client.response()).toMatchObject({
      status: 503,
      headers: { connection: 'close' },
      body: `${message}\n`,
    });
    const error = new HandshakeError('POSTERN_ERR_HANDSHAKE_TIMEOUT', message, { status: 503 });
    expect(heard).toEqual([{ error, ws }]);
    expect(signal).toBe(ws.signal);
    expect([signal.aborted, signal.reason, ws.state]).toEqual([true, error, 'closed']);
    expect(await ws.closed).toMatchObject({ code: 1006, cause: error });
  });

  test('the gatekeeper that learns of it too late ends ordinarily', async () => {
    const word = deferred();
    const { knock, clock, heard } = gatehouse(async (request, ws) => {
      await word.promise;
      await ws.accept();
      await ws.write('hello');
    });
    const client = knock();
    await clock.advance(10_000);
    expect((await client.response()).status).toBe(503);
    word.resolve();
    await clock.advance(0);
    expect(heard).toMatchObject([{ error: { code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT' } }]);
  });

  test('another error of the gatekeeper afterwards is heard of, too', async () => {
    const word = deferred();
    const { knock, clock, heard } = gatehouse(async () => {
      await word.promise;
      throw new Error('mine');
    });
    const client = knock();
    await clock.advance(10_000);
    await client.response();
    word.resolve();
    await turn();
    expect(heard).toMatchObject([
      { error: { code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT' } },
      { error: { message: 'mine' } },
    ]);
  });

  test('ws.signal stops what the gatekeeper waits for', async () => {
    const stopped = deferred<unknown>();
    const { knock, clock } = gatehouse(async (request, ws) => {
      const lookup = new Promise((resolve, reject) => {
        ws.signal.addEventListener('abort', () => reject(ws.signal.reason as Error));
      });
      await lookup.catch((error: unknown) => {
        stopped.resolve(error);
        throw error;
      });
    });
    const client = knock();
    await clock.advance(10_000);
    await client.response();
    expect(await stopped.promise).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT' });
  });

  test('handshakeTimeout sets it, and the message says how long', async () => {
    const { knock, clock } = gatehouse(() => never, { handshakeTimeout: 2_500 });
    const client = knock();
    await clock.advance(2_499);
    expect(client.received.length).toBe(0);
    await clock.advance(1);
    expect((await client.response()).body).toBe('neither accepted nor refused within 2.5 s\n');
  });

  test('a handshakeTimeout of 0 is none', async () => {
    const word = deferred();
    const { knock, clock } = gatehouse(
      async (request, ws) => {
        await word.promise;
        await ws.accept();
      },
      { handshakeTimeout: 0 },
    );
    const client = knock();
    await clock.advance(3_600_000);
    expect(client.received.length).toBe(0);
    word.resolve();
    await client.opened();
  });

  test.each<[string, (ws: WebSocket) => unknown]>([
    ['accepted', (ws) => ws.accept()],
    ['refused', (ws) => ws.refuse(403)],
    ['terminated', (ws) => ws.terminate()],
  ])('is lifted once the client is %s', async (_, decide) => {
    const { knock, clock, heard } = gatehouse(
      async (request, ws) => {
        await turn();
        await decide(ws);
        await never;
      },
      { messageTimeout: 0, heartbeatInterval: 0, idleTimeout: 0 },
    );
    const client = knock();
    await Promise.race([client.head().catch(() => undefined), client.gone]);
    await clock.advance(60_000);
    expect(heard).toEqual([]);
  });

  test('does not run for a gatekeeper that decides at once', async () => {
    const { knock, clock } = gatehouse((request, ws) => {
      ws.refuse(403);
      expect(clock.pendingTimers).toBe(1);
    });
    const client = knock();
    await client.response();
    await client.gone;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a refused client that stays', () => {
  test('is gone a second after it could have read the answer', async () => {
    const { http, clock } = gatehouse(() => undefined);
    const [near, far] = duplexPair();
    http.emit('connection', far);
    near.resume().write(upgradeRequest());
    await clock.advance(999);
    expect([near.readableEnded, far.destroyed]).toEqual([true, false]);
    await clock.advance(1);
    expect(far.destroyed).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is gone after closeTimeout when it does not even read the answer', async () => {
    const { http, clock } = gatehouse((request, ws) =>
      ws.refuse(403, { body: 'x'.repeat(1 << 20) }),
    );
    const [near, far] = duplexPair();
    http.emit('connection', far);
    near.write(upgradeRequest());
    await clock.advance(9_999);
    expect(far.destroyed).toBe(false);
    await clock.advance(1);
    expect(far.destroyed).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test('gets its whole answer also where closing has no time limit', async () => {
    const body = 'x'.repeat(16 << 20);
    const { knock } = await station((request, ws) => ws.refuse(403, { body }), {
      closeTimeout: 0,
    });
    expect((await knock().response()).body.length).toBe(body.length);
  });
});
