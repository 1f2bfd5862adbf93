import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { HandshakeEvent } from '../../src/connection/diagnostics.js';
import { resolveConnectionOptions } from '../../src/connection/options.js';
import { openWebSocket, WebSocket } from '../../src/connection/web-socket.js';
import { refusal } from '../../src/handshake/refusal.js';
import { resolveHandlerOptions } from '../../src/server/options.js';
import { Registry, resolveDrainOptions } from '../../src/server/registry.js';
import { duplexPair } from '../../src/testing/duplex-pair.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';

interface Hall {
  readonly clock: FakeClock;
  readonly registry: Registry;
  /** Lets a client in. `stuck` ones never answer. */
  enter(stuck?: boolean): { readonly ws: WebSocket; readonly client: WebSocket | undefined };
}

function hall(limits: Parameters<typeof resolveHandlerOptions>[0] = {}): Hall {
  const clock = fakeClock();
  const registry = new Registry(clock, resolveHandlerOptions(limits).capacity);
  const settings = resolveConnectionOptions({ clock, heartbeatInterval: 0, messageTimeout: 0 });
  const hooks = {
    onError: (error: unknown) => {
      throw error;
    },
    onClosed: (ws: WebSocket) => registry.delete(ws),
  };
  const enter = (stuck = false) => {
    const [near, far] = duplexPair();
    const ws = new WebSocket('server', settings, hooks);
    registry.add(ws);
    openWebSocket(ws, far, [], {});
    registry.onOpened(ws);
    onTestFinished(() => void near.destroy());
    const client = stuck ? undefined : WebSocket.over(near, { role: 'client', clock });
    return { ws, client };
  };
  return { clock, registry, enter };
}

const request = { method: 'GET', url: '/', headers: {} };

describe('goodbye', () => {
  test('up to 1,000 connections hear it at once', async () => {
    const { clock, registry, enter } = hall();
    const clients = Array.from({ length: 1_000 }, () => enter().client!);
    const closing = registry.close();
    const ends = await Promise.all(clients.map((client) => client.closed));
    await closing;
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1001]));
    expect(clock.now()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('more of them are spread over a second, evenly, and all hear it', async () => {
    const { clock, registry, enter } = hall();
    const clients = Array.from({ length: 1_500 }, () => enter().client!);
    const heardAt: number[] = [];
    for (const client of clients) void client.closed.then(() => heardAt.push(clock.now()));
    const closing = registry.close();
    await clock.advance(0);
    const first = heardAt.length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(100);
    await clock.advance(500);
    expect(heardAt.length).toBeGreaterThan(600);
    expect(heardAt.length).toBeLessThan(900);
    await clock.advance(500);
    await closing;
    expect(heardAt).toHaveLength(1_500);
    expect(Math.max(...heardAt)).toBeLessThanOrEqual(1_000);
    expect(clients.every((client) => client.closeInfo?.code === 1001)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([0, 1, 40])('within a grace time of %i ms all of them still hear it', async (grace) => {
    const { clock, registry, enter } = hall();
    const clients = Array.from({ length: 1_001 }, () => enter().client!);
    const closing = registry.close({ grace });
    await clock.advance(grace);
    await closing;
    await turn();
    const codes = clients.map((client) => client.closeInfo?.code);
    expect(codes.filter((code) => code === 1001)).toHaveLength(1_001);
  });

  test('is said, too, to whoever comes in while it is said', async () => {
    const { registry, enter } = hall();
    const first = enter();
    const closing = registry.close({ code: 1012 });
    const second = enter();
    expect((await first.client!.closed).code).toBe(1012);
    expect((await second.client!.closed).code).toBe(1012);
    await closing;
  });
});

describe('closing', () => {
  test('waits for connections, handshakes and gatekeepers, in any order', async () => {
    const { clock, registry, enter } = hall();
    enter();
    const handshake = { drain: vi.fn<() => void>() };
    registry.addPending(handshake);
    registry.gatekeeperBegan();
    let closed = false;
    const closing = registry.close().then(() => (closed = true));
    expect(registry.isClosing).toBe(true);
    expect(handshake.drain).toHaveBeenCalledOnce();
    await clock.advance(100);
    expect(registry.connections.size).toBe(0);
    registry.deletePending(handshake);
    await turn();
    expect(closed).toBe(false);
    registry.gatekeeperEnded();
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });

  test('gives up after the grace time, and terminates who is left', async () => {
    const { clock, registry, enter } = hall();
    const { ws } = enter(true);
    registry.gatekeeperBegan();
    const closing = registry.close({ grace: 50 });
    await clock.advance(49);
    expect(ws.state).toBe('closing');
    await clock.advance(1);
    await closing;
    expect(ws.state).toBe('closed');
    // A gatekeeper that ends after that ends nothing twice.
    registry.gatekeeperEnded();
    await registry.close();
  });

  test('is asked for once: later calls resolve with it', async () => {
    const { registry } = hall();
    const closing = registry.close();
    expect(registry.close({ grace: 1 })).toBe(closing);
    await closing;
    expect(registry.close()).toBe(closing);
  });

  test('may be asked for from within', async () => {
    const { registry } = hall();
    const again: Promise<void>[] = [];
    const handshake = {
      drain: () => {
        again.push(registry.close());
        registry.deletePending(handshake);
      },
    };
    registry.addPending(handshake);
    await registry.close();
    expect(await Promise.all(again)).toEqual([undefined]);
  });

  test('takes a code that may be sent and a grace time that can be waited for', () => {
    expect(resolveDrainOptions()).toEqual({ code: 1001, grace: 10_000 });
    expect(resolveDrainOptions({ code: 4999, grace: 2 ** 31 - 1 })).toEqual({
      code: 4999,
      grace: 2 ** 31 - 1,
    });
    const { registry } = hall();
    for (const options of [{ code: 1006 }, { code: 0 }, { grace: -1 }, { grace: 2 ** 31 }]) {
      expect(() => registry.close(options)).toThrow(RangeError);
    }
    expect(registry.isClosing).toBe(false);
  });
});

describe('who comes next', () => {
  test('is refused with 503 while the server is closing, before any other limit', async () => {
    const { registry } = hall({ maxConnections: 1 });
    expect(registry.refusalFor(request, false)).toBeUndefined();
    const closing = registry.close();
    expect(registry.refusalFor(request, false)).toMatchObject({
      status: 503,
      body: 'the server is closing\n',
    });
    await closing;
  });

  test('is refused when there is no room; a handshake does not stand in its own way', () => {
    const { registry, enter } = hall({ maxConnections: 2 });
    enter();
    const handshake = { drain: () => undefined };
    registry.addPending(handshake);
    expect(registry.refusalFor(request, false)?.status).toBe(503);
    expect(registry.refusalFor(request, false, 1)).toBeUndefined();
    registry.deletePending(handshake);
    expect(registry.refusalFor(request, false)).toBeUndefined();
  });

  test('is known by the address that a trusted proxy saw', () => {
    const { registry, enter } = hall({ maxConnectionsPerAddress: 1 });
    const { ws } = enter();
    registry.enter(ws, { clientAddress: '203.0.113.7' });
    const asking = {
      headers: { 'x-forwarded-for': '203.0.113.7' },
      socket: { remoteAddress: '127.0.0.1' },
    };
    expect(registry.refusalFor(asking, true)?.status).toBe(429);
    expect(registry.refusalFor(asking, false)).toBeUndefined();
    ws.terminate();
    expect(registry.refusalFor(asking, true)).toBeUndefined();
  });
});

describe('stats', () => {
  test('tell how things stand and what has happened', async () => {
    const { clock, registry, enter } = hall();
    const nothing = {
      connections: 0,
      pendingHandshakes: 0,
      runningGatekeepers: 0,
      accepted: 0,
      refused: 0,
      bufferedBytes: 0,
    };
    expect(registry.stats()).toEqual(nothing);
    const { ws } = enter(true);
    registry.addPending({ drain: () => undefined });
    registry.gatekeeperBegan();
    registry.onTurnedAway(request, refusal(403, 'no\n'));
    ws.send('x'.repeat(1_000_000));
    const stats = registry.stats();
    expect(stats).toMatchObject({
      connections: 1,
      pendingHandshakes: 1,
      runningGatekeepers: 1,
      accepted: 1,
      refused: 1,
    });
    expect(stats.bufferedBytes).toBeGreaterThan(900_000);
    ws.terminate();
    await clock.advance(0);
    expect(registry.stats()).toMatchObject({ connections: 0, accepted: 1, refused: 1 });
  });
});

describe('a client that was turned away', () => {
  const socket = { remoteAddress: '192.0.2.1' };
  const headers = { 'x-forwarded-for': '203.0.113.9' };

  test.each([
    [false, '192.0.2.1'],
    [true, '203.0.113.9'],
  ])('is told with all that is known of it; trustProxy: %s', (trustProxy, clientAddress) => {
    const events: HandshakeEvent[] = [];
    const onEvent = (event: unknown): void => void events.push(event as HandshakeEvent);
    subscribe('postern:handshake', onEvent);
    onTestFinished(() => void unsubscribe('postern:handshake', onEvent));
    const { registry } = hall();
    const asking = { method: 'GET', url: '/chat', originalUrl: '/mount/chat', headers, socket };
    registry.onTurnedAway(asking, refusal(503, 'the server is full\n'), trustProxy);
    expect(events).toEqual([
      {
        role: 'server',
        ws: undefined,
        request: expect.objectContaining({ method: 'GET', url: '/mount/chat', headers }) as unknown,
        outcome: 'refused',
        status: 503,
        subprotocol: '',
        connections: registry.connections,
        error: expect.objectContaining({ message: 'the server is full', status: 503 }) as unknown,
      },
    ]);
    expect(events[0]!.request.clientAddress).toBe(clientAddress);
    registry.onTurnedAway(asking, refusal(401, ''));
    expect(events[1]!.error).toMatchObject({ message: 'refused with 401', body: '' });
    expect(registry.stats().refused).toBe(2);
  });
});
