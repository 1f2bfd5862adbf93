import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

import { Router } from '@koa/router';
import {
  builtApp,
  buildOptions,
  createNodeServer,
  echo,
  openApp,
  type Station,
} from '@postern/adapter-contract';
import Koa, { type Context } from 'koa';
import compress from 'koa-compress';
import logger from 'koa-logger';
import mount from 'koa-mount';
import session from 'koa-session';
import { describe, expect, expectTypeOf, test } from 'vitest';

import { attach, WebSocketHandler, type KoaGatekeeper } from '../src/index.js';

/** An app's clients. */
function serve(app: Koa, transport: 'tcp' | 'tls' = 'tcp'): Promise<Station> {
  const listener = app.callback();
  return openApp(transport, (options) => {
    const server = createNodeServer(
      (request, response) => void listener(request, response),
      buildOptions(transport),
    );
    return builtApp(server, attach(server, options), { drain: { grace: 0 } });
  });
}

function createApp(): Koa {
  const app = new Koa();
  app.keys = ['k'];
  return app;
}

/** The values of the cookies on a response, to be sent back. */
function cookieOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const lines = [headers['set-cookie'] ?? []].flat() as string[];
  return lines.map((line) => line.split(';')[0]).join('; ');
}

describe('koa-session', () => {
  test('what the gatekeeper puts into the session is in the cookies of the 101', async () => {
    const app = createApp();
    app.use(session({}, app));
    app.use(
      WebSocketHandler(async ({ context }, ws) => {
        const visit = context.session as unknown as { visits?: number };
        visit.visits = (visit.visits ?? 0) + 1;
        await ws.accept({ headers: { 'Set-Cookie': 'theme=dark' } });
        await ws.write(String(visit.visits));
      }),
    );
    const station = await serve(app);
    const first = station.ask('/');
    const cookie = cookieOf(await first.opened());
    expect(cookie).toContain('koa.sess=');
    expect(cookie).toContain('theme=dark');
    expect(await first.text()).toBe('1');
    const second = station.ask('/', { Cookie: cookie });
    await second.opened();
    expect(await second.text()).toBe('2');
  });

  test('a store that takes its time has saved before the 101 leaves', async () => {
    const log: string[] = [];
    const sessions = new Map<string, unknown>();
    const store = {
      get: (id: string) => Promise.resolve(sessions.get(id)),
      set: async (id: string, data: unknown) => {
        log.push('saving');
        await wait(10);
        sessions.set(id, data);
        log.push('saved');
      },
      destroy: (id: string) => Promise.resolve(void sessions.delete(id)),
    };
    const app = createApp();
    app.use(session({ store }, app));
    const router = new Router();
    router.post('/login', (context) => {
      context.session!['user'] = 'ada';
      context.body = 'welcome';
    });
    router.get(
      '/chat',
      WebSocketHandler(async ({ context }, ws) => {
        const { user } = context.session as unknown as { user?: string };
        if (user === undefined) return ws.refuse(401, { body: 'log in first\n' });
        context.session!['seen'] = true;
        await ws.accept();
        log.push('accepted');
        await ws.write(`hello ${user}`);
      }),
    );
    app.use(router.routes());
    const station = await serve(app);
    expect(await station.ask('/chat').lastReply()).toMatchObject({
      status: 401,
      body: 'log in first\n',
    });
    const cookie = cookieOf(await station.knock().get('/login', {}, { method: 'POST' }).reply());
    log.splice(0);
    const client = station.ask('/chat', { Cookie: cookie });
    await client.opened();
    expect(await client.text()).toBe('hello ada');
    expect(log).toEqual(['saving', 'saved', 'accepted']);
    expect(Object.values([...sessions.values()][0] as object)).toContain(true);
  });
});

describe('koa-compress', () => {
  const accepts = { 'Accept-Encoding': 'gzip' };

  test('leaves the 101 and the frames alone, and compresses a refusal', async () => {
    const app = createApp();
    app.use(compress({ threshold: 0 }));
    const gatekeeper: KoaGatekeeper = (request, ws) =>
      request.url === '/chat' ? echo(request, ws) : ws.refuse(403, { body: 'no '.repeat(5000) });
    app.use(WebSocketHandler(gatekeeper));
    const station = await serve(app);

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

describe('koa-logger', () => {
  test('logs 101, and what else was answered', async () => {
    const lines: string[] = [];
    const app = createApp();
    app.use(
      logger((line, [, method, url, status]) => {
        if (status !== undefined) lines.push([method, url, status].join(' '));
      }),
    );
    const router = new Router({ prefix: '/api' });
    router.get('/chat', WebSocketHandler(echo));
    router.get(
      '/closed',
      WebSocketHandler((request, ws) => ws.refuse(403)),
    );
    app.use(router.routes());
    const station = await serve(app);
    await station.ask('/api/chat?a=1').opened();
    await station.ask('/api/closed').lastReply();
    await station.ask('/nowhere').lastReply();
    expect(lines).toEqual(['GET /api/chat?a=1 101', 'GET /api/closed 403', 'GET /nowhere 404']);
  });
});

describe('all of them together', () => {
  test('work, and in both orders', async () => {
    for (const turned of [false, true]) {
      const lines: unknown[] = [];
      const app = createApp();
      const layers = [
        logger((line, args) => lines.push(args[3])),
        compress({ threshold: 0 }),
        session({}, app),
      ];
      for (const layer of turned ? layers.toReversed() : layers) app.use(layer);
      app.use(
        WebSocketHandler((request, ws) => {
          request.context.session!['seen'] = true;
          return echo(request, ws);
        }),
      );
      const station = await serve(app);
      const client = station.ask('/', { 'Accept-Encoding': 'gzip' }).say('hello');
      expect((await client.opened()).headers).toHaveProperty('set-cookie');
      expect(await client.text()).toBe('hello');
      expect(lines).toEqual([undefined, 101]);
    }
  });
});

describe("Koa's own ways", () => {
  test('app.use alone, and an ordinary request goes on', async () => {
    const app = createApp();
    app.use(WebSocketHandler(echo));
    app.use((context) => {
      context.body = 'the page';
    });
    const station = await serve(app);
    await station.ask('/anywhere').opened();
    expect((await station.knock().get('/').reply()).body).toBe('the page');
  });

  test('context.throw of a layer or of the gatekeeper is the answer, and app.on(error) hears of the rest', async () => {
    const errors: unknown[] = [];
    const app = createApp();
    app.on('error', (error) => errors.push(error));
    const router = new Router();
    const failure = new Error('broken');
    router.get('/401', (context) => context.throw(401, 'who are you?'), WebSocketHandler(echo));
    router.get(
      '/409',
      WebSocketHandler(({ context }) => context.throw(409, 'not now')),
    );
    router.get(
      '/500',
      WebSocketHandler(() => {
        throw failure;
      }),
    );
    app.use(router.routes());
    const station = await serve(app);
    const replies = [];
    for (const path of ['/401', '/409', '/500']) replies.push(await station.ask(path).lastReply());
    expect(replies.map(({ status, body }) => `${status} ${body}`)).toEqual([
      '401 who are you?',
      '409 not now',
      '500 Internal Server Error',
    ]);
    expect(errors).toEqual(expect.arrayContaining([failure]));
  });

  test('cookies that are set before and by the gatekeeper, and state, are there', async () => {
    const app = createApp();
    app.use(async (context, next) => {
      context.state['user'] = 'ada';
      context.cookies.set('before', '1');
      await next();
      context.cookies.set('after', '3');
    });
    app.use(
      WebSocketHandler(async ({ context }, ws) => {
        context.cookies.set('gate', '2', { signed: true });
        await ws.accept();
        await ws.write(`hello ${String(context.state['user'])} over ${context.protocol}`);
      }),
    );
    const station = await serve(app, 'tls');
    const client = station.ask('/');
    expect(cookieOf(await client.opened())).toMatch(/^before=1; .*gate=2; gate\.sig=.+; after=3/);
    expect(await client.text()).toBe('hello ada over https');
  });

  test('an app that is mounted in another keeps its handlers, and the URL is the whole one', async () => {
    const inner = new Koa();
    const router = new Router();
    router.get(
      '/rooms/:room',
      WebSocketHandler(async ({ url, context }, ws) => {
        await ws.accept();
        const { params } = context as unknown as { params: { room: string } };
        await ws.write([url, params.room, context.originalUrl].join(' '));
      }),
    );
    inner.use(router.routes());
    const app = createApp();
    app.use(mount('/inner', inner));
    const station = await serve(app);
    const client = station.ask('/inner/rooms/hall?a=1');
    await client.opened();
    expect(await client.text()).toBe('/inner/rooms/hall?a=1 hall /inner/rooms/hall?a=1');
  });

  test("the context is Koa's own, in types too", () => {
    const gatekeeper: KoaGatekeeper = ({ context }) => {
      expectTypeOf(context).toEqualTypeOf<Context>();
    };
    expectTypeOf(WebSocketHandler(gatekeeper)).toExtend<Koa.Middleware>();
    expect(WebSocketHandler(gatekeeper)).toHaveLength(2);
  });
});
