import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { broadcast } from '../../src/connection/broadcast.js';
import type { HandshakeEvent } from '../../src/connection/diagnostics.js';
import { HandshakeError } from '../../src/handshake/errors.js';
import { StateError } from '../../src/protocol/errors.js';
import { deferred, gatehouse } from '../server/support/gatehouse.js';
import { closeFrame } from '../server/support/raw-client.js';
import { sampleAccept } from '../server/support/upgrade-request.js';

/** What a gatekeeper does to let the client in. */
const waysIn: readonly (readonly [name: string, letIn: (ws: WebSocket) => unknown])[] = [
  ['accept', (ws) => ws.accept()],
  ['read', (ws) => ws.read()],
  ['readGuarded', (ws) => ws.readGuarded()],
  ['tryRead', (ws) => ws.tryRead()],
  ['listen', (ws) => ws.listen(() => undefined)],
  ['iteration', (ws) => ws[Symbol.asyncIterator]().next()],
  ['iteration in bursts', (ws) => ws.bursts().next()],
];

/** Whatever needs the client to be in. */
const needsAcceptance: readonly (readonly [name: string, use: (ws: WebSocket) => unknown])[] = [
  ['write', (ws) => ws.write('early')],
  ['writeGuarded', (ws) => ws.writeGuarded('early')],
  ['send', (ws) => ws.send('early')],
  ['ping', (ws) => ws.ping()],
  ['pong', (ws) => ws.pong()],
];

describe('the gatekeeper runs before the 101', () => {
  test('the client hears nothing, and the state is connecting, until it is let in', async () => {
    const asked = deferred<WebSocket>();
    const word = deferred();
    const { knock } = gatehouse(async (request, ws) => {
      asked.resolve(ws);
      await word.promise;
      await ws.accept();
      await ws.read();
    });
    const client = knock();
    const ws = await asked.promise;
    for (let turns = 0; turns < 10; turns += 1) await turn();
    expect([ws.state, ws.isOpen, client.received.length]).toEqual(['connecting', false, 0]);
    word.resolve();
    await client.opened();
    expect([ws.state, ws.isOpen]).toEqual(['open', true]);
  });

  test.each([undefined, true, false, 0, 403, '', null, new Error('resolved, not thrown')])(
    'a returned or resolved %j is ignored: nobody was let in, 403',
    async (value) => {
      const { knock, heard } = gatehouse((request) =>
        request.url === '/async' ? Promise.resolve(value) : value,
      );
      expect((await knock(false).ask({}, { target: '/async' }).response()).status).toBe(403);
      expect((await knock(false).ask({}, { target: '/sync' }).response()).status).toBe(403);
      expect(heard).toEqual([]);
    },
  );

  test.each([true, false, 403, new Error('resolved, not thrown')])(
    'a resolved %j is ignored: the client was let in, 1000',
    async (value) => {
      const { knock, heard } = gatehouse(async (request, ws) => {
        await ws.accept();
        return value;
      });
      const client = knock();
      await client.opened();
      expect(await client.closed()).toBe(1000);
      expect(heard).toEqual([]);
    },
  );
});

describe('in', () => {
  test.each(waysIn)('%s lets the client in', async (_, letIn) => {
    const life = deferred();
    const { knock, attachment } = gatehouse((request, ws) => {
      void letIn(ws);
      return life.promise;
    });
    const client = knock();
    expect(await client.opened()).toEqual({
      statusLine: 'HTTP/1.1 101 Switching Protocols',
      status: 101,
      headers: {
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-accept': sampleAccept,
      },
    });
    expect([...attachment.connections].map((ws) => ws.state)).toEqual(['open']);
    client.send(closeFrame(3001));
    expect(await client.closeCode()).toBe(3001);
    life.resolve();
  });

  test.each(waysIn)('%s lets the client in also after an await', async (_, letIn) => {
    const life = deferred();
    const { knock } = gatehouse(async (request, ws) => {
      await turn();
      void letIn(ws);
      await life.promise;
    });
    const client = knock();
    await client.opened();
    client.send(closeFrame(3001));
    expect(await client.closeCode()).toBe(3001);
    life.resolve();
  });

  test('accept resolves when the 101 has gone to the socket, before anything else', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept();
      expect(ws.state).toBe('open');
      await ws.write('after the 101');
    });
    const client = knock();
    await client.opened();
    expect(await client.text()).toBe('after the 101');
    expect(await client.closed()).toBe(1000);
  });

  test('a second accept returns the same promise, before and after the 101, whatever it asks', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      const first = ws.accept({ headers: { 'X-First': '1' } });
      expect(ws.accept({ headers: { 'X-Second': '2' } })).toBe(first);
      await first;
      expect(ws.accept({ subprotocol: 'never offered' })).toBe(first);
    });
    const client = knock();
    const { headers } = await client.opened();
    expect(headers).toHaveProperty('x-first', '1');
    expect(headers).not.toHaveProperty('x-second');
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test('accept after a read that let the client in returns its promise', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      const message = ws.read();
      const accepted = ws.accept();
      expect(ws.accept()).toBe(accepted);
      await accepted;
      await ws.write(`read ${String(await message)}`);
    });
    const client = knock().say('one');
    await client.opened();
    expect(await client.text()).toBe('read one');
  });

  test('accept adds headers, one line for each value', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept({ headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Room': 'kitchen' } });
    });
    const { headers } = await knock().opened();
    expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-room': 'kitchen' });
  });

  test('headers are taken at the call: changing them later changes nothing', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      await turn();
      const headers: Record<string, string> = { 'X-Room': 'kitchen' };
      void ws.accept({ headers });
      headers['X-Room'] = 'cellar\r\nX-Injected: 1';
      headers['Upgrade'] = 'h2c';
      await ws.read();
    });
    const { headers } = await knock().opened();
    expect(headers).toMatchObject({ 'x-room': 'kitchen', upgrade: 'websocket' });
    expect(headers).not.toHaveProperty('x-injected');
    expect(heard).toEqual([]);
  });

  test.each([
    [{ 'X-Room': 'a\r\nX-Injected: 1' }],
    [{ 'X-Room': ['a', 'b\nX-Injected: 1'] }],
    [{ 'X-Room: a\r\nX-Injected': '1' }],
    [{ 'X-Room': 'a\0b' }],
    [{ 'X-Room': 'snow \u2603' }],
    [{ 'Sec-WebSocket-Accept': 'mine' }],
    [{ connection: 'close' }],
    [{ 'Content-Length': '5' }],
    [{ 'Sec-WebSocket-Protocol': 'chat' }],
  ])('accept with the headers %j is a TypeError, and the client still waits', async (headers) => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      await expect(ws.accept({ headers })).rejects.toThrow(TypeError);
      expect(ws.state).toBe('connecting');
      await ws.accept({ headers: { 'X-Then': 'fine' } });
    });
    const client = knock();
    const { headers: received } = await client.opened();
    expect(Object.keys(received)).toEqual([
      'upgrade',
      'connection',
      'sec-websocket-accept',
      'x-then',
    ]);
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test.each(needsAcceptance)(
    '%s before acceptance is a StateError, and does not let in',
    async (name, use) => {
      const { knock, heard } = gatehouse(async (request, ws) => {
        const misuse = async (): Promise<unknown> => use(ws);
        const method = name === 'writeGuarded' ? 'write' : name;
        const mistake = await misuse().catch((error: unknown) => error);
        expect(mistake).toBeInstanceOf(StateError);
        expect(mistake).toMatchObject({
          code: 'POSTERN_ERR_NOT_ACCEPTED',
          message: `${method} before the client was let in: call accept() first`,
        });
        expect(ws.state).toBe('connecting');
        await ws.accept();
        await use(ws);
      });
      const client = knock();
      await client.opened();
      // A pong of ours, so that the ping is answered.
      client.send(Buffer.from('8a8000000000', 'hex'));
      await client.frame();
      expect(heard).toEqual([]);
    },
  );

  test('broadcast skips who has not been let in', async () => {
    const sockets: WebSocket[] = [];
    const word = deferred();
    const { knock } = gatehouse(async (request, ws) => {
      sockets.push(ws);
      if (request.url === '/slow') await word.promise;
      await ws.listen((data) => ws.write(data));
    });
    const slow = knock(false).ask({}, { target: '/slow' });
    const client = knock();
    await client.opened();
    broadcast(sockets, 'to all who are in');
    expect(await client.text()).toBe('to all who are in');
    word.resolve();
    await slow.opened();
    broadcast(sockets, 'to both');
    expect([await client.text(), await slow.text()]).toEqual(['to both', 'to both']);
  });

  test('a StateError that nobody handles is the gatekeeper failing: 500', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      await ws.write('too early');
    });
    expect((await knock().response()).status).toBe(500);
    expect(heard).toMatchObject([{ error: { code: 'POSTERN_ERR_NOT_ACCEPTED' } }]);
  });

  test('a promise that a misuse rejected and nobody awaited is harmless', async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    const { knock } = gatehouse((request, ws) => {
      void ws.write('early');
      void ws.writeGuarded('early');
      void ws.ping();
      void ws.pong();
      void ws.accept({ subprotocol: 'never offered' });
      void ws.close({ code: 5 });
    });
    expect((await knock().response()).status).toBe(403);
    await turn();
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
  });
});

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

describe('life', () => {
  test('resolved: what is buffered goes out, then 1000', async () => {
    const large = 'x'.repeat(300_000);
    const { knock, heard } = gatehouse(async (request, ws) => {
      await ws.accept();
      ws.send('first');
      ws.send(large);
      ws.send('last');
    });
    const client = knock();
    await client.opened();
    expect(await client.text()).toBe('first');
    expect(await client.text()).toBe(large);
    expect(await client.text()).toBe('last');
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test('returned at once after accept: the 101 leaves, then 1000', async () => {
    const { knock, heard } = gatehouse((request, ws) => void ws.accept());
    const client = knock();
    await client.opened();
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test.each([
    [
      'at once after accept',
      (ws: WebSocket) => {
        void ws.accept();
        throw new Error('mine');
      },
    ],
    [
      'at once after listen',
      (ws: WebSocket) => {
        void ws.listen(() => undefined);
        throw new Error('mine');
      },
    ],
    [
      'while the 101 leaves',
      async (ws: WebSocket) => {
        await turn();
        void ws.accept();
        throw new Error('mine');
      },
    ],
    [
      'once the client is in',
      async (ws: WebSocket) => {
        await ws.accept();
        throw new Error('mine');
      },
    ],
    [
      'from listen',
      (ws: WebSocket) =>
        ws.listen(() => {
          throw new Error('mine');
        }),
    ],
    [
      'from a promise of listen',
      (ws: WebSocket) =>
        ws.listen(async () => {
          await turn();
          throw new Error('mine');
        }),
    ],
  ])('a throw %s: 1011 and onError, once', async (_, conversation) => {
    const { knock, heard } = gatehouse((request, ws) => conversation(ws));
    const client = knock();
    await client.opened();
    client.say('hello');
    expect(await client.closed()).toBe(1011);
    await turn();
    expect(heard.map(({ error }) => error)).toEqual([new Error('mine')]);
    expect(await heard[0]!.ws!.closed).toMatchObject({ code: 1011, initiator: 'local' });
  });

  test("rejecting with this connection's own ConnectionClosedError is an ordinary end", async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      for (;;) await ws.read();
    });
    const client = knock();
    await client.opened();
    client.send(closeFrame(1001));
    expect(await client.closeCode()).toBe(1001);
    await client.ended();
    await turn();
    expect(heard).toEqual([]);
  });

  test("rejecting with another connection's ConnectionClosedError is not", async () => {
    const read = deferred<() => Promise<unknown>>();
    const { knock, heard } = gatehouse(async (request, ws) => {
      if (request.url === '/other') {
        read.resolve(() => ws.read());
        await ws.closed;
        return;
      }
      await ws.accept();
      await (
        await read.promise
      )();
    });
    const client = knock();
    await client.opened();
    const other = knock(false).ask({}, { target: '/other' });
    await other.opened();
    other.send(closeFrame(1000));
    expect(await client.closed()).toBe(1011);
    expect(heard).toMatchObject([{ error: { code: 'POSTERN_ERR_CONNECTION_CLOSED' } }]);
  });

  test('rejecting with its own HandshakeError is an ordinary end', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      ws.refuse(403);
      await ws.read();
    });
    await knock().response();
    await turn();
    expect(heard).toEqual([]);
  });

  test('returned while listen is on: it has not ended', async () => {
    const ended = deferred();
    const { knock, attachment } = gatehouse(async (request, ws) => {
      void ws.listen((data) => ws.write(data)).then(() => ended.resolve());
      await turn();
    });
    const client = knock();
    await client.opened();
    for (let turns = 0; turns < 10; turns += 1) await turn();
    expect(await client.say('still there?').text()).toBe('still there?');
    expect(attachment.connections.size).toBe(1);
    client.send(closeFrame(1000));
    expect(await client.closeCode()).toBe(1000);
    await ended.promise;
    expect(attachment.connections.size).toBe(0);
  });

  test('returning the promise of listen ends with the connection', async () => {
    const { knock, heard } = gatehouse((request, ws) => ws.listen((data) => ws.write(data)));
    const client = knock();
    await client.opened();
    expect(await client.say('echo').text()).toBe('echo');
    client.send(closeFrame(3000));
    expect(await client.closeCode()).toBe(3000);
    expect(heard).toEqual([]);
  });

  test('break leaves the connection open; the end of the gatekeeper closes it', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      for await (const message of ws) if (message === 'on') break;
      expect(ws.isOpen).toBe(true);
      for await (const message of ws) {
        await ws.write(`second loop: ${String(message)}`);
        break;
      }
    });
    const client = knock();
    await client.opened();
    client.say('a').say('on').say('b');
    expect(await client.text()).toBe('second loop: b');
    expect(await client.closed()).toBe(1000);
  });

  test('a client that never answers the close frame is cut off after closeTimeout', async () => {
    const ended = deferred<WebSocket>();
    const { knock, clock, attachment } = gatehouse(async (request, ws) => {
      await ws.accept();
      ended.resolve(ws);
    });
    const client = knock();
    await client.opened();
    const ws = await ended.promise;
    expect(await client.closeCode()).toBe(1000);
    await clock.advance(9_999);
    expect([ws.state, attachment.connections.size]).toEqual(['closing', 1]);
    await clock.advance(1);
    expect([ws.state, attachment.connections.size]).toEqual(['closed', 0]);
    expect(await ws.closed).toMatchObject({
      code: 1006,
      cause: { code: 'POSTERN_ERR_CLOSE_TIMEOUT' },
    });
    await client.gone;
  });

  test('close right after accept: the 101, then the close frame', async () => {
    const { knock } = gatehouse((request, ws) => {
      void ws.accept();
      void ws.close({ code: 4001, reason: 'changed my mind' });
    });
    const client = knock();
    await client.opened();
    expect(await client.closed()).toBe(4001);
  });

  test('terminate right after accept: no 101', async () => {
    const { knock, heard } = gatehouse((request, ws) => {
      void ws.accept();
      ws.terminate();
    });
    const client = knock();
    await client.gone;
    expect(client.received.length).toBe(0);
    expect(heard).toEqual([]);
  });
});

describe('the direct road', () => {
  test('goes past the ordinary requests of the server: no chain runs for an upgrade', async () => {
    const { http, knock } = gatehouse((request, ws) => ws.read());
    const requests: unknown[] = [];
    http.prependListener('request', (request) => requests.push(request.url));
    await knock().opened();
    expect((await knock(false).ask({ 'Sec-WebSocket-Version': '8' }).response()).status).toBe(426);
    expect(requests).toEqual([]);
  });

  test('a client whose socket is gone as it is let in was never let in', async () => {
    const asked = deferred<WebSocket>();
    let socket: Duplex | undefined;
    const { http, knock, heard, attachment } = gatehouse((request, ws) => {
      asked.resolve(ws);
      socket!.destroy();
      return ws.accept();
    });
    http.prependListener('upgrade', (request, upgraded) => (socket = upgraded));
    const client = knock();
    const ws = await asked.promise;
    expect((await ws.closed).cause).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_ABORTED' });
    await client.gone;
    expect([client.received.length, attachment.connections.size]).toEqual([0, 0]);
    expect(heard).toEqual([]);
  });

  test('tells postern:handshake of clients that came to no gatekeeper', async () => {
    const events: HandshakeEvent[] = [];
    const onEvent = (message: unknown): void => void events.push(message as HandshakeEvent);
    subscribe('postern:handshake', onEvent);
    const { knock } = gatehouse(() => undefined);
    await knock(false).ask({ Origin: 'http://evil.example' }, { target: '/chat' }).response();
    unsubscribe('postern:handshake', onEvent);
    expect(events).toMatchObject([
      {
        ws: undefined,
        request: { url: '/chat', headers: { origin: 'http://evil.example' } },
        outcome: 'refused',
        status: 403,
        error: { code: 'POSTERN_ERR_HANDSHAKE_REFUSED', status: 403 },
      },
    ]);
  });
});

describe('the conversation of the example', () => {
  test('holds, with the client let in by the first read', async () => {
    const { knock } = gatehouse((request, ws) => conversation(ws));
    async function conversation(ws: WebSocket): Promise<void> {
      for await (const message of ws) {
        if (message === '') break;
        await ws.write(String(message).startsWith('P') ? "No, I'm not!" : 'Why?');
      }
    }
    const client = knock();
    await client.opened();
    expect(await client.say("Peer, you're lying!").text()).toBe("No, I'm not!");
    expect(await client.say('Well, then.').text()).toBe('Why?');
    client.say('');
    expect(await client.closed()).toBe(1000);
  });
});
