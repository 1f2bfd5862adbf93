import { AsyncLocalStorage } from 'node:async_hooks';
import { gunzipSync } from 'node:zlib';

import {
  builtApp,
  createNodeServer,
  buildOptions,
  echo,
  openApp,
  type Station,
} from '@postern/adapter-contract';
import compression from 'compression';
import cookieSession from 'cookie-session';
import express, { type Express, type Request } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import morgan from 'morgan';
import passport from 'passport';
import { describe, expect, expectTypeOf, test } from 'vitest';

import { attach, WebSocketHandler, type ExpressGatekeeper } from '../src/index.js';

/** An app's clients, over TCP unless told otherwise. */
function serve(app: Express, transport: 'tcp' | 'tls' = 'tcp'): Promise<Station> {
  return openApp(transport, (options) => {
    const server = createNodeServer(app, buildOptions(transport));
    return builtApp(server, attach(server, options), { drain: { grace: 0 } });
  });
}

/** The value of a cookie on a response, to be sent back. */
function cookieOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const lines = [headers['set-cookie'] ?? []].flat() as string[];
  return lines.map((line) => line.split(';')[0]).join('; ');
}

/** A store that takes its time, and tells when it has saved. */
class SlowStore extends session.MemoryStore {
  readonly log: string[];

  constructor(log: string[]) {
    super();
    this.log = log;
  }

  override set(id: string, data: session.SessionData, callback?: (error?: unknown) => void): void {
    this.log.push('saving');
    setTimeout(() => {
      super.set(id, data, () => {
        this.log.push('saved');
        callback?.();
      });
    }, 10);
  }
}

interface Visit {
  user?: string;
  visits?: number;
}

const visitOf = (request: Request): Visit => (request as unknown as { session: Visit }).session;

describe('express-session', () => {
  const shop = (log: string[], cookie: session.CookieOptions = {}): Express => {
    const app = express();
    const store = new SlowStore(log);
    app.use(session({ secret: 's', resave: false, saveUninitialized: false, store, cookie }));
    app.post('/login', (request, response) => {
      visitOf(request).user = 'ada';
      response.send('welcome');
    });
    app.get('/visits', (request, response) => {
      response.send(String(visitOf(request).visits));
    });
    app.use(
      '/chat',
      WebSocketHandler(async ({ context }, ws) => {
        const visit = visitOf(context);
        if (visit.user === undefined) return ws.refuse(401, { body: 'log in first\n' });
        visit.visits = (visit.visits ?? 0) + 1;
        await ws.accept();
        log.push('accepted');
        await ws.write(`hello ${visit.user}`);
      }),
    );
    return app;
  };

  test('a session of the pages is the session of the gatekeeper, and is saved before the 101', async () => {
    const log: string[] = [];
    const station = await serve(shop(log));
    expect(await station.ask('/chat').lastReply()).toMatchObject({
      status: 401,
      body: 'log in first\n',
    });
    const cookie = cookieOf(await station.knock().get('/login', {}, { method: 'POST' }).reply());
    log.splice(0);
    const client = station.ask('/chat', { Cookie: cookie });
    await client.opened();
    expect(await client.text()).toBe('hello ada');
    expect(await client.closed()).toBe(1000);
    expect(log).toEqual(['saving', 'saved', 'accepted']);
    const visits = await station.knock().get('/visits', { Cookie: cookie }).reply();
    expect(visits.body).toBe('1');
  });

  test('a session that begins with the 101 has its cookie there', async () => {
    const app = express();
    app.use(session({ secret: 's', resave: false, saveUninitialized: true }));
    const ids: string[] = [];
    app.use(
      '/chat',
      WebSocketHandler(async ({ context }, ws) => {
        ids.push((context as unknown as { sessionID: string }).sessionID);
        await ws.accept({ headers: { 'Set-Cookie': 'theme=dark' } });
        await ws.read();
      }),
    );
    const station = await serve(app);
    const { headers } = await station.ask('/chat').opened();
    expect(headers['set-cookie']).toHaveLength(2);
    const cookie = cookieOf({ headers });
    expect(cookie).toMatch(/connect\.sid=.+; theme=dark|theme=dark; connect\.sid=.+/);
    await station.ask('/chat', { Cookie: cookie }).opened();
    expect(ids[1]).toBe(ids[0]);
  });

  test('a cookie for TLS alone is set over TLS alone', async () => {
    const app = (): Express => {
      const secured = express();
      const cookie = { secure: true };
      secured.use(session({ secret: 's', resave: false, saveUninitialized: true, cookie }));
      secured.use('/chat', WebSocketHandler(echo));
      return secured;
    };
    const plain = await serve(app(), 'tcp');
    expect((await plain.ask('/chat').opened()).headers).not.toHaveProperty('set-cookie');
    const secure = await serve(app(), 'tls');
    expect((await secure.ask('/chat').opened()).headers).toHaveProperty('set-cookie');
  });
});

describe('cookie-session', () => {
  test('what the gatekeeper puts into the session is in the cookies of the 101', async () => {
    const app = express();
    app.use(cookieSession({ name: 'visit', keys: ['k'] }));
    app.use(
      '/chat',
      WebSocketHandler(async ({ context }, ws) => {
        const visit = visitOf(context);
        visit.visits = (visit.visits ?? 0) + 1;
        await ws.accept();
        await ws.write(String(visit.visits));
      }),
    );
    const station = await serve(app);
    const first = station.ask('/chat');
    const cookie = cookieOf(await first.opened());
    expect(await first.text()).toBe('1');
    expect(cookie).toMatch(/^visit=.+; visit\.sig=.+$/);
    const second = station.ask('/chat', { Cookie: cookie });
    await second.opened();
    expect(await second.text()).toBe('2');
  });
});

describe('helmet', () => {
  test('its headers are on the 101, and on a refusal', async () => {
    const app = express();
    app.use(helmet());
    app.get('/chat', WebSocketHandler(echo));
    app.get(
      '/closed',
      WebSocketHandler((request, ws) => ws.refuse(403)),
    );
    const station = await serve(app);
    const own = {
      'content-security-policy': expect.any(String) as string,
      'x-content-type-options': 'nosniff',
    };
    expect((await station.ask('/chat').opened()).headers).toMatchObject(own);
    expect((await station.ask('/closed').lastReply()).headers).toMatchObject(own);
  });
});

describe('compression', () => {
  const accepts = { 'Accept-Encoding': 'gzip' };

  test('leaves the 101 and the frames alone, and compresses a refusal', async () => {
    const app = express();
    app.use(compression({ threshold: 0 }));
    const gatekeeper: ExpressGatekeeper = (request, ws) =>
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

describe('passport', () => {
  class KeyStrategy extends passport.Strategy {
    override readonly name = 'key';

    override authenticate(request: Request): void {
      const key = request.get('Authorization');
      if (key === 'Key 42') this.success({ id: 'ada' });
      else this.fail('Key realm="chat"', 401);
    }
  }

  test('refuses with its own 401, or tells the gatekeeper who it is', async () => {
    const guard = new passport.Passport();
    guard.use(new KeyStrategy());
    const app = express();
    app.use(guard.initialize());
    app.get(
      '/chat',
      guard.authenticate('key', { session: false }),
      WebSocketHandler(async ({ context }, ws) => {
        await ws.accept();
        await ws.write(`hello ${(context.user as { id: string }).id}`);
      }),
    );
    const station = await serve(app);
    expect(await station.ask('/chat').lastReply()).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Key realm="chat"', connection: 'close' },
      body: 'Unauthorized',
    });
    const client = station.ask('/chat', { Authorization: 'Key 42' });
    await client.opened();
    expect(await client.text()).toBe('hello ada');
  });
});

describe('morgan', () => {
  test('logs 101, and what else was answered', async () => {
    const lines: string[] = [];
    const app = express();
    const stream = { write: (line: string) => void lines.push(line.trim()) };
    app.use(morgan(':method :url :status', { stream }));
    const api = express.Router();
    api.get('/chat', WebSocketHandler(echo));
    api.get(
      '/closed',
      WebSocketHandler((request, ws) => ws.refuse(403)),
    );
    app.use('/api', api);
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
      const lines: string[] = [];
      const stream = { write: (line: string) => void lines.push(line.trim()) };
      const layers = [
        morgan(':status', { stream }),
        helmet(),
        compression({ threshold: 0 }),
        session({ secret: 's', resave: false, saveUninitialized: true }),
      ];
      const app = express();
      for (const layer of turned ? layers.toReversed() : layers) app.use(layer);
      app.use('/chat', WebSocketHandler(echo));
      const station = await serve(app);
      const client = station.ask('/chat', { 'Accept-Encoding': 'gzip' }).say('hello');
      expect((await client.opened()).headers).toMatchObject({
        'set-cookie': expect.stringContaining('connect.sid') as string,
        'x-content-type-options': 'nosniff',
      });
      expect(await client.text()).toBe('hello');
      expect(lines).toEqual(['101']);
    }
  });
});

describe("Express's own ways", () => {
  test("app.use: everything below the path is the handler's, by any method a plain request goes on", async () => {
    const app = express();
    app.use('/chat', WebSocketHandler(echo));
    app.use('/chat', (request, response) => void response.send(`plain ${request.method}`));
    const station = await serve(app);
    await station.ask('/chat/room/7').opened();
    expect((await station.knock().get('/chat').reply()).body).toBe('plain GET');
    const posted = await station.ask('/chat', {}, { method: 'POST' }).lastReply();
    expect(posted.body).toBe('plain POST');
  });

  test("locals, and the app's view of its client, are there", async () => {
    const app = express();
    app.set('trust proxy', true);
    app.use((request, response, next) => {
      response.locals['user'] = 'ada';
      next();
    });
    const seen: unknown[] = [];
    app.use(
      '/chat',
      WebSocketHandler(({ context }) => {
        const { ip, protocol, hostname, originalUrl, baseUrl } = context;
        seen.push(context.res?.locals['user'], ip, protocol, hostname, originalUrl, baseUrl);
      }),
    );
    const station = await serve(app, 'tls');
    await station.ask('/chat?a=1', { 'X-Forwarded-For': '203.0.113.1' }).lastReply();
    expect(seen).toEqual(['ada', '203.0.113.1', 'https', 'localhost', '/chat?a=1', '/chat']);
  });

  test('an AsyncLocalStorage of the chain lasts through the gatekeeper and its conversation', async () => {
    const storage = new AsyncLocalStorage<string>();
    const app = express();
    app.use((request, response, next) => {
      const { searchParams } = new URL(request.url, 'http://localhost');
      storage.run(searchParams.get('name') ?? 'nobody', next);
    });
    app.use(
      '/chat',
      WebSocketHandler(async (request, ws) => {
        await ws.accept();
        for await (const message of ws) await ws.write(`${String(message)} ${storage.getStore()}`);
      }),
    );
    const station = await serve(app);
    const [ada, eve] = [station.ask('/chat?name=ada'), station.ask('/chat?name=eve')];
    await ada.opened();
    await eve.opened();
    expect(await eve.say('hello').text()).toBe('hello eve');
    expect(await ada.say('hello').text()).toBe('hello ada');
  });

  test('a gatekeeper that answers by the response itself has answered', async () => {
    const told: unknown[] = [];
    const app = express();
    app.use(
      '/chat',
      WebSocketHandler(async ({ context }, ws) => {
        context.res!.redirect('/login');
        told.push(await ws.accept().catch((error: unknown) => error));
        told.push(ws.state);
      }),
    );
    const station = await serve(app);
    expect(await station.ask('/chat').lastReply()).toMatchObject({
      status: 302,
      headers: { location: '/login', connection: 'close' },
    });
    expect(told).toEqual([
      expect.objectContaining({ code: 'POSTERN_ERR_HANDSHAKE_ANSWERED', status: 302 }),
      'closed',
    ]);
  });

  test("the context is Express's own request, in types too", () => {
    WebSocketHandler(({ context }) => {
      expectTypeOf(context).toEqualTypeOf<Request>();
    });
    const gatekeeper: ExpressGatekeeper = ({ context }) => {
      expectTypeOf(context).toEqualTypeOf<Request>();
    };
    expectTypeOf(WebSocketHandler(gatekeeper)).toExtend<express.RequestHandler>();
    expect(WebSocketHandler(gatekeeper)).toHaveLength(3);
  });
});
