import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { createNodeWebSocket } from '@hono/node-ws';
import { WebSocketHandler, attach, broadcast, type HonoGatekeeper } from '@postern/hono';
import { Hono, type MiddlewareHandler } from 'hono';
import { setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import type { WSEvents } from 'hono/ws';
import { expect, onTestFinished, vi } from 'vitest';
import {
  answersInOrder,
  choosesOrigins,
  closes,
  echoes,
  limitsMessages,
  tellsOfTheEnd,
  type Stage,
} from '../common-proofs.js';
import type { Line, Proofs } from '../describe-lines.js';
import { portOf } from '../house.js';
import type { Scope } from '../run-line.js';
import { knock, visit } from '../visitor.js';

type TheirRoute = ReturnType<typeof createNodeWebSocket>['upgradeWebSocket'];

const listen = (app: Hono): Server => serve({ fetch: app.fetch, port: 0 }) as Server;

/** An app with @hono/node-ws: whatever `build` does with it. */
async function theirApp(build: (app: Hono, upgradeWebSocket: TheirRoute) => unknown) {
  const app = new Hono();
  const { injectWebSocket, upgradeWebSocket, wss } = createNodeWebSocket({ app });
  await build(app, upgradeWebSocket);
  const server = listen(app);
  injectWebSocket(server);
  return { server, wss, port: await portOf(server) };
}

/** An app of ours: whatever `build` does with it. */
async function ourApp(build: (app: Hono) => unknown) {
  const app = new Hono();
  await build(app);
  const server = listen(app);
  const sockets = attach(server);
  return { server, sockets, port: await portOf(server) };
}

const greet: HonoGatekeeper = async (_, ws) => {
  await ws.accept();
  ws.send('hello');
  await ws.closed;
};
const theirRoute = (app: Hono, upgradeWebSocket: TheirRoute) =>
  app.get(
    '/chat',
    upgradeWebSocket(() => ({ onOpen: (_, ws) => ws.send('hello') })),
  );
const ourRoute = (app: Hono) => app.get('/chat', WebSocketHandler(greet));

const stage: Stage = {
  theirs: async (handler) => {
    const { port } = await theirApp((app, upgradeWebSocket) => {
      app.get(
        '/chat',
        upgradeWebSocket((context) => handler(context) as Promise<WSEvents>),
      );
    });
    return port;
  },
  ours: async (gatekeeper) => {
    const { port } = await ourApp((app) => app.get('/chat', WebSocketHandler(gatekeeper)));
    return port;
  },
};

/** What a client is answered when the line is a middleware before the route. */
async function answersOf(line: Line, { answers = false } = {}) {
  const middleware =
    (run: Line['ours']): MiddlewareHandler =>
    async (context, next) => {
      const answer = await run({ context, setCookie });
      if (answers) return answer as Response;
      return next();
    };
  const their = await theirApp((app, upgradeWebSocket) => {
    app.use(middleware(line.theirs));
    theirRoute(app, upgradeWebSocket);
  });
  const our = await ourApp((app) => {
    app.use(middleware(line.ours));
    ourRoute(app);
  });
  return { their: await knock(their.port), our: await knock(our.port) };
}

const routed = async (run: Line['ours']): Promise<number> => {
  const scope: Scope = { WebSocketHandler, gatekeeper: greet };
  return (await ourApp((app) => run({ app, ...scope }))).port;
};

export const honoNodeWsProofs: Proofs = {
  'const sockets = attach(server);': async (line) => {
    const app = new Hono();
    const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app });
    theirRoute(app, upgradeWebSocket);
    const theirServer = listen(app);
    await line.theirs({ injectWebSocket, server: theirServer });
    expect(await (await visit(await portOf(theirServer))).next()).toBe('hello');

    const mine = new Hono();
    ourRoute(mine);
    const server = listen(mine);
    const { sockets } = (await line.ours({ attach, server }, ['sockets'])) as {
      sockets: ReturnType<typeof attach>;
    };
    expect(await (await visit(await portOf(server))).next()).toBe('hello');
    expect(sockets.connections.size).toBe(1);
  },

  "app.get('/chat', WebSocketHandler(async (request, ws) => { await ws.accept(); await ws.write('hello'); }));":
    async (line) => {
      const { port: theirPort } = await theirApp((app, upgradeWebSocket) =>
        line.theirs({ app, upgradeWebSocket }),
      );
      const { port } = await ourApp((app) => line.ours({ app, WebSocketHandler }));
      const their = await visit(theirPort);
      expect(await their.next()).toBe('hello');
      await their.sync();
      const our = await visit(port);
      expect(await our.next()).toBe('hello');
      expect((await our.closed).code).toBe(1000);
      expect((await fetch(`http://localhost:${theirPort}/chat`)).status).toBe(404);
      expect((await fetch(`http://localhost:${port}/chat`)).status).toBe(426);
    },

  "return context.text('A token, please.', 401);": async (line) => {
    const { their, our } = await answersOf(line, { answers: true });
    expect(their).toMatchObject({ status: 401, body: '' });
    expect(their.headers['content-type']).toBeUndefined();
    expect(our).toMatchObject({ status: 401, body: 'A token, please.' });
    expect(our.headers['content-type']).toContain('text/plain');
  },

  "setCookie(context, 'seen', 'yes');": async (line) => {
    const { their, our } = await answersOf(line);
    expect([their.status, their.headers['set-cookie']]).toEqual([101, undefined]);
    expect([our.status, our.headers['set-cookie']]).toEqual([101, ['seen=yes; Path=/']]);
  },

  "if (request.context.get('user') === undefined) return ws.refuse(401, { body: 'Log in.' });":
    async (line) => {
      const scope = { HTTPException };
      const their = await stage.theirs((context) => line.theirs({ context, ...scope }));
      expect(await knock(their)).toMatchObject({ status: 401, body: '' });
      const our = await stage.ours((request, ws) => line.ours({ request, ws }));
      const thrown = await stage.ours(({ context }) => line.theirs({ context, ...scope }));
      for (const port of [our, thrown]) {
        expect(await knock(port)).toMatchObject({ status: 401, body: 'Log in.' });
      }
    },

  'ws.listen((message) => ws.write(message));': echoes(stage),

  'ws.listen(async (message) => ws.write(await slow(message)));': answersInOrder(stage),

  "ws.listen(() => { throw new Error('a mistake'); });": async (line) => {
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    onTestFinished(() => printed.mockRestore());
    const their = await visit(await stage.theirs(() => line.theirs({})));
    their.ws.send('anything');
    await their.sync();
    expect(their.ws.readyState, 'still open').toBe(1);
    expect(printed).toHaveBeenCalledOnce();

    const told: unknown[] = [];
    const onError = (error: unknown): void => void told.push(error);
    const { port } = await ourApp((app) => {
      app.get(
        '/chat',
        WebSocketHandler((_, ws) => line.ours({ ws }), { onError }),
      );
    });
    const our = await visit(port);
    our.ws.send('anything');
    expect((await our.closed).code).toBe(1011);
    expect(told.map(String)).toEqual(['Error: a mistake']);
  },

  "await ws.close({ code: 4000, reason: 'bye' });": closes(stage),

  'ws.closed.then(({ code, reason }) => forget(code, reason));': tellsOfTheEnd(stage),

  "broadcast(sockets.connections, 'hello');": async (line) => {
    const { wss, port } = await theirApp((app, upgradeWebSocket) => {
      app.get(
        '/chat',
        upgradeWebSocket(() => ({})),
      );
    });
    const their = [await visit(port), await visit(port)];
    await line.theirs({ wss });
    for (const visitor of their) expect(await visitor.next()).toBe('hello');

    const mine = await ourApp((app) => {
      app.get(
        '/chat',
        WebSocketHandler((_, ws) => ws.listen(() => undefined)),
      );
    });
    const our = [await visit(mine.port), await visit(mine.port)];
    await line.ours({ broadcast, sockets: mine.sockets });
    for (const visitor of our) expect(await visitor.next()).toBe('hello');
  },

  "app.get('/chat', WebSocketHandler(gatekeeper, { maxMessageSize: 4096 }));": async (line) => {
    expect(createNodeWebSocket({ app: new Hono() }).wss.options.maxPayload).toBe(100 * 1024 * 1024);
    await limitsMessages(await routed(line.ours));
  },

  "app.get('/chat', WebSocketHandler(gatekeeper, { origins: ['https://app.example.com'] }));":
    async (line) => {
      const strange = { origin: 'https://elsewhere.example' };
      const checked = await stage.theirs((context) => line.theirs({ context, HTTPException }));
      expect(await knock(checked, '/chat', strange)).toMatchObject({ status: 403 });
      await choosesOrigins((await theirApp(theirRoute)).port, await routed(line.ours));
    },

  "app.get('/chat', WebSocketHandler(gatekeeper, { subprotocols: ['chat.v1'] }));": async (
    line,
  ) => {
    const chosen = async (port: number, ...subprotocols: string[]) => {
      const { status, headers } = await knock(port, '/chat', { subprotocols });
      return [status, headers['sec-websocket-protocol']];
    };
    const their = (await theirApp(theirRoute)).port;
    expect(await chosen(their, 'chess', 'chat.v1')).toEqual([101, 'chess']);
    const our = await routed(line.ours);
    expect(await chosen(our, 'chess', 'chat.v1')).toEqual([101, 'chat.v1']);
    expect((await chosen(our, 'chess'))[0]).toBe(400);
  },

  'server.close(); await sockets.close();': async (line) => {
    const { server, port } = await theirApp(theirRoute);
    const visitor = await visit(port);
    let isClosed = false;
    server.once('close', () => (isClosed = true));
    await line.theirs({ server });
    await visitor.sync();
    expect(isClosed).toBe(false);

    const mine = await ourApp(ourRoute);
    const told = await visit(mine.port);
    await line.ours({ server: mine.server, sockets: mine.sockets });
    expect((await told.closed).code).toBe(1001);
  },
};
