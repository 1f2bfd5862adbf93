import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { admit } from '../../src/node/admit.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import { deferred } from '../server/support/gatehouse.js';
import { textFrame } from '../server/support/raw-client.js';
import { sampleAccept, upgradeRequest } from '../server/support/upgrade-request.js';
import { answer, chainHouse, type Context } from './support/chain-house.js';

const echo: Gatekeeper<Context> = (request, ws) => ws.listen((data) => ws.write(data));
const never = new Promise<void>(() => {});

describe('the 101 is the answer of the chain', () => {
  test('with all that was set on it, in whatever way', async () => {
    const { knock } = chainHouse(
      (request, ws) => {
        void ws.accept({ headers: { 'X-Gatekeeper': 'yes', 'Set-Cookie': 'gate=1' } });
        return ws.closed;
      },
      async (request, response, route) => {
        response.setHeader('Set-Cookie', 'session=1');
        response.setHeader('Content-Type', 'text/html');
        response.setHeader('ETag', '"1"');
        const { end } = response;
        response.end = (...args: unknown[]) => {
          response.setHeader('X-Last', 'moment');
          return Reflect.apply(end, response, args) as ServerResponse;
        };
        await answer(request, response, route);
      },
    );
    const client = knock();
    const { headers } = await client.opened();
    expect(headers).toMatchObject({
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-accept': sampleAccept,
      'set-cookie': ['session=1', 'gate=1'],
      'x-gatekeeper': 'yes',
      'x-last': 'moment',
    });
    for (const name of ['content-type', 'content-length', 'etag', 'transfer-encoding']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['an object', (response) => response.writeHead(200, { 'X-A': '1', 'X-B': ['2', '3'] }).end()],
    [
      'a phrase and an object',
      (response) => response.writeHead(200, 'OK', { 'X-A': '1', 'X-B': ['2', '3'] }).end(),
    ],
    ['a list', (response) => response.writeHead(200, ['X-A', '1', 'X-B', '2', 'X-B', '3']).end()],
    ['any 2xx', (response) => response.writeHead(204, { 'X-A': '1', 'X-B': ['2', '3'] }).end()],
  ])('headers may come along with the status in %s', async (_, send) => {
    const { knock } = chainHouse(echo, async (request, response, route) => {
      await admit(request, route, { user: 'cook' });
      send(response);
    });
    const client = knock();
    expect((await client.opened()).headers).toMatchObject({ 'x-a': '1', 'x-b': ['2', '3'] });
    expect(await client.say('hello').text()).toBe('hello');
  });

  test('early bytes come first, in order; accept resolves after the response has finished', async () => {
    const order: string[] = [];
    const word = deferred();
    const { knock } = chainHouse(
      async (request, ws) => {
        await word.promise;
        await ws.accept();
        order.push('accepted');
        await ws.listen((data) => ws.write(data));
      },
      async (request, response, route) => {
        response.once('finish', () => order.push(`finish ${response.statusCode}`));
        await answer(request, response, route);
      },
    );
    const client = knock(false).send(upgradeRequest(), textFrame('one'));
    await turn();
    client.say('two');
    await turn();
    word.resolve();
    await client.opened();
    client.say('three');
    expect([await client.text(), await client.text(), await client.text()]).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(order).toEqual(['finish 101', 'accepted']);
  });

  test('the request in the chain is an ordinary one, with the socket of the client', async () => {
    const seen: unknown[] = [];
    const { http, knock } = chainHouse(
      (request, ws) => {
        seen.push(request.url, request.context.user);
        ws.refuse(403);
      },
      async (request, response, route) => {
        seen.push(request.method, request.headers.cookie, request.socket);
        request.url = '/rewritten';
        await answer(request, response, route);
      },
    );
    let socket: Duplex | undefined;
    http.prependListener('upgrade', (request, upgraded) => (socket = upgraded));
    await knock(false).ask({ Cookie: 'a=1' }, { target: '/chat?b=2' }).response();
    expect(seen.slice(0, 2)).toEqual(['GET', 'a=1']);
    expect(seen[2]).toBe(socket);
    expect(seen.slice(3)).toEqual(['/chat?b=2', 'cook']);
  });
});

describe('any other answer of the chain goes out as it is, and ends the connection', () => {
  test.each<[number, (response: ServerResponse) => unknown]>([
    [200, (response) => response.end('a page')],
    [404, (response) => response.writeHead(404).end('nothing here')],
    [302, (response) => response.writeHead(302, { Location: '/login' }).end()],
    [401, (response) => response.writeHead(401, { 'X-A': '1' }).end('sign in')],
  ])('%i', async (status, send) => {
    const gatekeeper = vi.fn<Gatekeeper<Context>>();
    const { knock } = chainHouse(gatekeeper, async (request, response) => void send(response));
    const response = await knock().response();
    expect(response).toMatchObject({ status, headers: { connection: 'close' } });
    expect(gatekeeper).not.toHaveBeenCalled();
  });

  test('a streamed answer of 4 MiB is complete', async () => {
    const { knock } = chainHouse(echo, async (request, response) => {
      response.writeHead(403, { 'Content-Length': 4 << 20 });
      for (let count = 0; count < 64; count += 1) {
        if (!response.write('x'.repeat(65_536))) await once(response, 'drain');
      }
      response.end();
    });
    expect((await knock().response()).body.length).toBe(4 << 20);
  });

  test('after the gatekeeper was asked: accept and read reject with its status', async () => {
    const told = deferred<unknown[]>();
    const { knock, heard } = chainHouse(
      async (request, ws) => {
        const outcomes = await Promise.allSettled([ws.accept(), ws.read(), ws.closed]);
        told.resolve(outcomes);
      },
      async (request, response, route) => {
        void answer(request, Object.create(response) as ServerResponse, route);
        response.writeHead(302, { Location: '/elsewhere' }).end();
      },
    );
    const { status, headers } = await knock().response();
    expect([status, headers['connection']]).toEqual([302, 'close']);
    const reason = { name: 'HandshakeError', code: 'POSTERN_ERR_HANDSHAKE_ANSWERED', status: 302 };
    expect(await told.promise).toMatchObject([{ reason }, { reason }, { value: { code: 1006 } }]);
    expect(heard).toEqual([]);
  });

  test('a throw of the gatekeeper goes to the framework, and not to onError', async () => {
    const { knock, heard } = chainHouse(() => {
      throw new TypeError('mine');
    });
    expect(await knock().response()).toMatchObject({
      status: 500,
      headers: { connection: 'close' },
      body: "the framework's own page for TypeError",
    });
    expect(heard).toEqual([]);
  });

  test('bytes glued to the request are never a request', async () => {
    const urls: unknown[] = [];
    const { knock } = chainHouse(echo, async (request, response) => {
      urls.push(request.url);
      response.writeHead(404).end();
    });
    const glued = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const client = knock(false).send(upgradeRequest(), glued, glued);
    await client.response();
    await turn();
    expect(urls).toEqual(['/']);
  });
});

describe('requests that are not sound', () => {
  test.each<[string, Parameters<typeof upgradeRequest>, number]>([
    ['no Host', [{ Host: undefined }], 400],
    ['another version', [{ 'Sec-WebSocket-Version': '8' }], 426],
    ['no key', [{ 'Sec-WebSocket-Key': undefined }], 400],
    ['a body', [{ 'Content-Length': '5' }], 400],
    ['another origin', [{ Origin: 'http://evil.example' }], 403],
  ])('%s: refused, and the gatekeeper not asked', async (_, request, status) => {
    const gatekeeper = vi.fn<Gatekeeper<Context>>();
    const { knock } = chainHouse(gatekeeper);
    const response = await knock(false)
      .ask(...request)
      .response();
    expect(response).toMatchObject({ status, headers: { connection: 'close' } });
    expect(gatekeeper).not.toHaveBeenCalled();
  });

  test.each<[string, Parameters<typeof upgradeRequest>]>([
    ['h2c', [{ Upgrade: 'h2c' }]],
    ['a POST', [{}, { method: 'POST' }]],
  ])('%s is an ordinary request', async (_, request) => {
    const { knock } = chainHouse(echo);
    expect(
      await knock(false)
        .ask(...request)
        .response(),
    ).toMatchObject({
      status: 200,
      body: expect.stringContaining('an ordinary page') as string,
    });
  });

  test('a pipelined GET that has no answer yet: cut, nothing overtakes', async () => {
    const urls: unknown[] = [];
    const { knock } = chainHouse(echo, async (request) => void urls.push(request.url));
    const client = knock(false).send(
      'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n',
      upgradeRequest(),
    );
    await client.gone;
    expect(urls).toEqual(['/slow']);
    expect(client.received.length).toBe(0);
  });
});

describe('a client that leaves', () => {
  async function leaving(
    leave: (client: ReturnType<ReturnType<typeof chainHouse>['knock']>) => void,
  ) {
    const asked = deferred<WebSocket>();
    const events: string[] = [];
    const house = chainHouse(
      async (request, ws) => {
        asked.resolve(ws);
        await ws.closed;
        await ws.accept();
      },
      async (request, response, route) => {
        request.on('aborted', () => events.push('request aborted'));
        response.on('close', () => events.push('response close'));
        await answer(request, response, route);
      },
    );
    const client = house.knock();
    const ws = await asked.promise;
    leave(client);
    const { cause } = await ws.closed;
    await client.ended();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    return { ...house, client, cause, events };
  }

  test.each<[string, Parameters<typeof leaving>[0]]>([
    ['FIN', (client) => client.end()],
    ['FIN after early data', (client) => client.say('hello').end()],
    ['a reset', (client) => client.reset()],
  ])('by %s: the chain sees what it would see of a GET', async (_, leave) => {
    const { cause, events, client, heard, clock } = await leaving(leave);
    expect(cause).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_ABORTED' });
    expect(events).toContain('response close');
    expect(client.received.length).toBe(0);
    expect(heard).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('before the chain came to the gatekeeper: it is not asked', async () => {
    const gatekeeper = vi.fn<Gatekeeper<Context>>();
    const word = deferred();
    const { knock } = chainHouse(gatekeeper, async (request, response, route) => {
      await word.promise;
      await answer(request, response, route);
    });
    const client = knock();
    await turn();
    client.end();
    await client.ended();
    word.resolve();
    await turn();
    expect(gatekeeper).not.toHaveBeenCalled();
    expect(client.received.length).toBe(0);
  });
});

describe('the deadline', () => {
  test('holds for a chain that never answers: 503, and onError', async () => {
    const { knock, clock, heard } = chainHouse(echo, () => never);
    const client = knock();
    await clock.advance(10_000);
    expect((await client.response()).status).toBe(503);
    expect(heard).toMatchObject([
      { error: { code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT' }, ws: undefined },
    ]);
  });

  test('holds for a gatekeeper, counted from the request, with the time of its own handler', async () => {
    const word = deferred();
    const { knock, clock, heard } = chainHouse(
      () => never,
      async (request, response, route) => {
        await word.promise;
        await answer(request, response, route);
      },
      {},
      { handshakeTimeout: 3_000 },
    );
    const client = knock();
    await clock.advance(2_000);
    word.resolve();
    await clock.advance(999);
    expect(client.received.length).toBe(0);
    await clock.advance(1);
    expect((await client.response()).body).toBe('neither accepted nor refused within 3 s\n');
    expect(heard).toHaveLength(1);
  });

  test('cuts off a client whose answer has begun', async () => {
    const { knock, clock } = chainHouse(echo, async (request, response) => {
      response.writeHead(200);
      response.write('half an answer');
    });
    const client = knock();
    await client.head();
    await clock.advance(10_000);
    await client.gone;
    expect(client.received.toString()).not.toContain('503');
  });
});

describe('close', () => {
  test('refuses those in the chain, before and behind the gatekeeper', async () => {
    const { knock, attachment, heard } = chainHouse(
      (request, ws) => ws.closed,
      async (request, response, route) => {
        if (request.url === '/slow') await never;
        await answer(request, response, route);
      },
    );
    const slow = knock(false).ask({}, { target: '/slow' });
    const waiting = knock();
    await turn();
    const closing = attachment.close();
    expect((await slow.response()).status).toBe(503);
    expect((await waiting.response()).status).toBe(503);
    await closing;
    expect((await knock().response()).status).toBe(503);
    expect(heard).toEqual([]);
  });

  test('tells 1001 to who was let in while the chain was still answering', async () => {
    const word = deferred();
    const { knock, attachment } = chainHouse(
      (request, ws) => ws.listen(() => undefined),
      async (request, response, route) => {
        const { end } = response;
        response.end = (...args: unknown[]) => {
          void word.promise.then(() => Reflect.apply(end, response, args));
          return response;
        };
        await answer(request, response, route);
      },
    );
    const client = knock();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    const closing = attachment.close();
    word.resolve();
    await client.opened();
    expect(await client.closed()).toBe(1001);
    await closing;
  });
});

describe('beside other listeners for upgrades', () => {
  test('whoever answers at once has the client; the chain is not run', async () => {
    const urls: unknown[] = [];
    const { http, knock, listen } = chainHouse(echo, async (request, response, route) => {
      urls.push(request.url);
      await answer(request, response, route);
    });
    await listen();
    http.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      if (request.url === '/theirs') socket.end('HTTP/1.1 418 theirs\r\n\r\n');
    });
    expect((await knock(false).ask({}, { target: '/theirs' }).response()).status).toBe(418);
    const client = knock(false).ask({}, { target: '/ours' });
    await client.opened();
    expect(await client.say('hello').text()).toBe('hello');
    expect(urls).toEqual(['/ours']);
  });
});
