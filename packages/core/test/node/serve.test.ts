import { getEventListeners, once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent, get, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { serve, WebSocketServer } from '../../src/node/serve.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { certificate } from '../client/support/certificate.js';
import { deferred, echo, station } from '../server/support/gatehouse.js';
import { closeFrame, dial, type RawClient } from '../server/support/raw-client.js';
import { roads, socketPath } from '../server/support/roads.js';
import { upgradeRequest } from '../server/support/upgrade-request.js';

const loopback = { host: '127.0.0.1', websocket: echo };
const plainGet = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

describe.each(roads)('%s', (_, reach) => {
  test('echoes, tells 1000 and is gone', async () => {
    const { knock } = await reach(async (request, ws) => {
      for await (const message of ws) {
        await ws.write(message);
        if (message === 'last') break;
      }
    });
    const client = knock();
    await client.opened();
    expect(await client.say('first').text()).toBe('first');
    expect(await client.say('last').text()).toBe('last');
    expect(await client.closed()).toBe(1000);
    await client.gone;
  });

  test('refuses', async () => {
    const { knock } = await reach((request, ws) => ws.refuse(404, { body: 'nothing here\n' }));
    expect(await knock().response()).toMatchObject({
      status: 404,
      headers: { connection: 'close' },
      body: 'nothing here\n',
    });
  });

  test('tells where the client is', async () => {
    const asked = deferred<string>();
    const { knock } = await reach((request) => asked.resolve(request.clientAddress));
    await knock().response();
    expect(['', '127.0.0.1']).toContain(await asked.promise);
  });
});

describe('a server of its own', () => {
  test('resolves once it listens, on a port that the system chose', async () => {
    const { server } = await station(echo);
    expect(server).toBeInstanceOf(WebSocketServer);
    expect(server.port).toBeGreaterThan(0);
    expect(server.port).toBe((server.server.address() as AddressInfo).port);
    expect(server.url).toBe(`ws://127.0.0.1:${server.port}`);
    expect(server.server.listening).toBe(true);
  });

  test('answers ordinary requests with http, whatever the path', async () => {
    const { knock } = await station(echo, {
      http: (request, response) => response.end(`page ${request.url}`),
    });
    const client = knock(false).send(plainGet.replace('/', '/about'));
    expect(await client.response()).toMatchObject({ status: 200 });
    expect((await knock().head()).status).toBe(101);
  });

  test('without http answers them with 426', async () => {
    const { knock } = await station(echo);
    expect(await knock(false).send(plainGet).response()).toMatchObject({
      status: 426,
      headers: { upgrade: 'websocket' },
    });
  });

  test('and ends the connection, also for a client that would keep it', async () => {
    const { knock } = await station(echo);
    const client = knock(false).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await client.response()).toMatchObject({
      status: 426,
      headers: { connection: 'Upgrade, close' },
    });
  });

  test.each([
    [{ host: '127.0.0.1' }, /^ws:\/\/127\.0\.0\.1:\d+$/],
    [{ host: 'localhost' }, /^ws:\/\/localhost:\d+$/],
    [{ host: '0.0.0.0' }, /^ws:\/\/localhost:\d+$/],
    [{ host: '::' }, /^ws:\/\/localhost:\d+$/],
    [{}, /^ws:\/\/localhost:\d+$/],
  ])('%j is found at %s', async (options, url) => {
    const server = await serve({ websocket: echo, ...options });
    expect(server.url).toMatch(url);
    await server.close();
  });

  test('an IPv6 host stands in brackets', async () => {
    let server: WebSocketServer;
    try {
      server = await serve({ websocket: echo, host: '::1' });
    } catch (error) {
      console.log(`skipped: no IPv6 loopback here (${(error as Error).message})`);
      return;
    }
    expect(server.url).toBe(`ws://[::1]:${server.port}`);
    await server.close();
  });

  test('on a Unix socket has a URL of its own, and no port', async () => {
    const path = socketPath();
    const { server } = await station(echo, { path });
    expect([server.url, server.port]).toEqual([`ws+unix:${path}`, 0]);
    const client = dial({ path }).ask();
    await client.opened();
    expect(await client.say('hello').text()).toBe('hello');
    await server.close({ grace: 0 });
    expect(existsSync(path)).toBe(false);
  });

  test('with tls speaks TLS', async () => {
    const tls = certificate('localhost');
    const { server } = await station(echo, { tls });
    expect(server.url).toBe(`wss://127.0.0.1:${server.port}`);
    const client = dial({ port: server.port, ca: tls.cert }).ask();
    await client.opened();
    expect(await client.say('hello').text()).toBe('hello');
    const page = dial({ port: server.port, ca: tls.cert }).send(plainGet);
    expect((await page.response()).status).toBe(426);
  });

  test('that speaks TLS survives a client that does not', async () => {
    const tls = certificate('localhost');
    const { server, heard } = await station(echo, { tls });
    const client = dial({ port: server.port }).send(upgradeRequest());
    await client.gone;
    const good = dial({ port: server.port, ca: tls.cert }).ask();
    expect((await good.head()).status).toBe(101);
    expect(heard).toEqual([]);
  });

  test('installs no signal handlers', async () => {
    const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'beforeExit', 'exit'];
    const count = (): number[] => signals.map((signal) => process.listenerCount(signal));
    const before = count();
    await station(echo);
    expect(count()).toEqual(before);
  });

  test('port, url and connections are read-only', async () => {
    const { server } = await station(echo);
    const open = server as unknown as Record<string, unknown>;
    for (const name of ['port', 'url', 'connections']) {
      expect(() => (open[name] = 5)).toThrow(TypeError);
    }
    expect(() => (server.connections as Set<unknown>).clear()).toThrow(TypeError);
  });

  test('connections are those who are in', async () => {
    const { server, knock } = await station(echo);
    const client = knock();
    await client.opened();
    expect([...server.connections].map((ws) => ws.state)).toEqual(['open']);
    const [ws] = server.connections;
    client.reset();
    await ws!.closed;
    expect(server.connections.size).toBe(0);
  });
});

describe('what cannot be served', () => {
  test('a port that is taken: EADDRINUSE', async () => {
    const { server } = await station(echo);
    await expect(serve({ ...loopback, port: server.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test('a host that is not ours', async () => {
    await expect(serve({ websocket: echo, host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });

  test('a certificate that is none', async () => {
    await expect(serve({ ...loopback, tls: { cert: 'x', key: 'y' } })).rejects.toThrow();
  });

  test.each<[object, RegExp]>([
    [{ websocket: undefined }, /^websocket is undefined, expected a function$/],
    [{ websocket: 'x' }, /^websocket is string, expected a function$/],
    [{ handshakeTimeout: -1 }, /^handshakeTimeout is -1, expected a whole number/],
    [{ handshakeTimeout: 'x' }, /^handshakeTimeout is x, expected a whole number/],
    [{ maxMessageSize: 0.5 }, /^maxMessageSize is 0\.5/],
    [{ origins: ['example.com'] }, /^origins: /],
    [{ subprotocols: 'a' }, /^subprotocols: /],
    [{ trustProxy: 'yes' }, /^trustProxy is string, expected a boolean$/],
    [{ onError: 5 }, /^onError is number, expected a function$/],
    [{ port: 65_536 }, /65536/],
  ])('%j rejects and names it', async (options, message) => {
    await expect(serve({ ...loopback, ...options })).rejects.toThrow(message);
  });

  test('the longest handshakeTimeout there is can be served', async () => {
    const { server } = await station(echo, { handshakeTimeout: 2 ** 31 - 1 });
    expect(server.server.headersTimeout).toBe(2 ** 31 - 1);
  });
});

describe('unfinished handshakes', () => {
  test.each<[string, (client: RawClient) => unknown]>([
    ['nothing', () => undefined],
    ['half a head', (client) => client.send('GET / HTTP/1.1\r\nHost: local')],
    ['a head that never ends', (client) => client.send(upgradeRequest().slice(0, -2))],
  ])('a client that sends %s is gone after handshakeTimeout', async (_, begin) => {
    const { knock } = await station(echo, { handshakeTimeout: 100 });
    const client = knock(false);
    begin(client);
    await client.gone;
    expect(client.received.toString()).toMatch(/^(HTTP\/1\.1 408 .*)?/);
  });

  test('so is one that never begins to speak TLS', async () => {
    const { server } = await station(echo, {
      handshakeTimeout: 100,
      tls: certificate('localhost'),
    });
    const client = dial({ port: server.port });
    await client.gone;
    expect(client.received.length).toBe(0);
  });
});

describe('acceptConnection', () => {
  test('is asked about every connection before a byte is read', async () => {
    const asked: (string | undefined)[] = [];
    const answers = [true, false, true];
    const { knock } = await station(echo, {
      acceptConnection: (socket) => {
        expect(socket.bytesRead).toBe(0);
        asked.push(socket.remoteAddress);
        return answers.shift()!;
      },
    });
    expect((await knock().head()).status).toBe(101);
    const refused = knock();
    await refused.gone;
    expect(refused.received.length).toBe(0);
    expect((await knock().head()).status).toBe(101);
    expect(asked).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  test('is asked below TLS', async () => {
    const tls = certificate('localhost');
    const acceptConnection = vi.fn<(socket: Socket) => boolean>(() => false);
    const { server, heard } = await station(echo, { tls, acceptConnection });
    const client = dial({ port: server.port, ca: tls.cert });
    await client.gone;
    expect(acceptConnection).toHaveBeenCalledOnce();
    expect(heard).toEqual([]);
  });

  test.each<[string, () => unknown, object]>([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
      { message: 'mine' },
    ],
    ['returns a promise', async () => true, { name: 'TypeError' }],
    ['returns nothing', () => undefined, { name: 'TypeError' }],
  ])('that %s is a no, and onError hears of it', async (_, acceptConnection, error) => {
    const { knock, heard } = await station(echo, {
      acceptConnection: acceptConnection as () => boolean,
    });
    const client = knock();
    await client.gone;
    expect(client.received.length).toBe(0);
    expect(heard).toMatchObject([{ error, ws: undefined }]);
  });
});

describe('signal', () => {
  test('already aborted: rejects with its reason, and nothing listens', async () => {
    const reason = new Error('never mind');
    await expect(serve({ ...loopback, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('aborted while the server begins to listen: rejects with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const path = socketPath();
    const outcome = serve({ websocket: echo, path, signal: controller.signal });
    controller.abort(reason);
    await expect(outcome).rejects.toBe(reason);
    expect(existsSync(path)).toBe(false);
  });

  test('aborted later: closes the server as close does', async () => {
    const controller = new AbortController();
    const { server, knock } = await station(echo, { signal: controller.signal });
    const client = knock();
    await client.opened();
    controller.abort();
    expect(await client.closed()).toBe(1001);
    await server.close();
    expect(server.server.listening).toBe(false);
  });

  test('forgets a server that was closed otherwise', async () => {
    const { signal } = new AbortController();
    const { server } = await station(echo, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await server.close();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('close', () => {
  test('stops listening, tells everyone 1001, and resolves when they have gone', async () => {
    const { server, knock } = await station(echo);
    const { port } = server;
    const clients = [knock(), knock()];
    await Promise.all(clients.map((client) => client.opened()));
    const closing = server.close();
    expect(server.server.listening).toBe(false);
    expect(await Promise.all(clients.map((client) => client.closed()))).toEqual([1001, 1001]);
    await closing;
    expect([server.connections.size, server.port]).toEqual([0, 0]);
    const late = connect({ port, host: '127.0.0.1' });
    const [error] = (await once(late, 'error')) as [Error];
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('refuses with 503 who had begun to ask', async () => {
    const { server, knock } = await station(echo);
    const open = knock();
    await open.opened();
    const late = knock(false).send(upgradeRequest().slice(0, 60));
    const before = knock(false);
    await once(before.socket, 'connect');
    await expect.poll(() => getConnections(server)).toBe(3);
    const closing = server.close();
    late.send(upgradeRequest().slice(60));
    before.ask();
    expect((await late.response()).status).toBe(503);
    // Newer releases of Node cut off who has sent nothing yet.
    const cutOff = { status: undefined };
    expect([503, undefined]).toContain((await before.response().catch(() => cutOff)).status);
    await open.closed();
    await closing;
  });

  test('refuses and aborts pending handshakes, and awaits their gatekeepers', async () => {
    const asked = deferred<WebSocket>();
    let done = false;
    const { server, knock, heard } = await station(async (request, ws) => {
      asked.resolve(ws);
      await once(ws.signal, 'abort');
      await turn();
      done = true;
    });
    const client = knock();
    await asked.promise;
    const closing = server.close();
    expect((await client.response()).status).toBe(503);
    await closing;
    expect(done).toBe(true);
    expect(heard).toEqual([]);
  });

  test('waits for ordinary requests under way, and cuts off idle clients', async () => {
    const asked = deferred<ServerResponse>();
    const { server, knock } = await station(echo, {
      http: (request, response) => {
        if (request.url === '/slow') asked.resolve(response);
        else response.end('quick');
      },
    });
    const idle = knock(false);
    await once(idle.socket, 'connect');
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    await new Promise((resolve) => {
      get({ port: server.port, host: '127.0.0.1', agent }, (response) =>
        response.resume().on('end', resolve),
      );
    });
    const slow = knock(false).send('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const response = await asked.promise;
    let closed = false;
    const closing = server.close().then(() => (closed = true));
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(closed).toBe(false);
    response.end('at last');
    expect((await slow.response()).body).toContain('at last');
    await closing;
    await idle.gone;
  });

  test('ends what is left after the grace time: stuck clients, and requests without an answer', async () => {
    const clock = fakeClock();
    const asked = deferred();
    const { server, knock } = await station(echo, {
      clock,
      http: () => asked.resolve(),
    });
    const stuck = knock();
    await stuck.opened();
    const [ws] = server.connections;
    const unanswered = knock(false).send(plainGet);
    await asked.promise;
    let closed = false;
    const closing = server.close({ grace: 2_000 }).then(() => (closed = true));
    expect(await stuck.closeCode()).toBe(1001);
    await clock.advance(1_999);
    expect([closed, ws!.state]).toEqual([false, 'closing']);
    await clock.advance(1);
    await closing;
    await Promise.all([stuck.gone, unanswered.gone]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is idempotent', async () => {
    const { server, knock } = await station(echo);
    const client = knock();
    await client.opened();
    const closings = [server.close(), server.close(), server.close({ code: 4000 })];
    expect(await client.closed()).toBe(1001);
    await Promise.all(closings);
    await server.close();
  });

  test.each([{ code: 1005 }, { code: 5000 }, { grace: -1 }])(
    'with %j rejects with a RangeError, and closes nothing; then it still closes',
    async (options) => {
      const { server, knock } = await station(echo);
      await expect(server.close(options)).rejects.toThrow(RangeError);
      expect(server.server.listening).toBe(true);
      expect((await knock().head()).status).toBe(101);
      await server.close({ grace: 0 });
      expect(server.server.listening).toBe(false);
    },
  );

  test('tells the code it is asked to tell', async () => {
    const { server, knock } = await station(echo);
    const client = knock();
    await client.opened();
    const closing = server.close({ code: 4001, grace: 5_000 });
    expect(await client.closeCode()).toBe(4001);
    client.send(closeFrame(4001));
    await closing;
  });

  test('is what the end of a scope does', async () => {
    const server = await serve(loopback);
    const client = dial({ port: server.port }).ask();
    await client.opened();
    const disposed = server[Symbol.asyncDispose]();
    expect(await client.closed()).toBe(1001);
    await disposed;
    expect(server.server.listening).toBe(false);
  });
});

function getConnections(server: WebSocketServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

test('a server of somebody else on the port is left alone', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(serve({ ...loopback, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(other.listening).toBe(true);
});
