import { Router } from '@koa/router';
import { WebSocketHandler, attach, broadcast } from '@postern/koa';
import Koa, { type Context } from 'koa';
import easyWs from 'koa-easy-ws';
import { expect } from 'vitest';
import type { WebSocketServer } from 'ws';
import {
  choosesOrigins,
  closes,
  echoes,
  keepsEarlyMessages,
  limitsMessages,
  tellsOfTheEnd,
  type Stage,
} from '../common-proofs.js';
import type { Line, Proofs } from '../describe-lines.js';
import { portOf } from '../house.js';
import { greet, middlewareFrom, ourApp, oursOnKoa, scope, talk } from '../koa-house.js';
import { Visitor, knock, visit } from '../visitor.js';

// Their types do not say what the module exports.
const websocket = easyWs as unknown as () => Koa.Middleware & { readonly server: WebSocketServer };

/** What their middleware adds to the context. */
interface TheirContext extends Context {
  ws(): Promise<{ send(text: string): void }>;
}

/** An app with koa-easy-ws, and whatever `build` does with it. */
async function theirApp(build: (app: Koa) => unknown, middleware?: Koa.Middleware) {
  const app = new Koa();
  app.silent = true;
  if (middleware !== undefined) app.use(middleware);
  await build(app);
  const server = app.listen(0);
  return { server, port: await portOf(server) };
}

/** Lets everyone in, and hands the connection to `handler`. */
const letIn =
  (handler: (ws: { send(text: string): void }) => unknown): Koa.Middleware =>
  async (context) => {
    await handler(await (context as TheirContext).ws());
  };
const theirTalk = (ws: { send(text: string): void }): void => ws.send('hello');

const stage: Stage = {
  theirs: async (handler) => (await theirApp((app) => app.use(letIn(handler)), websocket())).port,
  ours: oursOnKoa,
};

/** The line adds their middleware to an app; a visitor is greeted. */
async function builtBy(run: Line['theirs']): Promise<number> {
  const { port } = await theirApp(async (app) => {
    await run({ app, websocket });
    app.use(letIn(theirTalk));
  });
  return port;
}

/** Sends a request of HTTP where a frame is due, and resolves when the connection has ended. */
async function smuggle(port: number): Promise<void> {
  const visitor = await visit(port);
  visitor.socket!.write('GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await visitor.closed;
}

export const koaEasyWsProofs: Proofs = {
  'const sockets = attach(app.listen(8080));': async ({ theirs, ours }) => {
    const paths: string[] = [];
    const watch: Koa.Middleware = ({ path }, next) => {
      paths.push(path);
      return next();
    };
    const { port: theirPort } = await theirApp(async (app) => {
      app.use(watch);
      await theirs({ app, websocket });
      app.use(async (context) => {
        const ws = await (context as TheirContext).ws();
        (ws as unknown as NodeJS.EventEmitter).on('error', () => undefined);
      });
    });
    await smuggle(theirPort);
    expect(paths.splice(0)).toEqual(['/chat', '/smuggled']);

    const app = new Koa().use(watch).use(WebSocketHandler(greet));
    let port!: Promise<number>;
    const listen = (given: number) => {
      const server = app.listen(given);
      port = portOf(server);
      return server;
    };
    const { sockets } = (await ours({ attach, app: { listen } }, ['sockets'])) as {
      sockets: ReturnType<typeof attach>;
    };
    await smuggle(await port);
    expect(paths).toEqual(['/chat']);
    await visit(await port);
    expect(sockets.connections.size).toBe(1);
  },

  'app.use(WebSocketHandler((request, ws) => talk(ws)));': async ({ theirs, ours }) => {
    const page: Koa.Middleware = (context) => {
      context.body = 'a page';
    };
    const { port: theirPort } = await theirApp(
      (app) => theirs({ app, talk: theirTalk }),
      websocket(),
    );
    const { port } = await ourApp(async (app) => {
      await ours({ app, WebSocketHandler, talk });
      app.use(page);
    });
    expect(await (await visit(theirPort)).next()).toBe('hello');
    expect(await (await visit(port)).next()).toBe('hello');
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('a page');
  },

  "router.get('/chat', WebSocketHandler((request, ws) => talk(ws)));": async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp(async (app) => {
      const router = new Router();
      await theirs({ router, talk: theirTalk });
      app.use(router.routes());
    }, websocket());
    const { port } = await ourApp(async (app) => {
      const router = new Router();
      await ours({ router, WebSocketHandler, talk });
      app.use(router.routes());
    });
    for (const one of [theirPort, port]) expect(await (await visit(one)).next()).toBe('hello');
    expect((await fetch(`http://localhost:${theirPort}/chat`)).status).toBe(500);
    expect((await fetch(`http://localhost:${port}/chat`)).status).toBe(404);
  },

  'await ws.accept();': async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp((app) => {
      app.use(async (context) => {
        const { ws } = (await theirs({ context }, ['ws'])) as { ws: { send(text: string): void } };
        ws.send('hello');
      });
    }, websocket());
    const port = await stage.ours(async (_, ws) => {
      await ours({ ws });
      await ws.write('hello');
    });
    for (const one of [theirPort, port]) expect(await (await visit(one)).next()).toBe('hello');
  },

  "context.throw(401, 'A token, please.');": async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp((app) => {
      app.use(middlewareFrom(theirs)).use(letIn(theirTalk));
    }, websocket());
    const { port } = await ourApp((app) => {
      app.use(middlewareFrom(ours)).use(WebSocketHandler(greet));
    });
    for (const one of [theirPort, port]) {
      expect(await knock(one)).toMatchObject({ status: 401, body: 'A token, please.' });
    }
  },

  "context.cookies.set('seen', 'yes');": async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp((app) => {
      app.use(middlewareFrom(theirs)).use(letIn(theirTalk));
    }, websocket());
    const without = await knock(theirPort);
    expect([without.status, without.headers['set-cookie']]).toEqual([101, undefined]);

    const late: Koa.Middleware = async (context, next) => {
      await next();
      await ours({ context });
    };
    for (const middleware of [middlewareFrom(ours), late]) {
      const { port } = await ourApp((app) => app.use(middleware).use(WebSocketHandler(greet)));
      expect((await knock(port)).headers['set-cookie']).toEqual(['seen=yes; path=/; httponly']);
    }
  },

  'if (request.context.user === undefined) return ws.refuse(401);': async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp((app) => {
      app.use(middlewareFrom(theirs)).use(letIn(theirTalk));
    }, websocket());
    const port = await stage.ours((request, ws) => ours({ request, ws }));
    const theirWay = await stage.ours((request) => theirs(request as never));
    for (const one of [theirPort, port, theirWay]) {
      expect(await knock(one)).toMatchObject({ status: 401 });
    }
  },

  'ws.listen((message) => ws.write(message));': echoes(stage),

  'await ready; for await (const message of ws) await ws.write(message);':
    keepsEarlyMessages(stage),

  "throw new Error('a mistake');": async ({ theirs, ours }) => {
    const visitor = new Visitor(await stage.theirs(() => theirs({})));
    const failed = new Promise((resolve) => visitor.ws.on('error', resolve));
    expect(await visitor.answer).toMatchObject({ status: 101 });
    expect(String(await failed)).toContain('Invalid WebSocket frame');

    const told: unknown[] = [];
    const { port } = await ourApp((app) => {
      const onError = (error: unknown): void => void told.push(error);
      const gatekeeper = async (_: unknown, ws: { accept(): Promise<void> }) => {
        await ws.accept();
        await ours({});
      };
      app.use(WebSocketHandler(gatekeeper, { onError }));
    });
    expect((await (await visit(port)).closed).code).toBe(1011);
    expect(told.map(String)).toEqual(['Error: a mistake']);
  },

  "await ws.close({ code: 4000, reason: 'bye' });": closes(stage),

  'ws.closed.then(({ code, reason }) => forget(code, reason));': tellsOfTheEnd(stage),

  "broadcast(sockets.connections, 'hello');": async ({ theirs, ours }) => {
    const middleware = websocket();
    const { port } = await theirApp((app) => app.use(letIn(() => undefined)), middleware);
    const their = [await visit(port), await visit(port)];
    await theirs({ middleware });
    for (const visitor of their) expect(await visitor.next()).toBe('hello');

    const mine = await ourApp((app) =>
      app.use(WebSocketHandler((_, ws) => ws.listen(() => undefined))),
    );
    const our = [await visit(mine.port), await visit(mine.port)];
    await ours({ broadcast, sockets: mine.sockets });
    for (const visitor of our) expect(await visitor.next()).toBe('hello');
  },

  'app.use(WebSocketHandler(gatekeeper, { maxMessageSize: 4096 }));': async ({ theirs, ours }) => {
    expect(websocket().server.options.maxPayload).toBe(100 * 1024 * 1024);
    const theirPort = await theirApp(async (app) => {
      await theirs({ app, websocket });
      app.use(letIn((ws) => (ws as unknown as NodeJS.EventEmitter).on('error', () => undefined)));
    });
    const { port } = await ourApp((app) => ours({ app, ...scope }));
    await limitsMessages(theirPort.port, port);
  },

  "app.use(WebSocketHandler(gatekeeper, { origins: ['https://app.example.com'] }));": async ({
    theirs,
    ours,
  }) => {
    const strange = { origin: 'https://elsewhere.example' };
    expect(await knock(await builtBy(theirs), '/chat', strange)).toMatchObject({ status: 401 });
    const { port } = await ourApp((app) => ours({ app, ...scope }));
    await choosesOrigins(await stage.theirs(() => undefined), port);
  },

  'server.close(); await sockets.close();': async ({ theirs, ours }) => {
    const { server, port } = await theirApp((app) => app.use(letIn(theirTalk)), websocket());
    const visitor = await visit(port);
    let isClosed = false;
    server.once('close', () => (isClosed = true));
    await theirs({ server });
    await visitor.sync();
    expect(isClosed).toBe(false);

    const mine = await ourApp((app) => app.use(WebSocketHandler(greet)));
    const told = await visit(mine.port);
    await ours(mine);
    expect((await told.closed).code).toBe(1001);
  },
};
