import { setTimeout as wait } from 'node:timers/promises';

import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import jwt from '@fastify/jwt';
import rateLimit from '@fastify/rate-limit';
import session from '@fastify/session';
import { buildOptions, deferred, echo, openApp, type Station } from '@postern/adapter-contract';
import createFastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';
import { describe, expect, expectTypeOf, test } from 'vitest';

import {
  attach,
  postern,
  WebSocketHandler,
  type FastifyGatekeeper,
  type PosternOptions,
} from '../src/index.js';

/** An app's clients; `fill` is given the app when postern is registered. */
function serve(
  fill: (app: FastifyInstance) => unknown,
  { app = createFastify(), transport = 'tcp', ...options }: Serving = {},
): Promise<Station> {
  return openApp(transport, async (defaults) => {
    const all = { ...defaults, ...options };
    await app.register(postern, { grace: 0, ...all });
    await fill(app);
    await app.ready();
    return {
      server: app.server,
      attachment: attach(app.server, all),
      listen: async (place) => void (await app.listen(place)),
      ready: () => Promise.resolve(),
      close: () => app.close(),
    };
  });
}

interface Serving extends PosternOptions {
  readonly app?: FastifyInstance;
  readonly transport?: 'tcp' | 'memory';
}

/** The values of the cookies on a response, to be sent back. */
function cookieOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const lines = [headers['set-cookie'] ?? []].flat() as string[];
  return lines.map((line) => line.split(';')[0]).join('; ');
}

describe('hooks', () => {
  test('run in their order round the gatekeeper, and onResponse sees the 101', async () => {
    const order: string[] = [];
    const station = await serve((app) => {
      app.addHook('onRequest', async () => void order.push('onRequest'));
      app.addHook('preParsing', async () => void order.push('preParsing'));
      app.addHook('preValidation', async () => void order.push('preValidation'));
      app.addHook('preHandler', async () => void order.push('preHandler'));
      app.addHook(
        'onSend',
        async (request, reply) => void order.push(`onSend ${reply.statusCode}`),
      );
      app.addHook('onResponse', async (request, reply) => {
        order.push(`onResponse ${reply.statusCode}`);
      });
      app.get(
        '/chat',
        WebSocketHandler(async (request, ws) => {
          order.push('gatekeeper');
          await ws.accept();
          order.push('accepted');
          await ws.read();
        }),
      );
    });
    const client = station.ask('/chat').say('go');
    await client.opened();
    expect(await client.closed()).toBe(1000);
    expect(order).toEqual([
      'onRequest',
      'preParsing',
      'preValidation',
      'preHandler',
      'gatekeeper',
      'onSend 200',
      'onResponse 101',
      'accepted',
    ]);
  });

  test('of a route, and those of a plugin, guard its handlers alone', async () => {
    const station = await serve(async (app) => {
      await app.register(
        async (inner) => {
          inner.addHook('onRequest', async (request, reply) => {
            if (request.headers.authorization === undefined) {
              await reply.code(401).header('WWW-Authenticate', 'Key').send({ error: 'who is it?' });
            }
          });
          inner.get('/chat', WebSocketHandler(echo));
        },
        { prefix: '/private' },
      );
      const preHandler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
        await reply.code(402).send({ error: 'pay first' });
      };
      app.get('/paid', { preHandler }, WebSocketHandler(echo));
      app.get('/chat', WebSocketHandler(echo));
    });
    expect(await station.ask('/private/chat').lastReply()).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Key', connection: 'close' },
      body: '{"error":"who is it?"}',
    });
    expect(await station.ask('/paid').lastReply()).toMatchObject({
      status: 402,
      body: '{"error":"pay first"}',
    });
    await station.ask('/private/chat', { Authorization: 'Key 42' }).opened();
    await station.ask('/chat').opened();
  });

  test('of errors hear of what the gatekeeper threw, and its status is the answer', async () => {
    const heard: unknown[] = [];
    const failure = Object.assign(new Error('not now'), { statusCode: 409 });
    const station = await serve((app) => {
      app.addHook('onError', async (request, reply, error) => void heard.push(error));
      app.get(
        '/chat',
        WebSocketHandler(() => {
          throw failure;
        }),
      );
    });
    const reply = await station.ask('/chat').lastReply();
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([409, { message: 'not now' }]);
    expect(heard).toEqual([failure]);
  });

  test('of aborted requests hear of a client that leaves while they think', async () => {
    const heard: string[] = [];
    const asked = deferred();
    const aborted = deferred();
    const station = await serve((app) => {
      app.addHook('onRequestAbort', async (request) => {
        heard.push(request.url);
        aborted.resolve();
      });
      app.addHook('preHandler', async () => {
        asked.resolve();
        await aborted.promise;
      });
      app.get('/chat', WebSocketHandler(echo));
    });
    const client = station.ask('/chat');
    await asked.promise;
    client.end();
    await aborted.promise;
    await client.gone;
    expect(heard).toEqual(['/chat']);
  });

  test('schemas and the handler of what is not found answer as for any request', async () => {
    const station = await serve((app) => {
      const querystring = {
        type: 'object',
        required: ['room'],
        properties: { room: { type: 'integer' } },
      };
      app.setNotFoundHandler((request, reply) => reply.code(404).send({ lost: request.url }));
      app.get(
        '/chat',
        { schema: { querystring } },
        WebSocketHandler(async ({ context }, ws) => {
          await ws.accept();
          await ws.write(`room ${typeof (context.query as { room: unknown }).room}`);
        }),
      );
    });
    expect((await station.ask('/chat').lastReply()).status).toBe(400);
    expect((await station.ask('/nowhere').lastReply()).body).toBe('{"lost":"/nowhere"}');
    const client = station.ask('/chat?room=7');
    await client.opened();
    expect(await client.text()).toBe('room number');
  });
});

describe('@fastify/cookie and @fastify/session', () => {
  test('a session of the pages is the session of the gatekeeper, and is saved before the 101', async () => {
    const log: string[] = [];
    const sessions = new Map<string, unknown>();
    const store = {
      get: (id: string, callback: (error: unknown, found?: unknown) => void) =>
        callback(null, sessions.get(id)),
      set: (id: string, data: unknown, callback: (error?: unknown) => void) => {
        log.push('saving');
        void wait(10).then(() => {
          sessions.set(id, data);
          log.push('saved');
          callback();
        });
      },
      destroy: (id: string, callback: (error?: unknown) => void) => {
        sessions.delete(id);
        callback();
      },
    };
    const station = await serve(async (app) => {
      await app.register(cookie);
      const options = {
        secret: 's'.repeat(32),
        cookie: { secure: false },
        saveUninitialized: false,
      };
      await app.register(session, { ...options, store: store as never });
      app.post('/login', (request, reply) => {
        (request.session as unknown as { user: string }).user = 'ada';
        return reply.send('welcome');
      });
      app.get(
        '/chat',
        WebSocketHandler(async ({ context }, ws) => {
          const visit = context.session as unknown as { user?: string; seen?: boolean };
          if (visit.user === undefined) return ws.refuse(401, { body: 'log in first\n' });
          visit.seen = true;
          await ws.accept();
          log.push('accepted');
          await ws.write(`hello ${visit.user}`);
        }),
      );
    });
    expect(await station.ask('/chat').lastReply()).toMatchObject({
      status: 401,
      body: 'log in first\n',
    });
    const login = await station.knock().get('/login', {}, { method: 'POST' }).reply();
    log.splice(0);
    const client = station.ask('/chat', { Cookie: cookieOf(login) });
    expect((await client.opened()).headers).toHaveProperty('set-cookie');
    expect(await client.text()).toBe('hello ada');
    expect(log).toEqual(['saving', 'saved', 'accepted']);
  });

  test('cookies of the reply and of the gatekeeper are all on the 101', async () => {
    const station = await serve(async (app) => {
      await app.register(cookie, { secret: 's' });
      app.addHook('onRequest', async (request, reply) => void reply.setCookie('before', '1'));
      app.get(
        '/chat',
        WebSocketHandler(async ({ context }, ws) => {
          await ws.accept({ headers: { 'Set-Cookie': 'gate=2' } });
          await ws.write(context.cookies['theme'] ?? '');
        }),
      );
    });
    const client = station.ask('/chat', { Cookie: 'theme=dark' });
    expect(cookieOf(await client.opened())).toBe('before=1; gate=2');
    expect(await client.text()).toBe('dark');
  });
});

describe('@fastify/jwt', () => {
  test('refuses with its own 401, or tells the gatekeeper who it is', async () => {
    let token = '';
    const station = await serve(async (app) => {
      await app.register(jwt, { secret: 's' });
      const onRequest = async (request: FastifyRequest): Promise<void> => {
        await request.jwtVerify();
      };
      app.get(
        '/chat',
        { onRequest },
        WebSocketHandler(async ({ context }, ws) => {
          await ws.accept();
          await ws.write(`hello ${(context.user as { name: string }).name}`);
        }),
      );
      await app.after();
      token = app.jwt.sign({ name: 'ada' });
    });
    const reply = await station.ask('/chat').lastReply();
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([
      401,
      { code: 'FST_JWT_NO_AUTHORIZATION_IN_HEADER' },
    ]);
    const client = station.ask('/chat', { Authorization: `Bearer ${token}` });
    await client.opened();
    expect(await client.text()).toBe('hello ada');
  });
});

describe('@fastify/helmet', () => {
  test('its headers are on the 101, and on a refusal', async () => {
    const station = await serve(async (app) => {
      await app.register(helmet);
      app.get('/chat', WebSocketHandler(echo));
      app.get(
        '/closed',
        WebSocketHandler((request, ws) => ws.refuse(403)),
      );
    });
    const own = {
      'content-security-policy': expect.any(String) as string,
      'x-content-type-options': 'nosniff',
    };
    expect((await station.ask('/chat').opened()).headers).toMatchObject(own);
    expect((await station.ask('/closed').lastReply()).headers).toMatchObject(own);
  });
});

describe('@fastify/rate-limit', () => {
  test('counts upgrades: what is left is on the 101, and the third is 429 with its body', async () => {
    const station = await serve(async (app) => {
      await app.register(rateLimit, { max: 2, timeWindow: 60_000 });
      app.get('/chat', WebSocketHandler(echo));
    });
    const left = [];
    for (let count = 0; count < 2; count += 1) {
      left.push((await station.ask('/chat').opened()).headers['x-ratelimit-remaining']);
    }
    expect(left).toEqual(['1', '0']);
    const reply = await station.ask('/chat').lastReply();
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    expect(JSON.parse(reply.body)).toMatchObject({ error: 'Too Many Requests' });
  });
});

describe("Fastify's own logger", () => {
  test('logs 101, and what else was answered', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const app = createFastify({ logger: { stream } });
    const station = await serve(
      () => {
        app.get('/chat', WebSocketHandler(echo));
        app.get(
          '/closed',
          WebSocketHandler((request, ws) => ws.refuse(403)),
        );
      },
      { app: app as unknown as FastifyInstance },
    );
    await station.ask('/chat').opened();
    await station.ask('/closed').lastReply();
    const statuses = lines
      .map((line) => JSON.parse(line) as { msg: string; res?: { statusCode: number } })
      .flatMap(({ msg, res }) => (msg === 'request completed' ? [res?.statusCode] : []));
    expect(statuses).toEqual([101, 403]);
  });
});

describe('the plugin', () => {
  test('belongs to the whole app, whichever part registers it, and twice is once', async () => {
    const app = createFastify();
    await app.register(async (inner) => {
      await inner.register(postern, { grace: 0 });
      inner.get('/inner', WebSocketHandler(echo));
    });
    app.get('/outer', WebSocketHandler(echo));
    await app.register(postern, { grace: 0 });
    const station = await openApp('memory', async () => {
      await app.ready();
      return {
        server: app.server,
        attachment: attach(app.server),
        listen: async (place) => void (await app.listen(place)),
        ready: () => Promise.resolve(),
        close: () => app.close(),
      };
    });
    expect(app.server.listenerCount('upgrade')).toBe(1);
    for (const path of ['/inner', '/outer']) {
      const client = station.ask(path).say(path);
      await client.opened();
      expect(await client.text()).toBe(path);
    }
  });

  test('takes a filter: what it does not want is left to others', async () => {
    const station = await serve((app) => void app.get('/chat', WebSocketHandler(echo)), {
      filter: ({ url }) => url === '/chat',
    });
    station.app.server.on('upgrade', (request, socket) => {
      if (request.url === '/other') socket.end('HTTP/1.1 418 Other\r\nContent-Length: 0\r\n\r\n');
    });
    await station.ask('/chat').opened();
    expect((await station.ask('/other').lastReply()).status).toBe(418);
  });

  test('is checked as it is registered', async () => {
    const app = createFastify();
    await expect(app.register(postern, { maxMessageSize: -1 }).ready()).rejects.toThrow(RangeError);
  });

  test('leaves inject as it is: an ordinary request', async () => {
    const app = createFastify();
    await app.register(postern);
    app.get('/chat', WebSocketHandler(echo));
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    expect((await app.inject('/chat')).statusCode).toBe(426);
    expect((await app.inject({ url: '/chat', headers })).statusCode).toBe(500);
    await app.close();
  });

  test('fits apps of every kind, in types too', () => {
    const secure = createFastify({ https: buildOptions('tls').tls! });
    void secure.register(postern, { grace: 10 });
    secure.get('/chat', WebSocketHandler(echo));
    const logging = createFastify({ logger: false });
    void logging.register(postern);
    logging.get('/chat', { onRequest: async () => undefined }, WebSocketHandler(echo));
    const gatekeeper: FastifyGatekeeper = ({ context }) => {
      expectTypeOf(context).toEqualTypeOf<FastifyRequest>();
    };
    expectTypeOf(WebSocketHandler(gatekeeper)).toExtend<RouteHandlerMethod>();
    expect(secure.hasRoute({ method: 'GET', url: '/chat' })).toBe(true);
  });
});
