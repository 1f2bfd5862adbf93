import { Router } from '@koa/router';
import { WebSocketHandler, attach, broadcast } from '@postern/koa';
import Koa from 'koa';
import websockify, { type MiddlewareContext } from 'koa-websocket';
import { expect } from 'vitest';
import {
  choosesOrigins,
  closes,
  echoes,
  keepsEarlyMessages,
  limitsMessages,
  tellsOfTheEnd,
  type Stage,
} from '../common-proofs.js';
import type { Line, Proof, Proofs } from '../describe-lines.js';
import { portOf } from '../house.js';
import { greet, middlewareFrom, ourApp, oursOnKoa, scope, talk } from '../koa-house.js';
import { knock, visit } from '../visitor.js';

type App = websockify.App;
type Context = MiddlewareContext<Koa.DefaultState>;

/** An app of koa-websocket: whatever `build` does with it. */
async function theirApp(build: (app: App) => unknown, app = websockify(new Koa())) {
  app.silent = true;
  await build(app);
  const server = app.listen(0);
  return { app, server, port: await portOf(server) };
}

const theirTalk = ({ websocket }: Context): void => websocket.send('hello');

const stage: Stage = {
  theirs: async (handler) => {
    const { port } = await theirApp((app) => app.ws.use((context) => void handler(context)));
    return port;
  },
  ours: oursOnKoa,
};

/** Their handlers have a context where others have `ws`. */
function withContext(proof: (stage: Stage) => Proof): Proof {
  return (line) =>
    proof(stage)({ ...line, theirs: ({ ws, ...scope }) => line.theirs({ context: ws, ...scope }) });
}

/** The line makes their app; a visitor is greeted. */
async function builtBy(run: Line['theirs']): Promise<number> {
  const { app } = (await run({ websockify, Koa }, ['app'])) as { app: App };
  const { port } = await theirApp((app) => app.ws.use(theirTalk), app);
  return port;
}

export const koaWebsocketProofs: Proofs = {
  'const app = new Koa();': async ({ theirs, ours }) => {
    const { app: their } = (await theirs({ websockify, Koa }, ['app'])) as { app: Koa };
    const { app: our } = (await ours({ Koa }, ['app'])) as { app: Koa };
    expect(Object.hasOwn(their, 'listen')).toBe(true);
    expect(Object.hasOwn(our, 'listen')).toBe(false);
  },

  'const sockets = attach(app.listen(8080));': async ({ ours }) => {
    const app = new Koa().use(WebSocketHandler(greet));
    let port!: Promise<number>;
    const listen = (given: number) => {
      const server = app.listen(given);
      port = portOf(server);
      return server;
    };
    const { sockets } = (await ours({ attach, app: { listen } }, ['sockets'])) as {
      sockets: ReturnType<typeof attach>;
    };
    await visit(await port);
    expect(sockets.connections.size).toBe(1);
  },

  'app.use(WebSocketHandler((request, ws) => talk(ws)));': async ({ theirs, ours }) => {
    const calls = { their: 0, our: 0 };
    const count =
      (side: keyof typeof calls): Koa.Middleware =>
      (_, next) => {
        calls[side] += 1;
        return next();
      };
    const { port: theirPort } = await theirApp((app) => {
      app.use(count('their'));
      return theirs({ app, talk: (ws: { send(text: string): void }) => ws.send('hello') });
    });
    const { port } = await ourApp((app) => {
      app.use(count('our'));
      return ours({ app, WebSocketHandler, talk });
    });
    expect(await (await visit(theirPort)).next()).toBe('hello');
    expect(await (await visit(port)).next()).toBe('hello');
    expect(calls).toEqual({ their: 0, our: 1 });
  },

  "router.get('/chat', WebSocketHandler((request, ws) => talk(ws)));": async ({ theirs, ours }) => {
    const elsewhere = await visit(await stage.theirs((context) => theirs({ context })), '/else');
    expect((await elsewhere.closed).code).toBe(4404);
    const open = await visit(await stage.theirs(() => undefined), '/else');
    await open.sync();

    const { port } = await ourApp(async (app) => {
      const router = new Router();
      await ours({ router, WebSocketHandler, talk });
      app.use(router.routes());
    });
    expect(await (await visit(port)).next()).toBe('hello');
    expect(await knock(port, '/else')).toMatchObject({ status: 404 });
  },

  "context.throw(401, 'A token, please.');": async ({ theirs, ours }) => {
    const errors: unknown[] = [];
    const { port: theirPort } = await theirApp((app) => {
      app.on('error', (error) => errors.push(error));
      app.ws.use((context) => theirs({ context }) as Promise<void>);
    });
    const visitor = await visit(theirPort);
    await visitor.sync();
    expect({ state: visitor.ws.readyState, errors }).toEqual({ state: 1, errors: [] });

    const { port } = await ourApp((app) => {
      app.use(middlewareFrom(ours)).use(WebSocketHandler(greet));
    });
    expect(await knock(port)).toMatchObject({ status: 401, body: 'A token, please.' });
  },

  "context.cookies.set('seen', 'yes');": async ({ theirs, ours }) => {
    let onError!: (error: unknown) => void;
    const failed = new Promise((resolve) => (onError = resolve));
    const port = await stage.theirs((context) => theirs({ context }).catch(onError));
    expect((await knock(port)).headers['set-cookie']).toBeUndefined();
    expect(await failed).toBeInstanceOf(TypeError);

    const { port: ourPort } = await ourApp((app) => {
      app.use(middlewareFrom(ours)).use(WebSocketHandler(greet));
    });
    expect((await knock(ourPort)).headers['set-cookie']).toEqual(['seen=yes; path=/; httponly']);
  },

  'if (request.context.user === undefined) return ws.refuse(401);': async ({ theirs, ours }) => {
    const visitor = await visit(await stage.theirs((context) => theirs({ context })));
    expect((await visitor.closed).code).toBe(4401);
    const port = await stage.ours((request, ws) => ours({ request, ws }));
    expect(await knock(port)).toMatchObject({ status: 401 });
  },

  'ws.listen((message) => ws.write(message));': withContext(echoes),

  'await ready; for await (const message of ws) await ws.write(message);':
    withContext(keepsEarlyMessages),

  "throw new Error('a mistake');": async ({ theirs, ours }) => {
    const errors: unknown[] = [];
    const { port: theirPort } = await theirApp((app) => {
      app.on('error', (error) => errors.push(error));
      app.ws.use(() => theirs({}) as Promise<void>);
    });
    const visitor = await visit(theirPort);
    await visitor.sync();
    expect({ state: visitor.ws.readyState, errors }).toEqual({ state: 1, errors: [] });

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

  "await ws.close({ code: 4000, reason: 'bye' });": withContext(closes),

  'ws.closed.then(({ code, reason }) => forget(code, reason));': withContext(tellsOfTheEnd),

  "broadcast(sockets.connections, 'hello');": async ({ theirs, ours }) => {
    const { app, port } = await theirApp(() => undefined);
    const their = [await visit(port), await visit(port)];
    await theirs({ app });
    for (const visitor of their) expect(await visitor.next()).toBe('hello');

    const mine = await ourApp((app) =>
      app.use(WebSocketHandler((_, ws) => ws.listen(() => undefined))),
    );
    const our = [await visit(mine.port), await visit(mine.port)];
    await ours({ broadcast, sockets: mine.sockets });
    for (const visitor of our) expect(await visitor.next()).toBe('hello');
  },

  'app.use(WebSocketHandler(gatekeeper, { maxMessageSize: 4096 }));': async ({ theirs, ours }) => {
    const { app } = await theirApp(() => undefined);
    expect(app.ws.server?.options.maxPayload).toBe(100 * 1024 * 1024);
    const { port } = await ourApp((app) => ours({ app, ...scope }));
    await limitsMessages(await builtBy(theirs), port);
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
    const { server, port } = await theirApp((app) => app.ws.use(theirTalk));
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
