import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer as WsServer } from 'ws';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { attach, type AttachOptions } from '../../src/node/attach.js';
import { StateError } from '../../src/protocol/errors.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { deferred, echo, gatehouse } from '../server/support/gatehouse.js';
import { closeFrame, dial, dialInMemory } from '../server/support/raw-client.js';

const never = new Promise<void>(() => {});

describe("somebody's server", () => {
  test('serves WebSockets, and its own requests as before', async () => {
    const { http, knock, attachment } = gatehouse(echo);
    const client = knock();
    await client.opened();
    expect(await client.say('hello').text()).toBe('hello');
    expect(attachment.connections.size).toBe(1);
    const page = dialInMemory(http).send(
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(await page.response()).toMatchObject({ status: 200, body: 'hello' });
  });

  test('may be attached before or after it listens', async () => {
    const server = createServer();
    attach(server, { websocket: echo });
    server.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const client = dial({ port: (server.address() as AddressInfo).port }).ask();
    await client.opened();
    expect(await client.say('hello').text()).toBe('hello');
  });

  test('gets one listener and no other change', () => {
    const server = createServer();
    const before = server.eventNames().map((name) => [name, server.listenerCount(name)]);
    attach(server, { websocket: echo });
    expect(server.eventNames().map((name) => [name, server.listenerCount(name)])).toEqual([
      ...before,
      ['upgrade', 1],
    ]);
  });
});

describe('attached twice', () => {
  test('with the same options: the first one again, and one answer for each client', async () => {
    const server = createServer();
    const options = { websocket: echo, subprotocols: ['a'] };
    const first = attach(server, options);
    expect(attach(server, options)).toBe(first);
    expect(attach(server, { ...options })).toBe(first);
    expect(server.listenerCount('upgrade')).toBe(1);
    const client = dialInMemory(server).ask();
    await client.opened();
    expect(await client.say('once').text()).toBe('once');
    expect(client.received.length).toBe(0);
  });

  test.each<[string, AttachOptions]>([
    ['another gatekeeper', { websocket: () => undefined }],
    ['one option more', { websocket: echo, trustProxy: true }],
    ['one option less', {}],
    ['another value', { websocket: echo, maxMessageSize: 5 }],
  ])('with %s: StateError', (_, options) => {
    const server = createServer();
    attach(server, { websocket: echo, ...('maxMessageSize' in options && { maxMessageSize: 4 }) });
    const again = (): unknown => attach(server, options);
    expect(again).toThrow(StateError);
    expect(again).toThrow(expect.objectContaining({ code: 'POSTERN_ERR_ALREADY_ATTACHED' }));
  });

  test('each server has its own', () => {
    const options = { websocket: echo };
    expect(attach(createServer(), options)).not.toBe(attach(createServer(), options));
  });

  test.each<[object, string | RegExp]>([
    [{ websocket: 'echo' }, 'gatekeeper is string, expected a function'],
    [{ websocket: null }, 'gatekeeper is object, expected a function'],
    [{ websocket: echo, onError: 'x' }, 'onError is string, expected a function'],
    [{ websocket: echo, trustProxy: 1 }, 'trustProxy is number, expected a boolean'],
    [{ websocket: echo, maxMessageSize: -1 }, /^maxMessageSize is -1, expected a whole number/],
  ])('%j is a mistake, and leaves the server alone', (options, message) => {
    const server = createServer();
    expect(() => attach(server, options as AttachOptions)).toThrow(message);
    expect(server.listenerCount('upgrade')).toBe(0);
    expect(attach(server, { websocket: echo }).connections.size).toBe(0);
  });
});

describe('two copies of this library', () => {
  async function copies() {
    vi.resetModules();
    const first = await import('../../src/node/attach.js');
    vi.resetModules();
    const second = await import('../../src/node/attach.js');
    expect(first.attach).not.toBe(second.attach);
    return [first, second] as const;
  }

  test('do not answer one client twice: the second returns what the first attached', async () => {
    const [first, second] = await copies();
    const server = createServer();
    const options = { websocket: echo };
    const attachment = first.attach(server, options);
    expect(second.attach(server, options)).toBe(attachment);
    expect(server.listenerCount('upgrade')).toBe(1);
    const client = dialInMemory(server).ask();
    await client.opened();
    expect(await client.say('once').text()).toBe('once');
  });

  test('complain of other options, each in its own words', async () => {
    const [first, second] = await copies();
    const server = createServer();
    first.attach(server, { websocket: echo });
    expect(() => second.attach(server, { websocket: () => undefined })).toThrow(
      expect.objectContaining({ name: 'StateError', code: 'POSTERN_ERR_ALREADY_ATTACHED' }),
    );
  });

  test('serve beside each other on two servers', async () => {
    for (const { attach: attachCopy } of await copies()) {
      const server = createServer();
      attachCopy(server, { websocket: echo });
      const client = dialInMemory(server).ask();
      await client.opened();
      expect(await client.say('hello').text()).toBe('hello');
    }
  });
});

describe('filter', () => {
  test('says which upgrades are ours', async () => {
    const filter = vi.fn<(request: IncomingMessage) => boolean>(({ url }) => url === '/ours');
    const { http, knock } = gatehouse(echo, { filter });
    http.on('upgrade', (request, socket: Duplex) => {
      if (request.url !== '/ours') socket.end('HTTP/1.1 418 theirs\r\nConnection: close\r\n\r\n');
    });
    expect((await knock(false).ask({}, { target: '/ours' }).head()).status).toBe(101);
    expect((await knock(false).ask({}, { target: '/theirs' }).response()).status).toBe(418);
    expect(filter).toHaveBeenCalledTimes(2);
  });

  test('and npm ws serve one server, in both orders', async () => {
    for (const wsFirst of [true, false]) {
      const server = createServer();
      const theirs = new WsServer({ noServer: true });
      theirs.on('connection', (ws) => ws.send('theirs'));
      const attachWs = (): void =>
        void server.on('upgrade', (request, socket, head) => {
          if (request.url !== '/theirs') return;
          theirs.handleUpgrade(request, socket, head, (ws) => theirs.emit('connection', ws));
        });
      if (wsFirst) attachWs();
      attach(server, {
        websocket: async (request, ws) => {
          await turn();
          await ws.accept();
          await ws.write('ours');
        },
        filter: ({ url }) => url === '/ours',
      });
      if (!wsFirst) attachWs();
      for (const target of ['/ours', '/theirs']) {
        const client = dialInMemory(server).ask({}, { target });
        await client.opened();
        expect(await client.text()).toBe(target.slice(1));
      }
    }
  });

  test('refuses with 404 what nobody else could want', async () => {
    const { knock, heard } = gatehouse(echo, { filter: ({ url }) => url === '/ours' });
    expect(await knock(false).ask({}, { target: '/theirs' }).response()).toMatchObject({
      status: 404,
      headers: { connection: 'close' },
    });
    expect(heard).toEqual([]);
  });

  test('leaves to others what they want, and its loss ends nothing', async () => {
    const { http, knock } = gatehouse(echo, { filter: () => false });
    const left = deferred<Duplex>();
    http.on('upgrade', (request, socket) => left.resolve(socket));
    knock();
    const socket = await left.promise;
    const closed = new Promise<void>((resolve) => socket.once('close', resolve));
    // As a reset would: nobody but us may be listening for it.
    socket.destroy(new Error('ECONNRESET'));
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  test('that throws: 500 and onError, and nothing dies', async () => {
    const { knock, heard } = gatehouse(echo, {
      filter: () => {
        throw new Error('mine');
      },
    });
    const response = await knock().response();
    expect(response).toMatchObject({ status: 500, headers: { connection: 'close' } });
    expect(response.body).not.toContain('mine');
    expect(heard).toMatchObject([{ error: { message: 'mine' }, ws: undefined }]);
  });

  test('leaves no listener of its own on a socket that is in', async () => {
    const sockets: Duplex[] = [];
    const listeners = async (options: Omit<AttachOptions, 'websocket'>): Promise<number> => {
      const { http, knock } = gatehouse(echo, options);
      http.prependListener('upgrade', (request, socket) => sockets.push(socket));
      await knock().opened();
      return sockets.at(-1)!.listenerCount('error');
    };
    expect(await listeners({ filter: () => true })).toBe(await listeners({}));
  });
});

describe('connections', () => {
  test('are those who are in, and nobody else', async () => {
    const word = deferred();
    const { knock, attachment } = gatehouse(async (request, ws) => {
      if (request.url === '/refused') return;
      if (request.url === '/slow') await word.promise;
      for await (const message of ws) await ws.write(message);
    });
    const { connections } = attachment;
    await knock(false).ask({}, { target: '/refused' }).response();
    const slow = knock(false).ask({}, { target: '/slow' });
    const client = knock();
    await client.opened();
    expect(connections.size).toBe(1);
    word.resolve();
    await slow.opened();
    expect([...connections].map((ws) => ws.state)).toEqual(['open', 'open']);
    const [first] = connections;
    slow.socket.destroy();
    client.send(closeFrame(1000));
    await Promise.all([...connections].map((ws) => ws.closed));
    expect(connections.size).toBe(0);
    expect(connections.has(first!)).toBe(false);
  });

  test('are read-only', async () => {
    const { knock, attachment } = gatehouse(echo);
    await knock().opened();
    const set = attachment.connections as Set<WebSocket>;
    const [ws] = set;
    expect(() => set.add(ws!)).toThrow(new TypeError('connections is read-only'));
    expect(() => set.delete(ws!)).toThrow(TypeError);
    expect(() => set.clear()).toThrow(TypeError);
    expect(set.size).toBe(1);
  });
});

describe('close', () => {
  test('tells everyone 1001 and resolves when they have gone; the HTTP server stays', async () => {
    const { http, knock, attachment } = gatehouse(echo);
    const clients = [knock(), knock(), knock()];
    await Promise.all(clients.map((client) => client.opened()));
    const closing = attachment.close();
    expect(await Promise.all(clients.map((client) => client.closed()))).toEqual([1001, 1001, 1001]);
    await closing;
    expect(attachment.connections.size).toBe(0);
    const page = dialInMemory(http).send(
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect((await page.response()).body).toBe('hello');
  });

  test('tells the code it is asked to tell', async () => {
    const { knock, attachment } = gatehouse(echo);
    const client = knock();
    await client.opened();
    const closing = attachment.close({ code: 1012 });
    expect(await client.closed()).toBe(1012);
    await closing;
  });

  test('refuses new handshakes with 503 from its first moment, and for good', async () => {
    const { knock, attachment, heard } = gatehouse(echo);
    const client = knock();
    await client.opened();
    const closing = attachment.close();
    const response = await knock().response();
    expect(response).toMatchObject({ status: 503, headers: { connection: 'close' } });
    await client.closed();
    await closing;
    expect((await knock().response()).status).toBe(503);
    expect(heard).toEqual([]);
  });

  test('refuses pending handshakes with 503 and aborts them', async () => {
    const asked = deferred<WebSocket>();
    const { knock, attachment, heard } = gatehouse(async (request, ws) => {
      asked.resolve(ws);
      await ws.closed;
      await ws.accept();
    });
    const client = knock();
    const ws = await asked.promise;
    const { signal } = ws;
    const closing = attachment.close();
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'POSTERN_ERR_SERVER_CLOSING', status: 503 });
    expect(await client.response()).toMatchObject({
      status: 503,
      headers: { connection: 'close' },
      body: 'the server is closing\n',
    });
    await closing;
    expect(heard).toEqual([]);
  });

  test('tells who was let in at the very same moment', async () => {
    const asked = deferred<WebSocket>();
    const { knock, attachment } = gatehouse((request, ws) => {
      asked.resolve(ws);
      return ws.closed;
    });
    const client = knock();
    const ws = await asked.promise;
    const accepted = ws.accept();
    const closing = attachment.close();
    await accepted;
    await client.opened();
    expect(await client.closed()).toBe(1001);
    await closing;
  });

  test('awaits gatekeepers: what they do last is done', async () => {
    const word = deferred();
    let done = false;
    const { knock, attachment, clock } = gatehouse(async (request, ws) => {
      for await (const message of ws) await ws.write(message);
      await word.promise;
      done = true;
    });
    const client = knock();
    await client.opened();
    const closing = attachment.close().then(() => done);
    expect(await client.closed()).toBe(1001);
    await clock.advance(5_000);
    expect(attachment.connections.size).toBe(0);
    word.resolve();
    expect(await closing).toBe(true);
  });

  test('terminates what is left after the grace time, and leaves a gatekeeper to itself', async () => {
    const { knock, attachment, clock } = gatehouse(async (request, ws) => {
      await ws.accept();
      await never;
    });
    const stuck = knock();
    await stuck.opened();
    const [ws] = attachment.connections;
    let closed = false;
    const closing = attachment.close({ grace: 3_000 }).then(() => (closed = true));
    expect(await stuck.closeCode()).toBe(1001);
    await clock.advance(2_999);
    expect([closed, ws!.state]).toEqual([false, 'closing']);
    await clock.advance(1);
    await closing;
    expect(ws!.state).toBe('closed');
    expect(await ws!.closed).toMatchObject({ code: 1006, wasClean: false, initiator: 'local' });
    await stuck.gone;
  });

  test('waits 10 s by default', async () => {
    const { knock, attachment, clock } = gatehouse(echo);
    const stuck = knock();
    await stuck.opened();
    let closed = false;
    const closing = attachment.close().then(() => (closed = true));
    await clock.advance(9_999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });

  test('with a grace time of 0 still tells everyone before it cuts them off', async () => {
    const { knock, attachment, clock } = gatehouse(echo);
    const client = knock();
    await client.opened();
    const closing = attachment.close({ grace: 0 });
    await clock.advance(0);
    await closing;
    expect(await client.closeCode()).toBe(1001);
    await client.gone;
  });

  test('is idempotent: later calls change nothing and resolve with the first', async () => {
    const { knock, attachment, clock } = gatehouse(echo);
    const client = knock();
    await client.opened();
    const closings = [attachment.close(), attachment.close({ code: 4000, grace: 1 })];
    expect(await client.closeCode()).toBe(1001);
    await clock.advance(100);
    expect(attachment.connections.size).toBe(1);
    client.send(closeFrame(1001));
    await Promise.all(closings);
    await attachment.close();
  });

  test('may be called by whoever hears of it', async () => {
    const { knock, attachment } = gatehouse((request, ws) => {
      ws.signal.addEventListener('abort', () => void attachment.close());
      return new Promise((resolve) => ws.signal.addEventListener('abort', resolve));
    });
    const client = knock();
    await turn();
    await attachment.close();
    expect((await client.response()).status).toBe(503);
  });

  test('with nobody there resolves at once, and leaves no timer', async () => {
    const { attachment, clock } = gatehouse(echo);
    await attachment.close();
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([
    [{ code: 1005 }, /1005/],
    [{ code: 1006 }, /1006/],
    [{ code: 999 }, /999/],
    [{ grace: -1 }, /^grace is -1/],
    [{ grace: 0.5 }, /^grace is 0\.5/],
    [{ grace: Infinity }, /^grace is Infinity/],
  ])('%j rejects with a RangeError, and closes nothing', async (options, message) => {
    const { knock, attachment } = gatehouse(echo);
    const outcome = attachment.close(options);
    await expect(outcome).rejects.toThrow(RangeError);
    await expect(outcome).rejects.toThrow(message);
    expect((await knock().head()).status).toBe(101);
  });
});

test('a clock of ours is the one of its timers', async () => {
  const clock = fakeClock();
  const server = createServer();
  attach(server, { websocket: () => never, clock });
  dialInMemory(server).ask();
  await turn();
  expect(clock.pendingTimers).toBe(1);
});
