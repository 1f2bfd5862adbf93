import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import { Agent } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, expectTypeOf, test, vi } from 'vitest';

import { open } from '../../src/client/open.js';
import type { WebSocket } from '../../src/connection/web-socket.js';
import { frame } from '../support/frame-builder.js';
import { closeFrame, textFrame, unmaskedFrames } from './support/frames.js';
import { ManualClock } from './support/manual-clock.js';
import { headerOf, serveRaw, switching, type RawClient } from './support/raw-server.js';

/** Lets the client in, sends `frames`, answers its close frame, and keeps the bytes that it sent. */
function conversation(frames: readonly Buffer[] = []): {
  readonly answer: (client: RawClient) => void;
  readonly received: Buffer[];
} {
  const received: Buffer[] = [];
  const answer = ({ socket, key }: RawClient): void => {
    socket.write(Buffer.concat([Buffer.from(switching(key)), ...frames]));
    socket.on('data', (chunk) => {
      received.push(chunk);
      const last = unmaskedFrames(Buffer.concat(received)).at(-1);
      if (last?.opcode === 8) socket.end(frame({ opcode: 8, payload: last.payload }));
    });
  };
  return { answer, received };
}

describe('the request', () => {
  test('is a GET of path and query with the headers of RFC 6455, section 4.1', async () => {
    const { answer } = conversation();
    const { url, port, clients } = await serveRaw(answer);
    await using ws = await open(`${url}/chat?x=%2F`);
    const { head, key } = clients[0]!;
    expect(ws.isOpen).toBe(true);
    expect(head.split('\r\n')[0]).toBe('GET /chat?x=%2F HTTP/1.1');
    expect(headerOf(head, 'Host')).toBe(`127.0.0.1:${port}`);
    expect(headerOf(head, 'Upgrade')).toBe('websocket');
    expect(headerOf(head, 'Connection')).toBe('Upgrade');
    expect(headerOf(head, 'Sec-WebSocket-Version')).toBe('13');
    expect(Buffer.from(key, 'base64')).toHaveLength(16);
    expect(headerOf(head, 'Origin')).toBeUndefined();
    expect(headerOf(head, 'Sec-WebSocket-Protocol')).toBeUndefined();
    expect(headerOf(head, 'Sec-WebSocket-Extensions')).toBeUndefined();
  });

  test('has what the options add', async () => {
    const { answer } = conversation();
    const { url, clients } = await serveRaw(answer);
    const headers = { 'X-Token': 'abc', Cookie: ['a=1', 'b=2'], Host: 'elsewhere.test' };
    const ws = await open(new URL(url), { headers, origin: 'https://page.test' });
    await ws.close();
    const { head } = clients[0]!;
    expect(headerOf(head, 'X-Token')).toBe('abc');
    expect(headerOf(head, 'Cookie')).toBe('a=1; b=2');
    expect(headerOf(head, 'Host')).toBe('elsewhere.test');
    expect(headerOf(head, 'Origin')).toBe('https://page.test');
  });

  test('takes http: for ws:, and user and password of the URL as basic authentication', async () => {
    const { answer } = conversation();
    const { port, clients } = await serveRaw(answer);
    await (await open(`http://user:pa%20ss@127.0.0.1:${port}`)).close();
    const expected = `Basic ${Buffer.from('user:pa ss').toString('base64')}`;
    expect(headerOf(clients[0]!.head, 'Authorization')).toBe(expected);
    expect(headerOf(clients[0]!.head, 'Host')).toBe(`127.0.0.1:${port}`);
  });

  test('lets a header Authorization win over the URL', async () => {
    const { answer } = conversation();
    const { port, clients } = await serveRaw(answer);
    const headers = { authorization: 'Bearer x' };
    await (await open(`ws://user:pass@127.0.0.1:${port}`, { headers })).close();
    expect(headerOf(clients[0]!.head, 'Authorization')).toBe('Bearer x');
  });

  test('goes through an agent, which then does not keep the socket', async () => {
    const { answer } = conversation();
    const { url } = await serveRaw(answer);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await using first = await open(url, { agent });
    await using second = await open(url, { agent });
    expect([first.isOpen, second.isOpen]).toEqual([true, true]);
    agent.destroy();
  });
});

describe('the connection', () => {
  test('has the subprotocol that the server chose', async () => {
    const { url, clients } = await serveRaw(({ socket, key }) => {
      socket.write(switching(key, ['Sec-WebSocket-Protocol: beta']));
    });
    const ws = await open(url, { subprotocols: ['alpha', 'beta'] });
    expect(headerOf(clients[0]!.head, 'Sec-WebSocket-Protocol')).toBe('alpha, beta');
    expect(ws.subprotocol).toBe('beta');
    expect(ws.role).toBe('client');
    ws.terminate();
  });

  test('has no subprotocol when the server chose none', async () => {
    const { answer } = conversation();
    const { url } = await serveRaw(answer);
    await using ws = await open(url, { subprotocols: ['alpha'] });
    expect(ws.subprotocol).toBe('');
  });

  test('reads frames that came in one piece with the 101, before later ones', async () => {
    const { url } = await serveRaw(({ socket, key }) => {
      const early = [textFrame('one'), textFrame('two'), textFrame('thr').subarray(0, 3)];
      socket.write(Buffer.concat([Buffer.from(switching(key)), ...early]), () => {
        socket.write(Buffer.concat([textFrame('thr').subarray(3), textFrame('four')]));
      });
    });
    const ws = await open(url);
    expect([await ws.read(), await ws.read(), await ws.read(), await ws.read()]).toEqual([
      'one',
      'two',
      'thr',
      'four',
    ]);
    ws.terminate();
  });

  test('is masked, and carries the options of a connection', async () => {
    const { answer, received } = conversation();
    const { url } = await serveRaw(answer);
    const ws = await open(url, { maxMessageSize: 2 });
    await ws.write('hello');
    await ws.close();
    expect(unmaskedFrames(Buffer.concat(received))[0]).toEqual({
      opcode: 1,
      payload: Buffer.from('hello'),
    });
    const large = conversation([textFrame('abc')]);
    const server = await serveRaw(large.answer);
    const failing = await open(server.url, { maxMessageSize: 2 });
    expect(await failing.closed).toMatchObject({ code: 1009 });
  });

  test('reports what a callback throws to onError, and closes with 1011', async () => {
    const { answer } = conversation([textFrame('boom')]);
    const { url } = await serveRaw(answer);
    const onError = vi.fn<(error: unknown) => void>();
    const ws = await open(url, { onError });
    const problem = new Error('mine');
    await ws.listen(() => {
      throw problem;
    });
    expect(onError.mock.calls).toEqual([[problem, ws]]);
    expect(await ws.closed).toMatchObject({ code: 1011 });
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('in onError');
      },
    ],
    ['rejects', () => Promise.reject(new Error('in onError'))],
  ])('ends as it should when onError %s, which is printed', async (_, onError) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { answer } = conversation([textFrame('boom')]);
    const { url } = await serveRaw(answer);
    const ws = await open(url, { onError });
    await ws.listen(() => {
      throw new Error('mine');
    });
    const printed = stderr.mock.calls.map(([text]) => String(text));
    stderr.mockRestore();
    expect(ws.closeInfo).toMatchObject({ code: 1011 });
    expect(printed).toEqual([expect.stringContaining('Error: in onError')]);
  });

  test('ends cleanly when the server resets it at once', async () => {
    const { url } = await serveRaw(({ socket, key }) => {
      socket.write(switching(key), () => socket.resetAndDestroy());
    });
    const ws = await open(url);
    expect(await ws.closed).toMatchObject({ code: 1006, initiator: 'network' });
  });

  test('leaves no timer, and nothing of the request in memory', async () => {
    const { answer } = conversation();
    const { url } = await serveRaw(answer);
    const clock = new ManualClock();
    const requests: WeakRef<object>[] = [];
    const note = (message: unknown): void => {
      const { request } = message as { request: object };
      requests.push(new WeakRef(request));
    };
    subscribe('http.client.request.start', note);
    const { signal } = new AbortController();
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => open(url, { clock, signal, headers: { a: 'b' } })),
    );
    unsubscribe('http.client.request.start', note);
    expect(clock.waiting).toBe(0);
    expect(requests).toHaveLength(20);
    for (let round = 0; round < 10; round += 1) {
      await turn();
      globalThis.gc!();
    }
    expect(requests.filter((each) => each.deref() !== undefined)).toHaveLength(0);
    for (const ws of sockets) ws.terminate();
  });
});

describe('open with a function', () => {
  test('resolves with what it returns, after the closing handshake with 1000', async () => {
    const { answer, received } = conversation();
    const { url, clients } = await serveRaw(answer);
    let seen: WebSocket | undefined;
    const result = await open(url, async (ws) => {
      seen = ws;
      await ws.write('last words');
      return 42;
    });
    expect(result).toBe(42);
    expect(seen?.closeInfo).toMatchObject({ code: 1000, wasClean: true, initiator: 'local' });
    expect(seen?.state).toBe('closed');
    await clients[0]!.gone;
    expect(unmaskedFrames(Buffer.concat(received))).toEqual([
      { opcode: 1, payload: Buffer.from('last words') },
      { opcode: 8, payload: Buffer.from([0x03, 0xe8]) },
    ]);
  });

  test('takes options behind the function', async () => {
    const { answer } = conversation();
    const { url, clients } = await serveRaw(answer);
    await open(url, () => undefined, { headers: { 'X-Token': 'abc' } });
    expect(headerOf(clients[0]!.head, 'X-Token')).toBe('abc');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
  ])('closes with 1011 and rejects with the same when it %s', async (_, use) => {
    const { answer, received } = conversation();
    const { url } = await serveRaw(answer);
    await expect(open(url, use)).rejects.toThrow(new Error('mine'));
    expect(unmaskedFrames(Buffer.concat(received))).toEqual([
      { opcode: 8, payload: Buffer.from([0x03, 0xf3]) },
    ]);
  });

  test('rejects with how the connection ended when the function does', async () => {
    const { url } = await serveRaw(({ socket, key }) => {
      socket.write(Buffer.concat([Buffer.from(switching(key)), closeFrame(1001)]));
      socket.on('data', () => socket.end());
    });
    const outcome = open(url, (ws) => ws.read());
    await expect(outcome).rejects.toMatchObject({
      code: 'POSTERN_ERR_CONNECTION_CLOSED',
      closeCode: 1001,
    });
  });

  test('resolves although the server never answers the close frame', async () => {
    const { url } = await serveRaw(({ socket, key }) => void socket.write(switching(key)));
    const clock = new ManualClock();
    const returnItself = (ws: WebSocket): WebSocket => {
      setImmediate(() => clock.advance(5000));
      return ws;
    };
    const ws = await open(url, returnItself, { clock, closeTimeout: 5000 });
    expect(ws.closeInfo).toMatchObject({
      code: 1006,
      cause: { code: 'POSTERN_ERR_CLOSE_TIMEOUT' },
    });
  });

  test('never calls the function when the handshake fails', async () => {
    const { url } = await serveRaw(({ socket }) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const use = vi.fn<() => void>();
    await expect(open(url, use)).rejects.toMatchObject({ name: 'HandshakeError', status: 403 });
    expect(use).not.toHaveBeenCalled();
  });
});

describe('timeout', () => {
  test('is 10 s when not said otherwise, and destroys the socket', async () => {
    const clock = new ManualClock();
    const { url, clients } = await serveRaw(() => {
      clock.advance(9999);
      expect(clock.waiting).toBe(1);
      clock.advance(1);
    });
    await expect(open(url, { clock })).rejects.toMatchObject({
      name: 'HandshakeError',
      code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT',
      status: undefined,
    });
    await clients[0]!.gone;
  });

  test('is as long as the option says, from the call on', async () => {
    const clock = new ManualClock();
    const outcome = open('ws://127.0.0.1:1', {
      clock,
      timeout: 50,
      createConnection: () => null,
    });
    clock.advance(50);
    await expect(outcome).rejects.toThrow(
      'expected an answer to the opening handshake within 50 ms, got none',
    );
  });

  test('0 is none', async () => {
    const clock = new ManualClock();
    const { answer } = conversation();
    const { url } = await serveRaw((client) => {
      clock.advance(1e9);
      answer(client);
    });
    const ws = await open(url, { clock, timeout: 0 });
    expect(await ws.close()).toMatchObject({ code: 1000 });
  });

  test('counts while headers drip', async () => {
    const clock = new ManualClock();
    const { url, clients } = await serveRaw(({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: web');
      setImmediate(() => clock.advance(10_000));
    });
    await expect(open(url, { clock })).rejects.toMatchObject({
      code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT',
    });
    await clients[0]!.gone;
  });

  test('delivers a refusal whose body drips with the part that has come', async () => {
    const clock = new ManualClock();
    const { url, clients } = await serveRaw(({ socket }) => {
      socket.write('HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\nbusy');
    });
    const outcome = open(url, { clock });
    void outcome.catch(() => undefined);
    while (clients.length === 0) await turn();
    for (let rounds = 0; rounds < 20; rounds += 1) await turn();
    clock.advance(10_000);
    await expect(outcome).rejects.toMatchObject({ status: 503, body: 'busy' });
    await clients[0]!.gone;
  });
});

describe('signal', () => {
  test('aborted before: rejects with its reason, and asks nobody', async () => {
    const { url, clients } = await serveRaw(() => undefined);
    const reason = new Error('changed my mind');
    const outcome = open(url, { signal: AbortSignal.abort(reason) });
    await expect(outcome).rejects.toBe(reason);
    await turn();
    expect(clients).toEqual([]);
  });

  test('aborted during: rejects with its reason, whatever that is, and destroys the socket', async () => {
    const controller = new AbortController();
    const { url, clients } = await serveRaw(() => controller.abort('enough'));
    await expect(open(url, { signal: controller.signal })).rejects.toBe('enough');
    await clients[0]!.gone;
  });

  test('aborted in the moment of the 101: rejects with its reason, and destroys the socket', async () => {
    const controller = new AbortController();
    const { url, clients } = await serveRaw(({ socket, key }) => void socket.write(switching(key)));
    const outcome = open(url, {
      signal: controller.signal,
      clock: Object.assign(new ManualClock(), {
        // The deadline is lifted between the 101 and the connection.
        clearTimeout: () => controller.abort(new Error('late')),
      }),
    });
    await expect(outcome).rejects.toThrow(new Error('late'));
    await clients[0]!.gone;
  });

  test('aborted afterwards: closes the connection with 1001', async () => {
    const { answer, received } = conversation();
    const { url } = await serveRaw(answer);
    const controller = new AbortController();
    const ws = await open(url, { signal: controller.signal });
    controller.abort();
    expect(await ws.closed).toMatchObject({ code: 1001, initiator: 'local' });
    expect(unmaskedFrames(Buffer.concat(received)).at(-1)).toEqual({
      opcode: 8,
      payload: Buffer.from([0x03, 0xe9]),
    });
  });

  test('aborted while the function reads: open rejects with its reason', async () => {
    const { answer } = conversation();
    const { url } = await serveRaw(answer);
    const controller = new AbortController();
    const reason = new Error('enough');
    const outcome = open(
      url,
      (ws) => {
        setImmediate(() => controller.abort(reason));
        return ws.read();
      },
      { signal: controller.signal },
    );
    await expect(outcome).rejects.toBe(reason);
  });

  test('is left alone when the connection has ended', async () => {
    const { answer } = conversation();
    const { url } = await serveRaw(answer);
    const { signal } = new AbortController();
    const ws = await open(url, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await ws.close();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('may be shared by many connections', async () => {
    const { answer } = conversation();
    const { url } = await serveRaw(answer);
    const controller = new AbortController();
    const { signal } = controller;
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(url, { signal })));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await sockets.pop()!.close();
    controller.abort();
    const codes = await Promise.all(sockets.map(async (ws) => (await ws.closed).code));
    expect(codes).toEqual(Array.from({ length: 19 }, () => 1001));
  });
});

describe('a mistake of the caller', () => {
  test.each([
    [{ subprotocols: ['a', 'a'] }, 'subprotocols: expected every item only once'],
    [{ subprotocols: ['a b'] }, 'subprotocols: expected every item to be a token'],
    [{ subprotocols: 'chat' }, 'subprotocols: expected an array of tokens'],
    [{ headers: { 'a:b': 'c' } }, 'header "a:b": expected a token as its name'],
    [{ headers: { a: 'b\r\nc: d' } }, 'header "a": expected a string without control characters'],
    [{ headers: { Upgrade: 'h2c' } }, 'header "Upgrade": set by the opening handshake itself'],
    [{ origin: 'a\nb' }, 'header "Origin": expected a string without control characters'],
    [{ tls: true }, 'tls is boolean, expected an object'],
    [{ signal: 'x' }, 'signal is string, expected an AbortSignal'],
    [{ onError: 'x' }, 'onError is string, expected a function'],
    [{ socketPath: 1 }, 'socketPath is number, expected a string'],
    ['chat', 'options is string, expected an object'],
    [['chat'], 'options is an array, expected an object'],
    [null, 'options is null, expected an object'],
  ])('%j is a TypeError', async (options, message) => {
    await expect(open('ws://127.0.0.1:1', options as object)).rejects.toThrow(
      new TypeError(message),
    );
  });

  test.each([
    [{ timeout: -1 }, 'timeout is -1, expected a whole number from 0 to 2147483647'],
    [{ maxRedirects: 0.5 }, /^maxRedirects is 0\.5, expected a whole number/],
    [{ maxMessageSize: NaN }, /^maxMessageSize is NaN/],
  ])('%j is a RangeError', async (options, message) => {
    const outcome = open('ws://127.0.0.1:1', options);
    await expect(outcome).rejects.toThrow(RangeError);
    await expect(outcome).rejects.toThrow(message);
  });

  test('a bad URL is a rejection, not a throw', async () => {
    await expect(open('chat')).rejects.toThrow(TypeError);
  });
});

test('the types follow the form', () => {
  const forms = (): unknown => [
    expectTypeOf(open('ws://x')).toEqualTypeOf<Promise<WebSocket>>(),
    expectTypeOf(open(new URL('ws://x'), { timeout: 1 })).toEqualTypeOf<Promise<WebSocket>>(),
    expectTypeOf(open('ws://x', () => 1)).toEqualTypeOf<Promise<number>>(),
    expectTypeOf(open('ws://x', async () => 'a', {})).toEqualTypeOf<Promise<string>>(),
    expectTypeOf(open('ws://x', (ws) => ws.read())).toEqualTypeOf<Promise<string | Buffer>>(),
    expectTypeOf(open('ws://x', async () => {})).toEqualTypeOf<Promise<void>>(),
    expectTypeOf(open).parameter(0).toEqualTypeOf<string | URL>(),
  ];
  expect(forms).toBeTypeOf('function');
});
