import { gunzipSync } from 'node:zlib';

import type { HttpBindings } from '@hono/node-server';
import { deferred, echo } from '@postern/adapter-contract';
import { Hono, type Context, type Handler } from 'hono';
import { compress } from 'hono/compress';
import { contextStorage, getContext } from 'hono/context-storage';
import { getCookie } from 'hono/cookie';
import { cors } from 'hono/cors';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { jwt, sign } from 'hono/jwt';
import { logger } from 'hono/logger';
import { secureHeaders } from 'hono/secure-headers';
import { describe, expect, expectTypeOf, test } from 'vitest';

import { WebSocketHandler, type HonoGatekeeper } from '../src/index.js';
import { describeTogether } from './support/all-together.js';
import { serve } from './support/serve-app.js';

describe('cors', () => {
  test('its headers are on the 101, and on a refusal', async () => {
    const app = new Hono();
    app.use(cors({ origin: 'http://app.example', credentials: true }));
    app.get('/chat', WebSocketHandler(echo, { origins: ['http://app.example'] }));
    const station = await serve(app);
    const own = {
      'access-control-allow-origin': 'http://app.example',
      'access-control-allow-credentials': 'true',
    };
    const client = station.ask('/chat', { Origin: 'http://app.example' }).say('hello');
    expect((await client.opened()).headers).toMatchObject(own);
    expect(await client.text()).toBe('hello');
    const refused = await station.ask('/chat', { Origin: 'http://evil.example' }).lastReply();
    expect(refused).toMatchObject({ status: 403, headers: { vary: 'Origin' } });
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    expect(refused.body).toContain('evil.example');
  });
});

describe('secure-headers', () => {
  test('its headers are on the 101, and on a refusal', async () => {
    const app = new Hono();
    app.use(secureHeaders());
    app.get('/chat', WebSocketHandler(echo));
    app.get(
      '/closed',
      WebSocketHandler((request, ws) => ws.refuse(403)),
    );
    const station = await serve(app);
    const own = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
    expect((await station.ask('/chat').opened()).headers).toMatchObject(own);
    expect((await station.ask('/closed').lastReply()).headers).toMatchObject(own);
  });
});

describe('jwt', () => {
  test('refuses with its own 401, or tells the gatekeeper who it is', async () => {
    const app = new Hono<{ Variables: { jwtPayload: { name: string } } }>();
    app.use(jwt({ secret: 's', alg: 'HS256' }));
    app.get(
      '/chat',
      WebSocketHandler(async ({ context }, ws) => {
        await ws.accept();
        await ws.write(`hello ${(context.get('jwtPayload') as { name: string }).name}`);
      }),
    );
    const station = await serve(app);
    expect(await station.ask('/chat').lastReply()).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringContaining('Bearer') as string },
      body: 'Unauthorized',
    });
    const token = await sign({ name: 'ada' }, 's', 'HS256');
    const client = station.ask('/chat', { Authorization: `Bearer ${token}` });
    await client.opened();
    expect(await client.text()).toBe('hello ada');
  });
});

describe('csrf', () => {
  test('lets an upgrade pass, and still guards the forms beside it', async () => {
    const app = new Hono();
    app.use(csrf());
    app.get('/chat', WebSocketHandler(echo));
    app.post('/form', (context) => context.text('done'));
    const station = await serve(app);
    await station.ask('/chat', { Origin: 'http://localhost:8080' }).opened();
    const lines = {
      Origin: 'http://evil.example',
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': '0',
    };
    const reply = await station.knock().get('/form', lines, { method: 'POST' }).reply();
    expect(reply.status).toBe(403);
  });
});

describe('logger', () => {
  test('logs 101, and what else was answered', async () => {
    const lines: string[] = [];
    const app = new Hono();
    app.use(logger((line) => void lines.push(line)));
    const api = new Hono();
    api.get('/chat', WebSocketHandler(echo));
    api.get(
      '/closed',
      WebSocketHandler((request, ws) => ws.refuse(403)),
    );
    app.route('/api', api);
    const station = await serve(app);
    await station.ask('/api/chat').opened();
    await station.ask('/api/closed').lastReply();
    await station.ask('/nowhere').lastReply();
    const statuses = lines
      .filter((line) => line.startsWith('-->'))
      .map((line) => line.split(' ', 4)[3]);
    expect(statuses).toEqual(['101', '403', '404']);
  });
});

describe('compress', () => {
  test('leaves the 101 and the frames alone, and compresses a refusal', async () => {
    const app = new Hono();
    app.use(compress({ threshold: 0 }));
    const gatekeeper: HonoGatekeeper = (request, ws) =>
      request.url === '/chat' ? echo(request, ws) : ws.refuse(403, { body: 'no '.repeat(5000) });
    app.get('*', WebSocketHandler(gatekeeper));
    const station = await serve(app);
    const accepts = { 'Accept-Encoding': 'gzip' };
    const client = station.ask('/chat', accepts).say('plain');
    expect((await client.opened()).headers).not.toHaveProperty('content-encoding');
    expect(await client.text()).toBe('plain');
    const refused = station.ask('/closed', accepts);
    const head = await refused.head();
    expect(head).toMatchObject({ status: 403, headers: { 'content-encoding': 'gzip' } });
    expect(gunzipSync(await refused.body(head)).toString()).toBe('no '.repeat(5000));
    await refused.ended();
  });
});

describeTogether(true);

describe("Hono's own ways", () => {
  test('an HTTPException of a layer or of the gatekeeper is the answer', async () => {
    const app = new Hono();
    app.use('/401', () => {
      throw new HTTPException(401, { message: 'who are you?' });
    });
    app.get('/401', WebSocketHandler(echo));
    app.get(
      '/409',
      WebSocketHandler(() => {
        throw new HTTPException(409, { res: new Response('not now', { status: 409 }) });
      }),
    );
    const station = await serve(app);
    const replies = [await station.ask('/401').lastReply(), await station.ask('/409').lastReply()];
    expect(replies.map(({ status, body }) => `${status} ${body}`)).toEqual([
      '401 who are you?',
      '409 not now',
    ]);
  });

  test('basePath, variables, cookies and parameters are there, typed', async () => {
    interface Typed {
      Variables: { user: string };
      Bindings: HttpBindings;
    }
    const app = new Hono<Typed>().basePath('/api');
    app.use(async (context, next) => {
      context.set('user', 'ada');
      await next();
    });
    app.get(
      '/rooms/:room',
      WebSocketHandler<Typed>(async ({ url, context }, ws) => {
        expectTypeOf(context).toEqualTypeOf<Context<Typed>>();
        expectTypeOf(context.var.user).toEqualTypeOf<string>();
        await ws.accept();
        await ws.write([url, context.req.param('room'), context.var.user].join(' '));
        await ws.write(getCookie(context, 'theme') ?? '');
      }),
    );
    const station = await serve(app);
    const client = station.ask('/api/rooms/hall?a=1', { Cookie: 'theme=dark' });
    await client.opened();
    expect(await client.text()).toBe('/api/rooms/hall?a=1 hall ada');
    expect(await client.text()).toBe('dark');
  });

  test('context-storage lasts through the gatekeeper and its conversation', async () => {
    const app = new Hono<{ Variables: { name: string } }>();
    app.use(contextStorage());
    app.use(async (context, next) => {
      context.set('name', context.req.query('name') ?? '');
      await next();
    });
    app.get(
      '/chat',
      WebSocketHandler(async (request, ws) => {
        await ws.accept();
        for await (const message of ws) {
          const { name } = getContext<{ Variables: { name: string } }>().var;
          await ws.write(`${String(message)} ${name}`);
        }
      }),
    );
    const station = await serve(app);
    const [ada, eve] = [station.ask('/chat?name=ada'), station.ask('/chat?name=eve')];
    await ada.opened();
    await eve.opened();
    expect(await eve.say('hello').text()).toBe('hello eve');
    expect(await ada.say('hello').text()).toBe('hello ada');
  });

  test('the signal of the request aborts when a client leaves while a layer thinks', async () => {
    const asked = deferred();
    const aborted = deferred();
    const app = new Hono();
    app.use(async (context, next) => {
      context.req.raw.signal.addEventListener('abort', () => aborted.resolve());
      asked.resolve();
      await aborted.promise;
      await next();
    });
    const gatekeepers: string[] = [];
    app.get(
      '/chat',
      WebSocketHandler(({ url }) => void gatekeepers.push(url)),
    );
    const station = await serve(app);
    const client = station.ask('/chat');
    await asked.promise;
    client.end();
    await aborted.promise;
    await client.gone;
    expect(gatekeepers).toEqual([]);
  });

  test('an app on something else than @hono/node-server is told so', async () => {
    const app = new Hono();
    const errors: Error[] = [];
    app.onError((error, context) => {
      errors.push(error);
      return context.text('', 500);
    });
    app.get('/chat', WebSocketHandler(echo));
    expect((await app.request('/chat')).status).toBe(500);
    expect(errors[0]!.message).toContain('@hono/node-server');
  });

  test("the context is Hono's own, in types too", () => {
    const gatekeeper: HonoGatekeeper = ({ context }) => {
      expectTypeOf(context).toExtend<Context>();
    };
    const handler: Handler = WebSocketHandler(gatekeeper);
    expect(handler).toHaveLength(1);
  });
});
