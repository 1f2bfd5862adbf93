import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { HandshakeError } from '../../src/handshake/errors.js';
import { StateError } from '../../src/protocol/errors.js';
import { deferred, gatehouse } from '../server/support/gatehouse.js';

function fail(): never {
  throw new Error('no promise');
}

/** A name that lint need not take for the mistake that it mostly is. */
function named(name: string): string {
  return name;
}

describe('out', () => {
  test('refuse answers with its status, headers and body, and ends the connection', async () => {
    const { knock, heard, attachment } = gatehouse((request, ws) => {
      ws.refuse(401, {
        headers: { 'WWW-Authenticate': ['Basic realm="a"', 'Bearer'], 'X-Why': 'no session' },
        body: 'sign in, çà et là\n',
      });
    });
    expect(await knock().response()).toEqual({
      statusLine: 'HTTP/1.1 401 Unauthorized',
      status: 401,
      headers: {
        connection: 'close',
        'content-type': 'text/plain; charset=utf-8',
        'content-length': '21',
        'www-authenticate': ['Basic realm="a"', 'Bearer'],
        'x-why': 'no session',
      },
      body: 'sign in, çà et là\n',
    });
    expect(heard).toEqual([]);
    expect(attachment.connections.size).toBe(0);
  });

  test.each([300, 302, 404, 426, 429, 503, 599])('refuse may answer with %i', async (status) => {
    const { knock } = gatehouse(async (request, ws) => {
      await turn();
      ws.refuse(status);
    });
    const { headers, ...response } = await knock().response();
    expect(response).toMatchObject({ status, body: '' });
    expect(headers).toMatchObject({ connection: 'close', 'content-length': '0' });
  });

  test('a redirect has its Location', async () => {
    const { knock } = gatehouse((request, ws) =>
      ws.refuse(302, { headers: { Location: 'https://example.com/login' } }),
    );
    const response = await knock().response();
    expect(response.headers).toHaveProperty('location', 'https://example.com/login');
  });

  test('a body of 4 MiB arrives complete', async () => {
    const body = 'four '.repeat((4 << 20) / 5);
    const { knock } = gatehouse((request, ws) => ws.refuse(403, { body }));
    const response = await knock().response();
    expect(response.body.length).toBe(body.length);
    expect(response.body === body).toBe(true);
  });

  test('what a refusal says of its own framing gives way: it cannot be smuggled with', async () => {
    const { knock } = gatehouse((request, ws) =>
      ws.refuse(403, {
        headers: {
          'Transfer-Encoding': 'chunked',
          'Content-Length': '500',
          Connection: 'keep-alive',
          'Content-Type': 'application/json',
        },
        body: '{}',
      }),
    );
    expect(await knock().response()).toMatchObject({
      headers: {
        connection: 'close',
        'content-length': '2',
        'content-type': 'application/json',
      },
      body: '{}',
    });
  });

  test.each<[string, number, object, string]>([
    ['an informational status', 100, {}, 'RangeError'],
    ['the 101', 101, {}, 'RangeError'],
    ['a status that accepts', 200, {}, 'RangeError'],
    ['a status over 599', 600, {}, 'RangeError'],
    ['a status that is no integer', 403.5, {}, 'RangeError'],
    ['a status that is a string', '403' as unknown as number, {}, 'RangeError'],
    ['an injected header', 403, { headers: { 'X-A': 'b\r\nX-Injected: 1' } }, 'TypeError'],
    ['an injected header name', 403, { headers: { 'X-A: b\r\nX-Injected': '1' } }, 'TypeError'],
    [
      'an injected line in a list',
      403,
      { headers: { 'X-A': ['b', '\r\n\r\nHTTP/1.1 200 OK'] } },
      'TypeError',
    ],
    ['headers that are a list', 403, { headers: ['X-A', 'b'] }, 'TypeError'],
    ['a body that is an object', 403, { body: { error: 'no' } }, 'TypeError'],
    ['a body that is a number', 403, { body: 5 }, 'TypeError'],
    ['a body that is null', 403, { body: null }, 'TypeError'],
  ])('refuse with %s throws, and the client still waits', async (_, status, options, name) => {
    const { knock, heard } = gatehouse((request, ws) => {
      expect(() => ws.refuse(status, options)).toThrow(expect.objectContaining({ name }));
      expect(ws.state).toBe('connecting');
      ws.refuse(410, { body: 'gone\n' });
    });
    const { body, ...response } = await knock().response();
    expect(response.status).toBe(410);
    expect(response.headers).not.toHaveProperty('x-injected');
    expect(body).toBe('gone\n');
    expect(heard).toEqual([]);
  });

  test('a gatekeeper that ends without letting in refuses with 403', async () => {
    const { knock, heard } = gatehouse(async () => {
      await turn();
    });
    expect(await knock().response()).toMatchObject({
      statusLine: 'HTTP/1.1 403 Forbidden',
      headers: { connection: 'close' },
    });
    expect(heard).toEqual([]);
  });

  test('close before acceptance refuses with 403, and resolves', async () => {
    const told = deferred<unknown>();
    const { knock, heard } = gatehouse(async (request, ws) => {
      told.resolve(await ws.close({ code: 4000, reason: 'not today' }));
    });
    expect((await knock().response()).status).toBe(403);
    expect(await told.promise).toMatchObject({
      code: 1006,
      wasClean: false,
      initiator: 'local',
      cause: { code: 'POSTERN_ERR_HANDSHAKE_REFUSED', status: 403 },
    });
    expect(heard).toEqual([]);
  });

  test('close with a wrong code rejects, and the client still waits', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await expect(ws.close({ code: 1005 })).rejects.toThrow(RangeError);
      await ws.accept();
    });
    expect((await knock().head()).status).toBe(101);
  });

  test('terminate before acceptance cuts the client off without an answer', async () => {
    const told = deferred<WebSocket>();
    const { knock, heard } = gatehouse((request, ws) => {
      ws.terminate();
      told.resolve(ws);
    });
    const client = knock();
    await client.gone;
    expect(client.received.length).toBe(0);
    const ws = await told.promise;
    expect(ws.state).toBe('closed');
    expect((await ws.closed).cause).toMatchObject({ code: 'POSTERN_ERR_TERMINATED' });
    expect(heard).toEqual([]);
  });

  test('terminate while the gatekeeper thinks cuts the client off, too', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await turn();
      ws.terminate();
    });
    const client = knock();
    await client.gone;
    expect(client.received.length).toBe(0);
  });

  test('after a refusal everything tells of it', async () => {
    const told = deferred<readonly unknown[]>();
    const { knock, heard } = gatehouse(async (request, ws) => {
      const { signal } = ws;
      const pending = ws.closed;
      ws.refuse(418, { body: 'a teapot\n' });
      const messages: unknown[] = [];
      for await (const message of ws) messages.push(message);
      told.resolve([
        signal.aborted,
        signal.reason,
        ws.state,
        messages,
        await ws.read().catch((error: unknown) => error),
        await ws.accept().catch((error: unknown) => error),
        await ws.write('x').catch((error: unknown) => error),
        await ws.writeGuarded('x'),
        await ws.readGuarded(),
        ws.send('x'),
        await pending,
        ws.closeInfo,
        ws.subprotocol,
      ]);
    });
    expect((await knock().response()).status).toBe(418);
    const error = new HandshakeError(
      'POSTERN_ERR_HANDSHAKE_REFUSED',
      'the gatekeeper refused the client with 418',
      { status: 418, body: 'a teapot\n' },
    );
    const end = { code: 1006, reason: '', wasClean: false, initiator: 'local', cause: error };
    expect(await told.promise).toEqual([
      true,
      error,
      'closed',
      [],
      error,
      error,
      error,
      false,
      { ok: false, close: end },
      false,
      end,
      end,
      '',
    ]);
    expect(heard).toEqual([]);
  });

  test.each(['accept', 'read', 'refuse', 'close'] as const)(
    'refuse after %s is a StateError',
    async (first) => {
      const { knock, heard } = gatehouse(async (request, ws) => {
        if (first === 'refuse') ws.refuse(404);
        else void ws[first]();
        expect(() => ws.refuse(403)).toThrow(StateError);
        expect(() => ws.refuse(403)).toThrow(
          expect.objectContaining({ code: 'POSTERN_ERR_ALREADY_DECIDED' }),
        );
      });
      const { status } = await knock().head();
      expect(status).toBe({ accept: 101, read: 101, refuse: 404, close: 403 }[first]);
      expect(heard).toEqual([]);
    },
  );

  test('refuse once the client is in is a StateError, and the connection lives on', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept();
      expect(() => ws.refuse(403)).toThrow(StateError);
      await ws.write('still here');
    });
    const client = knock();
    await client.opened();
    expect(await client.text()).toBe('still here');
  });

  test.each([
    [
      'at once',
      () => {
        throw new Error('mine');
      },
    ],
    ['by a rejection', () => Promise.reject(new Error('mine'))],
    [
      'later',
      async () => {
        await turn();
        throw new Error('mine');
      },
    ],
  ])('a gatekeeper that throws %s before acceptance: 500 and onError', async (_, gatekeeper) => {
    const { knock, heard } = gatehouse(gatekeeper);
    const response = await knock().response();
    expect(response).toMatchObject({ status: 500, headers: { connection: 'close' } });
    expect(response.body).not.toContain('mine');
    expect(heard.map(({ error }) => error)).toEqual([new Error('mine')]);
    expect(await heard[0]!.ws!.closed).toMatchObject({
      cause: { code: 'POSTERN_ERR_GATEKEEPER', status: 500, cause: { message: 'mine' } },
    });
  });

  test.each([undefined, null, 'a string', 5])('it may throw %j', async (thrown) => {
    const { knock, heard } = gatehouse(() => {
      // eslint-disable-next-line typescript/only-throw-error
      throw thrown;
    });
    expect((await knock().response()).status).toBe(500);
    expect(heard).toMatchObject([{ error: thrown }]);
  });

  test.each([
    ['then', { value: fail }],
    ['getter', { get: fail }],
  ])('a thenable whose %s throws is a throw', async (_, then) => {
    const { knock, heard } = gatehouse(() => Object.defineProperty({}, named('then'), then));
    expect((await knock().response()).status).toBe(500);
    expect(heard).toMatchObject([{ error: { message: 'no promise' } }]);
  });

  test('a thenable that calls back twice ends the gatekeeper once', async () => {
    const value = (resolve: () => void, reject: (error: unknown) => void): void => {
      resolve();
      resolve();
      reject(new Error('and fails'));
    };
    const { knock, heard, attachment } = gatehouse((request, ws) => {
      void ws.accept();
      return Object.defineProperty({}, named('then'), { value });
    });
    const client = knock();
    await client.opened();
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
    await attachment.close();
  });

  test('a gatekeeper that throws after it has refused: the refusal stands, and onError hears', async () => {
    const { knock, heard } = gatehouse((request, ws) => {
      ws.refuse(404);
      throw new Error('and then');
    });
    expect((await knock().response()).status).toBe(404);
    expect(heard).toMatchObject([{ error: { message: 'and then' } }]);
  });
});
