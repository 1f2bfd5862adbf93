import { createServer, type IncomingMessage } from 'node:http';
import { describe, expect, test, vi } from 'vitest';

import { admit, createRoute } from '../../src/node/admit.js';
import { attach } from '../../src/node/attach.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import { deferred } from '../server/support/gatehouse.js';
import { dialInMemory } from '../server/support/raw-client.js';
import { chainHouse, type Context } from './support/chain-house.js';

describe('a route', () => {
  test.each([undefined, null, 'x'])('of %j is a TypeError', (gatekeeper) => {
    expect(() => createRoute(gatekeeper as unknown as Gatekeeper)).toThrow(TypeError);
  });

  test('checks its options at once', () => {
    expect(() => createRoute(() => undefined, { maxMessageSize: -1 })).toThrow(RangeError);
  });

  test('has options that win over those of its server', async () => {
    const { knock } = chainHouse(
      (request, ws) => ws.accept(),
      undefined,
      { subprotocols: ['server'], origins: [] },
      { subprotocols: ['route'] },
    );
    const client = knock(false).ask({ 'Sec-WebSocket-Protocol': 'server, route' });
    expect((await client.opened()).headers).toHaveProperty('sec-websocket-protocol', 'route');
    const foreign = knock(false).ask({ Origin: 'http://localhost:8080' });
    expect((await foreign.response()).status).toBe(403);
  });

  test('is reached on several servers, each with its own options and connections', async () => {
    const route = createRoute<Context>((request, ws) => ws.read());
    const houses = ['a', 'b'].map((name) => {
      const server = createServer((request, response) => {
        void admit(request, route, { user: name })!.then(() => response.end());
      });
      return { server, attachment: attach(server, { subprotocols: [name] }) };
    });
    for (const [index, { server, attachment }] of houses.entries()) {
      const client = dialInMemory(server).ask({ 'Sec-WebSocket-Protocol': 'b, a' });
      const chosen = (await client.opened()).headers['sec-websocket-protocol'];
      expect(chosen).toBe(['a', 'b'][index]);
      expect(attachment.connections.size).toBe(1);
    }
  });
});

describe('admit', () => {
  test('an ordinary request: undefined', async () => {
    const { knock } = chainHouse(() => undefined);
    const client = knock(false).send(
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect((await client.response()).body).toBe('an ordinary page');
  });

  test('on a server that nobody attached: an error that names the missing line', async () => {
    const failed = deferred<unknown>();
    const route = createRoute(() => undefined);
    // Without a listener for upgrades Node has the request run as any other.
    const server = createServer((request, response) => {
      admit(request, route, undefined)?.catch(failed.resolve);
      response.end();
    });
    dialInMemory(server).ask();
    expect(await failed.promise).toMatchObject({
      name: 'StateError',
      code: 'POSTERN_ERR_NOT_ATTACHED',
      message: expect.stringContaining('call attach(server)') as string,
    });
  });

  test('a second handler for one request: a StateError', async () => {
    const outcomes = deferred<unknown>();
    const first = createRoute(() => new Promise(() => {}));
    const second = createRoute(vi.fn<Gatekeeper<undefined>>());
    const server = createServer((request: IncomingMessage, response) => {
      void admit(request, first, undefined);
      admit(request, second, undefined)!.catch((error: unknown) => {
        outcomes.resolve(error);
        response.writeHead(500).end();
      });
    });
    attach(server);
    expect((await dialInMemory(server).ask().response()).status).toBe(500);
    expect(await outcomes.promise).toMatchObject({ code: 'POSTERN_ERR_ALREADY_DECIDED' });
    expect(second.gatekeeper).not.toHaveBeenCalled();
  });

  test('origins that throw go to the framework', async () => {
    const { knock, heard } = chainHouse(() => undefined, undefined, {
      origins: () => {
        throw new RangeError('mine');
      },
    });
    expect(await knock(false).ask({ Origin: 'http://a.example' }).response()).toMatchObject({
      status: 500,
      body: "the framework's own page for RangeError",
    });
    expect(heard).toEqual([]);
  });

  test('where there is no room: the refusal to answer with', async () => {
    const { knock } = chainHouse((request, ws) => ws.read(), undefined, { maxConnections: 1 });
    await knock().opened();
    expect(await knock().response()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5', connection: 'close' },
    });
  });
});
