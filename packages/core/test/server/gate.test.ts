import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { HandshakeEvent } from '../../src/connection/diagnostics.js';
import type { WebSocket } from '../../src/connection/web-socket.js';
import { createHandler } from '../../src/node/handler.js';
import {
  Gate,
  type GateAnswer,
  type Gatekeeper,
  type HandshakeChoice,
  type Road,
} from '../../src/server/gate.js';
import type { HandlerOptions } from '../../src/server/options.js';
import { duplexPair } from '../../src/testing/duplex-pair.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { deferred } from './support/gatehouse.js';

const request = { method: 'GET', url: '/chat', headers: { host: 'localhost' } };

/** A road that writes down what it is told, and opens nothing by itself. */
class RecordingRoad implements Road {
  readonly told: unknown[] = [];
  onAccepted(_: Gate, { subprotocol, headers }: GateAnswer): void {
    this.told.push(['accepted', subprotocol, headers]);
  }
  onRefused(status: number, options: object): void {
    this.told.push(['refused', status, options]);
  }
  onThrown(_: Gate, error: unknown): void {
    this.told.push(['thrown', error]);
  }
  onTerminated(): void {
    this.told.push(['terminated']);
  }
}

interface Scene {
  readonly gate: Gate;
  readonly road: RecordingRoad;
  readonly heard: unknown[];
  readonly clock: ReturnType<typeof fakeClock>;
  readonly registry: ReturnType<typeof createHandler>['registry'];
  run(): Gate;
  open(): Duplex;
}

function scene(
  gatekeeper: Gatekeeper<string>,
  options: HandlerOptions = {},
  choice: HandshakeChoice = { offered: ['a', 'b'], selected: 'b', extensions: [] },
): Scene {
  const heard: unknown[] = [];
  const clock = fakeClock();
  const onError = (error: unknown): void => void heard.push(error);
  const handler = createHandler(gatekeeper, { clock, onError, ...options });
  const road = new RecordingRoad();
  const gate = new Gate(handler, choice, road);
  const [near, far] = duplexPair();
  onTestFinished(() => void near.destroy());
  handler.registry.addPending(gate);
  return {
    gate,
    road,
    heard,
    clock,
    registry: handler.registry,
    run: () => {
      gate.run(gatekeeper, request, 'context');
      return gate;
    },
    open: () => {
      gate.open(far, []);
      return near;
    },
  };
}

describe('the word of a gatekeeper goes to the road', () => {
  test('accepted at once: in the same turn, with what was chosen', () => {
    const { run, road } = scene((light, ws) => ws.accept());
    expect(run().isPending).toBe(true);
    expect(road.told).toEqual([['accepted', 'b', undefined]]);
  });

  test('accepted later: in the next microtask, with what it asks for', async () => {
    const word = deferred();
    const { run, road, gate } = scene(async (light, ws) => {
      await word.promise;
      await ws.accept({ subprotocol: 'a', headers: { 'X-A': ['1', '2'] } });
    });
    run();
    expect([gate.isAccepted, gate.isPending, road.told]).toEqual([false, true, []]);
    word.resolve();
    await turn();
    expect([gate.isAccepted, gate.isPending]).toEqual([true, true]);
    expect(road.told).toEqual([['accepted', 'a', { 'X-A': ['1', '2'] }]]);
  });

  test('refused: with status and options', () => {
    const options = { body: 'no', headers: { 'X-A': '1' } };
    const { run, road } = scene((light, ws) => ws.refuse(404, options));
    expect(run().isPending).toBe(false);
    expect(road.told).toEqual([['refused', 404, options]]);
  });

  test('ended without a word: 403', async () => {
    const { run, road } = scene(() => undefined);
    run();
    expect(road.told).toEqual([['refused', 403, {}]]);
  });

  test('thrown: the error itself, and nothing to onError, which is for the road', () => {
    const error = new Error('mine');
    const { run, road, heard } = scene(() => {
      throw error;
    });
    run();
    expect(road.told).toEqual([['thrown', error]]);
    expect(heard).toEqual([]);
  });

  test('terminated: nothing but that', () => {
    const { run, road, heard } = scene((light, ws) => ws.terminate());
    run();
    expect(road.told).toEqual([['terminated']]);
    expect(heard).toEqual([]);
  });

  test('gets its request and context', () => {
    const asked: unknown[] = [];
    const { run, gate } = scene((light, ws) => void asked.push(light, ws));
    run();
    expect(asked).toEqual([expect.objectContaining({ url: '/chat', context: 'context' }), gate.ws]);
  });
});

describe('opening', () => {
  test('resolves accept, and makes the subprotocol known', async () => {
    const { run, open, registry } = scene(async (light, ws) => {
      await ws.accept();
      await ws.closed;
    });
    const { ws } = run();
    open();
    expect([ws.state, ws.subprotocol]).toEqual(['open', 'b']);
    expect(registry.connections.has(ws)).toBe(true);
    expect(registry.stats()).toMatchObject({ pendingHandshakes: 0, runningGatekeepers: 1 });
  });

  test('a gatekeeper that threw meanwhile: 1011 and onError', async () => {
    const error = new Error('mine');
    const { run, open, heard } = scene((light, ws) => {
      void ws.accept();
      throw error;
    });
    const { ws } = run();
    open();
    expect(ws.state).toBe('closing');
    expect(heard).toEqual([error]);
  });

  test('one that ended meanwhile: 1000', async () => {
    const { run, open } = scene((light, ws) => void ws.accept());
    const { ws } = run();
    const near = open();
    await turn();
    expect(ws.state).toBe('closing');
    expect((near.read() as Buffer).toString('hex')).toBe('880203e8');
  });

  test('what came to nothing before is not opened', () => {
    const { run, open, gate } = scene((light, ws) => void ws.accept());
    run();
    gate.fail('POSTERN_ERR_HANDSHAKE_ANSWERED', 'the client was answered with 302', 302);
    open();
    expect(gate.ws.state).toBe('closed');
  });
});

describe('a handshake that comes to nothing by something else', () => {
  test('fails everything that waits for it with a HandshakeError', async () => {
    const { run, gate, registry, heard } = scene(async (light, ws) => {
      const outcomes = await Promise.allSettled([ws.accept(), ws.read()]);
      throw (outcomes[0] as PromiseRejectedResult).reason;
    });
    const { ws } = run();
    gate.fail('POSTERN_ERR_HANDSHAKE_ANSWERED', 'the client was answered with 302', 302);
    const cause = { code: 'POSTERN_ERR_HANDSHAKE_ANSWERED', status: 302 };
    expect(await ws.closed).toMatchObject({ code: 1006, cause });
    await turn();
    expect(registry.stats()).toMatchObject({
      pendingHandshakes: 0,
      runningGatekeepers: 0,
      refused: 1,
    });
    expect(heard).toEqual([]);
  });

  test.each<[string, Gatekeeper<string>]>([
    ['refused', (light, ws) => ws.refuse(404)],
    ['failed', (light, ws) => ws.terminate()],
  ])('is not told twice when it was %s', async (_, gatekeeper) => {
    const { run, gate } = scene(gatekeeper);
    const { ws } = run();
    const end = ws.closeInfo;
    gate.fail('POSTERN_ERR_HANDSHAKE_ABORTED', 'the client left');
    expect(ws.closeInfo).toBe(end);
  });

  test('nor once it is open', () => {
    const { run, gate, open } = scene((light, ws) => ws.accept());
    const { ws } = run();
    open();
    gate.fail('POSTERN_ERR_HANDSHAKE_ABORTED', 'the client left');
    expect(ws.closeInfo).toBeUndefined();
  });

  test('by the server that closes: 503, unless it has been decided', () => {
    const undecided = scene(() => new Promise(() => {}));
    undecided.run().drain();
    expect(undecided.road.told).toEqual([['refused', 503, { body: 'the server is closing\n' }]]);
    const decided = scene((light, ws) => ws.accept());
    decided.run().drain();
    expect(decided.road.told).toEqual([['accepted', 'b', undefined]]);
    expect(decided.gate.isPending).toBe(true);
  });
});

describe('the deadline', () => {
  const never: Gatekeeper<string> = () => new Promise(() => {});

  test('is met by a 503 that onError hears of, once', async () => {
    const { run, road, clock, heard } = scene(never);
    run().armDeadline();
    await clock.advance(20_000);
    expect(road.told).toMatchObject([['refused', 503, {}]]);
    expect(heard).toMatchObject([{ code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT', status: 503 }]);
  });

  test('holds for a 101 that does not leave, too', async () => {
    const { run, road, clock, heard } = scene((light, ws) => ws.accept());
    run().armDeadline();
    await clock.advance(10_000);
    expect(road.told).toMatchObject([
      ['accepted', 'b', undefined],
      ['refused', 503, {}],
    ]);
    expect(heard).toMatchObject([{ code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT' }]);
  });

  test('is not set where there is none, or where nobody waits', () => {
    const without = scene(never, { handshakeTimeout: 0 });
    without.run().armDeadline();
    expect(without.clock.pendingTimers).toBe(0);
    const decided = scene(() => undefined);
    decided.run().armDeadline();
    expect(decided.clock.pendingTimers).toBe(0);
  });

  test.each<[string, (ws: WebSocket) => unknown]>([
    ['refused', (ws) => ws.refuse(403)],
    ['terminated', (ws) => ws.terminate()],
    ['closed', (ws) => ws.close()],
  ])('is lifted when the client is %s', (_, decide) => {
    const { run, clock, gate } = scene(never);
    run().armDeadline();
    expect(clock.pendingTimers).toBe(1);
    decide(gate.ws);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('postern:handshake', () => {
  function listening(): HandshakeEvent[] {
    const events: HandshakeEvent[] = [];
    const onEvent = (message: unknown): void => void events.push(message as HandshakeEvent);
    subscribe('postern:handshake', onEvent);
    onTestFinished(() => void unsubscribe('postern:handshake', onEvent));
    return events;
  }

  test.each<[string, Gatekeeper<string>, Partial<HandshakeEvent>]>([
    ['refused', (light, ws) => ws.refuse(404), { outcome: 'refused', status: 404 }],
    ['failed', () => Promise.reject(new Error('mine')), { outcome: 'failed', status: 500 }],
    ['terminated', (light, ws) => ws.terminate(), { outcome: 'failed', status: undefined }],
  ])('tells of a client that was %s', async (_, gatekeeper, expected) => {
    const events = listening();
    const { run, gate } = scene(gatekeeper);
    run();
    await turn();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ role: 'server', ...expected, request: { url: '/chat' } });
    expect(events[0]).toMatchObject({ subprotocol: '', connections: { size: 0 } });
    expect(events[0]!.ws).toBe(gate.ws);
    expect(events[0]!.error).toMatchObject({ name: 'HandshakeError' });
  });

  test('tells of a client that is in, before its first message is read', () => {
    const events = listening();
    const order: string[] = [];
    const { run, gate, registry } = scene((light, ws) =>
      ws.listen(() => void order.push('message')),
    );
    run();
    const onEvent = (event: unknown): void => {
      order.push('handshake');
      expect((event as HandshakeEvent).connections!.has(gate.ws)).toBe(true);
    };
    subscribe('postern:handshake', onEvent);
    const onOpen = (): void => void order.push('open');
    subscribe('postern:open', onOpen);
    const [near, far] = duplexPair();
    onTestFinished(() => void near.destroy());
    gate.open(far, [Buffer.from('81816161616100', 'hex')]);
    unsubscribe('postern:handshake', onEvent);
    unsubscribe('postern:open', onOpen);
    expect(events).toMatchObject([
      { outcome: 'accepted', status: 101, subprotocol: 'b', error: undefined },
    ]);
    expect(events[0]!.connections).toBe(registry.connections);
    expect(order).toEqual(['handshake', 'open', 'message']);
  });
});
