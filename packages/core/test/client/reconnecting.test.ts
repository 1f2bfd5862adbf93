import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest';

import type { LinkState, ReconnectingOptions } from '../../src/client/reconnecting-options.js';
import { reconnecting, type Reconnecting } from '../../src/client/reconnecting.js';
import type { WebSocket } from '../../src/connection/web-socket.js';
import { closeFrame, textFrame, unmaskedFrames } from './support/frames.js';
import { ManualClock } from './support/manual-clock.js';
import {
  headerOf,
  serveRaw,
  switching,
  type RawClient,
  type RawServer,
} from './support/raw-server.js';

type Answer = (client: RawClient) => void;

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5));
afterEach(() => void vi.restoreAllMocks());

/** Lets the client in, and answers its close frame. */
const letIn: Answer = ({ socket, key }) => {
  socket.write(switching(key));
  socket.on('data', (chunk) => {
    const last = unmaskedFrames(chunk).at(-1);
    if (last?.opcode === 8) socket.end(closeFrame(last.payload.readUInt16BE(0)));
  });
};

/** Lets the client in, and closes at once with this code. */
const letInAndClose =
  (code: number): Answer =>
  ({ socket, key }) => {
    socket.write(Buffer.concat([Buffer.from(switching(key)), closeFrame(code)]));
    socket.on('data', () => socket.end());
  };

const refuse =
  (status: number, header = 'X: y'): Answer =>
  ({ socket }) =>
    socket.end(`HTTP/1.1 ${status} No\r\n${header}\r\nContent-Length: 0\r\n\r\n`);

const hangUp: Answer = ({ socket }) => socket.resetAndDestroy();

/** A server that answers each client in turn, the last answer for all that follow. */
function serveInTurn(...answers: readonly Answer[]): Promise<RawServer> {
  let count = 0;
  return serveRaw((client) => {
    const answer = answers[Math.min(count, answers.length - 1)]!;
    count += 1;
    answer(client);
  });
}

interface Watched {
  readonly link: Reconnecting;
  readonly clock: ManualClock;
  readonly states: LinkState[];
  /** The waits between attempts. */
  waits(): number[];
}

/** On a clock that jumps over every wait. */
function watch(
  url: Parameters<typeof reconnecting>[0],
  options: ReconnectingOptions = {},
): Watched {
  const clock = new ManualClock();
  const states: LinkState[] = [];
  const onState = (state: LinkState): void => {
    states.push(state);
    if (state.state === 'waiting') setImmediate(() => clock.advance(state.delay));
  };
  const link = reconnecting(url, { clock, onState, ...options });
  const waits = (): number[] =>
    states.flatMap((each) => (each.state === 'waiting' ? [each.delay] : []));
  return { link, clock, states, waits };
}

describe('the loop', () => {
  test('gets one connection after another, until it is left', async () => {
    const { url, clients } = await serveInTurn(letInAndClose(1001), hangUp, refuse(503), letIn);
    const { link, states } = watch(url);
    const seen: WebSocket[] = [];
    for await (const ws of link) {
      seen.push(ws);
      if (seen.length === 2) break;
      await ws.closed;
    }
    expect(clients).toHaveLength(4);
    expect(seen.map(({ closeInfo }) => closeInfo?.code)).toEqual([1001, 1000]);
    expect(states.map(({ state }) => state).join(' ')).toBe(
      'connecting open waiting connecting waiting connecting waiting connecting open closed',
    );
    expect(link.state).toBe('closed');
  });

  test('closes the connection that its body leaves open with 1000, and comes back', async () => {
    const { url, clients } = await serveInTurn(letIn);
    const seen: WebSocket[] = [];
    for await (const ws of watch(url).link) {
      seen.push(ws);
      if (seen.length === 2) break;
      expect(ws.isOpen).toBe(true);
    }
    expect(seen[0]!.closeInfo).toMatchObject({ code: 1000, initiator: 'local' });
    expect(clients).toHaveLength(2);
  });

  test('delivers what came before the end of a connection', async () => {
    const { url } = await serveInTurn(({ socket, key }) => {
      const frames = [textFrame('one'), textFrame('two'), closeFrame(1001)];
      socket.end(Buffer.concat([Buffer.from(switching(key)), ...frames]));
    });
    const messages: unknown[] = [];
    for await (const ws of watch(url).link) {
      for await (const message of ws) messages.push(message);
      if (messages.length === 4) break;
    }
    expect(messages).toEqual(['one', 'two', 'one', 'two']);
  });

  test('closes with 1000 when its body throws', async () => {
    const { url } = await serveInTurn(letIn);
    let seen: WebSocket | undefined;
    const loop = async (): Promise<void> => {
      for await (const ws of watch(url).link) {
        seen = ws;
        throw new Error('mine');
      }
    };
    await expect(loop()).rejects.toThrow(new Error('mine'));
    expect(seen?.closeInfo).toMatchObject({ code: 1000, initiator: 'local' });
  });

  test('may be left before it began', async () => {
    const { url, clients } = await serveInTurn(letIn);
    const { link, states } = watch(url);
    expect(await link.return()).toEqual({ done: true, value: undefined });
    expect(await link.next()).toEqual({ done: true, value: undefined });
    expect(states).toEqual([{ state: 'closed' }]);
    expect(clients).toEqual([]);
  });

  test('may be left while it waits for a connection, by await using, too', async () => {
    const { url } = await serveInTurn(() => undefined);
    const { link } = watch(url);
    const next = link.next();
    await turn();
    await link[Symbol.asyncDispose]();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(link.state).toBe('closed');
  });
});

describe('the wait', () => {
  test('doubles with each failure, with full jitter', async () => {
    const failures = Array.from({ length: 8 }, () => refuse(503));
    const { url } = await serveInTurn(...failures, letIn);
    const { link, waits } = watch(url);
    for await (const ws of link) if (ws.isOpen) break;
    expect(waits()).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test('goes on growing while connections do not last', async () => {
    const { url } = await serveInTurn(letInAndClose(1001));
    const { link, waits } = watch(url);
    for await (const ws of link) {
      await ws.closed;
      if (waits().length === 3) break;
    }
    expect(waits()).toEqual([500, 1000, 2000]);
  });

  test('is short again after a connection that has lasted', async () => {
    const { url } = await serveInTurn(refuse(503), refuse(503), letIn);
    const { link, clock, waits } = watch(url, { stableAfter: 3000 });
    let rounds = 0;
    for await (const ws of link) {
      expect(ws.isOpen).toBe(true);
      rounds += 1;
      if (rounds === 3) break;
      clock.advance(rounds === 1 ? 2999 : 3000);
    }
    expect(waits()).toEqual([500, 1000, 2000, 500]);
  });

  test('has bounds that can be chosen, and hears Retry-After', async () => {
    const later = refuse(503, 'Retry-After: 3');
    const { url } = await serveInTurn(refuse(503), later, refuse(503, 'Retry-After: 9'), letIn);
    const { link, waits } = watch(url, { minDelay: 10, maxDelay: 5000 });
    for await (const ws of link) if (ws.isOpen) break;
    expect(waits()).toEqual([5, 3000, 5000]);
  });

  test('ends when the signal aborts', async () => {
    const { url } = await serveInTurn(refuse(503));
    const controller = new AbortController();
    const clock = new ManualClock();
    const link = reconnecting(url, {
      clock,
      signal: controller.signal,
      onState: ({ state }) => void (state === 'waiting' && setImmediate(() => controller.abort())),
    });
    expect(await link.next()).toEqual({ done: true, value: undefined });
    expect(clock.waiting).toBe(0);
  });
});

describe('what ends the loop', () => {
  test.each([
    [403, 'POSTERN_ERR_HANDSHAKE_STATUS'],
    [404, 'POSTERN_ERR_HANDSHAKE_STATUS'],
  ])('status %i: it is thrown', async (status, code) => {
    const { url, clients } = await serveInTurn(refuse(status));
    const { link } = watch(url);
    await expect(link.next()).rejects.toMatchObject({ name: 'HandshakeError', status, code });
    expect(await link.next()).toEqual({ done: true, value: undefined });
    expect(clients).toHaveLength(1);
  });

  test('close code 1008: it is thrown after the body has ended', async () => {
    const { url } = await serveInTurn(letInAndClose(1008));
    const { link } = watch(url);
    const loop = async (): Promise<void> => {
      for await (const ws of link) await ws.closed;
    };
    await expect(loop()).rejects.toMatchObject({
      name: 'ConnectionClosedError',
      closeCode: 1008,
    });
  });

  test('the caller’s own policy', async () => {
    const { url, clients } = await serveInTurn(refuse(403), refuse(403), letInAndClose(4001));
    const errors: unknown[] = [];
    const shouldReconnect = (error: unknown): boolean => {
      errors.push(error);
      return (error as { status?: number }).status === 403;
    };
    const { link } = watch(url, { shouldReconnect });
    const loop = async (): Promise<void> => {
      for await (const ws of link) await ws.closed;
    };
    await expect(loop()).rejects.toMatchObject({ closeCode: 4001 });
    expect(errors).toMatchObject([{ status: 403 }, { status: 403 }, { closeCode: 4001 }]);
    expect(clients).toHaveLength(3);
  });

  test('the signal: quietly, and an open connection closes with 1001', async () => {
    const { url } = await serveInTurn(letIn);
    const controller = new AbortController();
    const { signal } = controller;
    let seen: WebSocket | undefined;
    for await (const ws of watch(url, { signal }).link) {
      seen = ws;
      setImmediate(() => controller.abort());
      for await (const message of ws) expect(message).toBeUndefined();
    }
    expect(seen?.closeInfo).toMatchObject({ code: 1001, initiator: 'local' });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('a signal that has been aborted before', async () => {
    const { url, clients } = await serveInTurn(letIn);
    const { link } = watch(url, { signal: AbortSignal.abort() });
    expect(await link.next()).toEqual({ done: true, value: undefined });
    expect(clients).toEqual([]);
  });
});

describe('url and headers', () => {
  test('are asked before every attempt', async () => {
    const { url, clients } = await serveInTurn(hangUp, letIn);
    let token = 0;
    const { link } = watch(() => `${url}/${token}`, {
      headers: async () => {
        await turn();
        token += 1;
        return { Authorization: `Bearer ${token}` };
      },
    });
    for await (const ws of link) if (ws.isOpen) break;
    expect(clients.map(({ head }) => headerOf(head, 'Authorization'))).toEqual([
      'Bearer 1',
      'Bearer 2',
    ]);
    expect(clients.map(({ head }) => head.split(' ')[1])).toEqual(['/0', '/1']);
  });

  test('that fail are another reason to try again', async () => {
    const { url } = await serveInTurn(letIn);
    let calls = 0;
    const provide = async (): Promise<string> => {
      calls += 1;
      if (calls === 1) throw new Error('no token');
      return url;
    };
    const { link, states } = watch(provide);
    for await (const ws of link) if (ws.isOpen) break;
    expect(states[1]).toMatchObject({
      state: 'waiting',
      error: { code: 'POSTERN_ERR_PROVIDER_FAILED', cause: { message: 'no token' } },
    });
  });

  test('that take for ever are another reason, too', async () => {
    const { url } = await serveInTurn(letIn);
    const clock = new ManualClock();
    let calls = 0;
    const headers = (): Promise<Record<string, string>> => {
      calls += 1;
      if (calls > 1) return Promise.resolve({});
      setImmediate(() => clock.advance(10_000));
      return new Promise(() => undefined);
    };
    const { link, states } = watch(url, { clock, headers });
    const onWait = setInterval(() => clock.advance(500), 1);
    for await (const ws of link) if (ws.isOpen) break;
    clearInterval(onWait);
    expect(states[1]).toMatchObject({
      state: 'waiting',
      error: { code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT' },
    });
  });
});

describe('greet', () => {
  test('runs on each connection before the loop gets it', async () => {
    const { url } = await serveInTurn(letInAndClose(1001), letIn);
    const greeted: unknown[] = [];
    const { link } = watch(url, { greet: (ws) => void greeted.push(ws) });
    const seen: unknown[] = [];
    for await (const ws of link) {
      seen.push(ws);
      expect(greeted).toEqual(seen);
      if (seen.length === 2) break;
      await ws.closed;
    }
  });

  test('that throws ends the loop, and the connection with 1011', async () => {
    const { url } = await serveInTurn(letIn);
    let seen: WebSocket | undefined;
    const greet = (ws: WebSocket): never => {
      seen = ws;
      throw new Error('mine');
    };
    await expect(watch(url, { greet }).link.next()).rejects.toThrow(new Error('mine'));
    expect(seen?.closeInfo).toMatchObject({ initiator: 'local' });
  });

  test('that meets the end of the connection is followed by another attempt', async () => {
    const { url, clients } = await serveInTurn(letInAndClose(1001), letIn);
    const greet = async (ws: WebSocket): Promise<void> => {
      if (clients.length === 1) await ws.read();
    };
    for await (const ws of watch(url, { greet }).link) {
      expect(ws.isOpen).toBe(true);
      break;
    }
    expect(clients).toHaveLength(2);
  });
});

describe('greet that never ends', () => {
  const never = (): Promise<void> => new Promise(() => {});

  test('is left when the connection is lost, and another attempt follows', async () => {
    const { url, clients } = await serveInTurn(letInAndClose(1001), letIn);
    const greet = (): Promise<void> | undefined => (clients.length === 1 ? never() : undefined);
    for await (const ws of watch(url, { greet }).link) {
      expect(ws.isOpen).toBe(true);
      break;
    }
    expect(clients).toHaveLength(2);
  });

  test('is left when the loop is, or the signal aborts', async () => {
    const { url, clients } = await serveInTurn(letIn);
    const given = new AbortController();
    const { signal } = given;
    const stuckUntil = (end: () => void) => (): Promise<void> => {
      setImmediate(end);
      return never();
    };
    const left = watch(url, { greet: stuckUntil(() => void left.return()) }).link;
    expect(await left.next()).toEqual({ done: true, value: undefined });
    const { link } = watch(url, { greet: stuckUntil(() => given.abort()), signal });
    expect(await link.next()).toEqual({ done: true, value: undefined });
    await Promise.all(clients.map(({ gone }) => gone));
  });
});

describe('write', () => {
  /** Answers that keep what the client writes. */
  function keep(): { answer: Answer; texts: () => string[] } {
    const chunks: Buffer[] = [];
    const answer: Answer = (client) => {
      letIn(client);
      client.socket.on('data', (chunk) => chunks.push(chunk));
    };
    const texts = (): string[] =>
      unmaskedFrames(Buffer.concat(chunks))
        .filter(({ opcode }) => opcode === 1)
        .map(({ payload }) => payload.toString());
    return { answer, texts };
  }

  test('goes to the connection that is open', async () => {
    const { answer, texts } = keep();
    const { url } = await serveInTurn(answer);
    const { link } = watch(url);
    for await (const ws of link) {
      await link.write('hello');
      expect(ws.isOpen).toBe(true);
      break;
    }
    expect(texts()).toEqual(['hello']);
  });

  test('rejects by default while there is no connection, and leaves no unhandled rejection', async () => {
    const { link } = watch('ws://127.0.0.1:1');
    void link.write('ignored');
    await expect(link.write('x')).rejects.toMatchObject({
      name: 'StateError',
      code: 'POSTERN_ERR_AWAY',
      message: 'write while connecting, expected open; see the option whileAway',
    });
  });

  test('forgets the message with whileAway: drop', async () => {
    const { answer, texts } = keep();
    const { url } = await serveInTurn(answer);
    const { link } = watch(url, { whileAway: 'drop' });
    await link.write('lost');
    for await (const ws of link) {
      await ws.write('kept');
      break;
    }
    expect(texts()).toEqual(['kept']);
  });

  test('waits with whileAway: queue, behind what greet writes', async () => {
    const { answer, texts } = keep();
    const { url } = await serveInTurn(hangUp, answer);
    const { link } = watch(url, {
      whileAway: 'queue',
      greet: async (ws) => {
        await ws.write('login');
        void link.write('three');
      },
    });
    const written = Promise.all([link.write('one'), link.write('two')]);
    for await (const ws of link) {
      await written;
      await ws.write('four');
      break;
    }
    expect(texts()).toEqual(['login', 'one', 'two', 'three', 'four']);
  });

  test('waits while the loop’s body is still busy with a connection that has ended', async () => {
    const { answer, texts } = keep();
    const { url } = await serveInTurn(letInAndClose(1001), answer);
    const { link } = watch(url, { whileAway: 'queue' });
    let rounds = 0;
    for await (const ws of link) {
      rounds += 1;
      if (rounds === 2) break;
      await ws.closed;
      void link.write('later');
    }
    expect(texts()).toEqual(['later']);
  });

  test('rejects when more would wait than maxQueue', async () => {
    const { link } = watch('ws://127.0.0.1:1', { whileAway: 'queue', maxQueue: 5 });
    void link.write('ééx');
    await expect(link.write('x')).rejects.toMatchObject({ code: 'POSTERN_ERR_QUEUE_FULL' });
    await expect(link.write(1 as never)).rejects.toThrow(TypeError);
  });

  test('rejects what waits when no connection will come any more', async () => {
    const { url } = await serveInTurn(refuse(403));
    const { link } = watch(url, { whileAway: 'queue' });
    const outcome = link.write('x');
    await expect(link.next()).rejects.toMatchObject({ status: 403 });
    await expect(outcome).rejects.toMatchObject({ code: 'POSTERN_ERR_AWAY' });
    await expect(link.write('y')).rejects.toThrow('write to a client that will not come back');
  });
});

describe('a mistake of the caller', () => {
  test.each([
    [{ minDelay: -1 }, 'minDelay is -1, expected a whole number from 0 to 2147483647'],
    [{ whileAway: 'keep' }, "whileAway is keep, expected 'reject', 'drop' or 'queue'"],
    [{ timeout: 0.5 }, 'timeout is 0.5, expected a whole number from 0 to 2147483647'],
  ])('%j is a RangeError at once', (options, message) => {
    expect(() => reconnecting('ws://x', options as object)).toThrow(new RangeError(message));
  });

  test.each([
    ['chat', {}, 'url: expected an absolute URL, got "chat"'],
    ['ws://x', { greet: 'hello' }, 'greet is string, expected a function'],
    ['ws://x', { subprotocols: ['a', 'a'] }, 'subprotocols: expected every item only once'],
  ])('%s with %j is a TypeError at once', (url, options: object, message) => {
    expect(() => reconnecting(url, options)).toThrow(new TypeError(message));
  });

  const problem = new Error('mine');

  test.each<[string, () => void]>([
    [
      'throw',
      () => {
        throw problem;
      },
    ],
    ['rejection', () => Promise.reject(problem)],
  ])('a %s of onState goes to onError', async (_, onState) => {
    const { url } = await serveInTurn(letIn);
    const onError = vi.fn<(error: unknown) => void>();
    for await (const ws of reconnecting(url, { onError, onState })) if (ws.isOpen) break;
    expect(onError.mock.calls.map(([error]) => error)).toEqual([problem, problem, problem]);
  });
});

test('the types are those of an async iterator of WebSockets', () => {
  const forms = (): unknown => [
    expectTypeOf(reconnecting('ws://x').next()).resolves.toEqualTypeOf<
      IteratorResult<WebSocket, undefined>
    >(),
    reconnecting(async () => new URL('ws://x'), { headers: () => ({ a: 'b' }) }),
  ];
  expect(forms).toBeTypeOf('function');
});
