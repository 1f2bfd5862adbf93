import { createServer } from 'node:http';
import {
  WebSocketHandler,
  attach,
  broadcast,
  type Attachment,
  type ExpressGatekeeper,
} from '@postern/express';
import express, { type RequestHandler } from 'express';
import expressWs, { type WebsocketRequestHandler } from 'express-ws';
import { expect } from 'vitest';
import type { Proofs } from '../describe-lines.js';
import {
  echo,
  greet,
  middlewareFrom,
  ourApp,
  oursOnExpress,
  scope,
  talk,
} from '../express-house.js';
import { portOf } from '../house.js';
import {
  choosesOrigins,
  closes,
  echoes,
  keepsEarlyMessages,
  limitsMessages,
  reportsErrors,
  tellsOfTheEnd,
  type Stage,
} from '../common-proofs.js';
import type { Scope } from '../run-line.js';
import { Visitor, knock, visit } from '../visitor.js';

/** An app with express-ws, a middleware and a handler. */
async function theirApp(handler: WebsocketRequestHandler, middleware?: RequestHandler) {
  const server = createServer();
  const { app, getWss } = expressWs(express(), server);
  server.on('request', app);
  if (middleware !== undefined) app.use(middleware);
  app.ws('/chat', handler);
  return { app, getWss, server, port: await portOf(server.listen(0)) };
}

const stage: Stage = {
  theirs: async (handler) => (await theirApp(handler)).port,
  ours: oursOnExpress,
};

export const expressWsProofs: Proofs = {
  'const app = express();': async ({ theirs, ours }) => {
    const changed = (await theirs({ express, expressWs }, ['app'])) as Scope & { app: Scope };
    expect(changed.app['ws']).toBeTypeOf('function');
    const untouched = (await ours({ express }, ['app'])) as typeof changed;
    expect(untouched.app['ws']).toBeUndefined();
    expect(changed.app['listen']).not.toBe(untouched.app['listen']);
  },

  'const sockets = attach(app.listen(8080));': async ({ ours }) => {
    const app = express().use('/chat', WebSocketHandler(greet));
    let port!: Promise<number>;
    const listen = (given: number) => {
      const server = app.listen(given);
      port = portOf(server);
      return server;
    };
    const { sockets } = (await ours({ attach, app: { listen } }, ['sockets'])) as {
      sockets: Attachment;
    };
    await visit(await port);
    expect(sockets.connections.size).toBe(1);
  },

  "app.use('/chat', WebSocketHandler((request, ws) => talk(ws, request.context)));": async ({
    theirs,
    ours,
  }) => {
    let release!: () => void;
    let onHeld = (): void => undefined;
    const hold: RequestHandler = (...[, , next]) => {
      release = next;
      onHeld();
    };

    const server = createServer();
    const { app } = expressWs(express().use(hold), server);
    await theirs({ app, talk });
    const early = await visit(await portOf(server.listen(0)));
    expect(early.ws.readyState, 'in, and the middleware has not let go').toBe(1);
    release();
    expect(await early.next()).toBe('hello');

    const seen: unknown[] = [];
    const { port } = await ourApp((app) => {
      app.use(hold);
      const accepting = async (ws: Parameters<ExpressGatekeeper>[1], request: unknown) => {
        seen.push((request as express.Request).baseUrl);
        await ws.accept();
        await ws.write('hello');
      };
      return ours({ app, WebSocketHandler, talk: accepting });
    });
    const held = new Promise<void>((resolve) => (onHeld = resolve));
    const visitor = new Visitor(port);
    await held;
    expect(visitor.ws.readyState, 'not in yet').toBe(0);
    release();
    expect(await visitor.next()).toBe('hello');
    expect(seen).toEqual(['/chat']);
  },

  "router.get('/chat', WebSocketHandler((request, ws) => talk(ws)));": async ({ theirs, ours }) => {
    expressWs(express());
    await expect(theirs({ router: express.Router(), talk })).rejects.toThrow('not a function');
    const { port } = await ourApp(async (app) => {
      const router = express.Router();
      await ours({ router, WebSocketHandler, talk: (ws: never) => greet(undefined as never, ws) });
      app.use(router);
    });
    expect(await (await visit(port)).next()).toBe('hello');
  },

  "response.status(401).send('A token, please.');": async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp(talk, middlewareFrom(theirs, { answers: true }));
    const visitor = new Visitor(theirPort);
    expect(await visitor.answer).toMatchObject({ status: 101 });
    expect((await visitor.closed).code).toBe(1005);

    const { port } = await ourApp((app) => {
      app.use(middlewareFrom(ours, { answers: true })).use('/chat', WebSocketHandler(greet));
    });
    expect(await knock(port)).toMatchObject({ status: 401, body: 'A token, please.' });
  },

  "response.cookie('seen', 'yes');": async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp(talk, middlewareFrom(theirs));
    const without = await knock(theirPort);
    expect(without.status).toBe(101);
    expect(without.headers['set-cookie']).toBeUndefined();

    const { port } = await ourApp((app) => {
      app.use(middlewareFrom(ours)).use('/chat', WebSocketHandler(greet));
    });
    expect((await knock(port)).headers['set-cookie']).toEqual(['seen=yes; Path=/']);
  },

  'if (request.context.user === undefined) return ws.refuse(401);': async ({ theirs, ours }) => {
    const visitor = await visit(await stage.theirs((ws, request) => theirs({ ws, request })));
    expect((await visitor.closed).code).toBe(4401);
    const port = await stage.ours((request, ws) => ours({ request, ws }));
    expect(await knock(port)).toMatchObject({ status: 401 });
  },

  'ws.listen((message) => ws.write(message));': echoes(stage),

  'await ready; for await (const message of ws) await ws.write(message);':
    keepsEarlyMessages(stage),

  "await ws.close({ code: 4000, reason: 'bye' });": closes(stage),

  'ws.closed.then(({ code, reason }) => forget(code, reason));': tellsOfTheEnd(stage),

  "app.use('/chat', WebSocketHandler(gatekeeper, { onError: report }));": ({ theirs, ours }) =>
    reportsErrors(
      async (report) => {
        const { port } = await theirApp((ws) => {
          expect(ws.listenerCount('error')).toBe(0);
          void theirs({ ws, report });
        });
        return port;
      },
      async (gatekeeper, report) => {
        const { port } = await ourApp((app) => ours({ app, WebSocketHandler, gatekeeper, report }));
        return port;
      },
    ),

  "broadcast(sockets.connections, 'hello');": async ({ theirs, ours }) => {
    const { port, getWss } = await theirApp(() => undefined);
    const both = [await visit(port), await visit(port)];
    await theirs({ getWss });
    for (const visitor of both) expect(await visitor.next()).toBe('hello');

    const { port: ourPort, sockets } = await ourApp((app) =>
      app.use('/chat', WebSocketHandler(echo)),
    );
    const two = [await visit(ourPort), await visit(ourPort)];
    await ours({ broadcast, sockets });
    for (const visitor of two) expect(await visitor.next()).toBe('hello');
  },

  "app.use('/chat', WebSocketHandler(gatekeeper, { maxMessageSize: 4096 }));": async ({
    theirs,
    ours,
  }) => {
    const server = createServer();
    const app = express();
    await theirs({ expressWs, app, server });
    const { getWss } = expressWs(express(), createServer());
    expect(getWss().options.maxPayload).toBe(100 * 1024 * 1024);
    server.on('upgrade', () => undefined);
    const { port } = await ourApp((app) => ours({ app, ...scope }));
    (app as unknown as expressWs.Application).ws('/chat', (ws) => ws.on('error', () => undefined));
    await limitsMessages(await portOf(server.listen(0)), port);
  },

  "app.use('/chat', WebSocketHandler(gatekeeper, { origins: ['https://app.example.com'] }));":
    async ({ theirs, ours }) => {
      const server = createServer();
      await theirs({ expressWs, app: express(), server });
      const strange = { origin: 'https://elsewhere.example' };
      expect(await knock(await portOf(server.listen(0)), '/chat', strange)).toMatchObject({
        status: 401,
      });
      const { port } = await ourApp((app) => ours({ app, ...scope }));
      await choosesOrigins((await theirApp(talk)).port, port);
    },

  'server.close(); await sockets.close();': async ({ theirs, ours }) => {
    const { port, server } = await theirApp((ws) => ws.on('message', (data) => ws.send(data)));
    const visitor = await visit(port);
    let isClosed = false;
    server.once('close', () => (isClosed = true));
    await theirs({ server });
    expect(await visitor.ask('still there?')).toBe('still there?');
    expect(isClosed).toBe(false);

    const mine = await ourApp((app) => app.use('/chat', WebSocketHandler(greet)));
    const told = await visit(mine.port);
    await ours(mine);
    expect((await told.closed).code).toBe(1001);
  },
};
