import websocket, { type WebsocketHandler } from '@fastify/websocket';
import { connectTo } from '@postern/core/testing';
import {
  WebSocketHandler,
  broadcast,
  isUpgrade,
  postern,
  type FastifyGatekeeper,
  type WebSocket,
} from '@postern/fastify';
import Fastify, { type FastifyInstance, type onRequestHookHandler } from 'fastify';
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
import type { Scope } from '../run-line.js';
import { Visitor, knock, visit, type Answer } from '../visitor.js';

const greet: FastifyGatekeeper = async (_, ws) => {
  await ws.accept();
  ws.send('hello');
  await ws.closed;
};
const talk: WebsocketHandler = (socket) => socket.send('hello');

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server);
}

/** An app with @fastify/websocket, and what `build` does with it. */
async function theirs(build: (app: FastifyInstance) => unknown): Promise<number> {
  const app = Fastify();
  await app.register(websocket);
  await build(app);
  return listen(app);
}

/** An app with our plugin, and what `build` does with it. */
async function ours(build: (app: FastifyInstance) => unknown): Promise<number> {
  const app = Fastify();
  await app.register(postern);
  await build(app);
  return listen(app);
}

const stage: Stage = {
  theirs: (handler) =>
    theirs((app) => app.get('/chat', { websocket: true }, (socket) => void handler(socket))),
  ours: (gatekeeper) => ours((app) => app.get('/chat', WebSocketHandler(gatekeeper))),
};

/** What a client is answered when the line is a hook before the route. */
async function answersOf(line: Line): Promise<Record<'their' | 'our', Answer>> {
  const hook = (run: Line['ours']): onRequestHookHandler =>
    async function (_, reply) {
      await run({ reply });
    };
  const their = await theirs((app) => {
    app.get('/chat', { websocket: true, onRequest: hook(line.theirs) }, talk);
  });
  const our = await ours((app) => {
    app.get('/chat', { onRequest: hook(line.ours) }, WebSocketHandler(greet));
  });
  return { their: await knock(their), our: await knock(our) };
}

/** The line registers the plugin; then there is a route. */
async function registered(
  run: Line['ours'],
  route: (app: FastifyInstance) => unknown,
): Promise<number> {
  const app = Fastify();
  await run({ app, websocket, postern });
  await route(app);
  return listen(app);
}
const theirRoute = (app: FastifyInstance) => app.get('/chat', { websocket: true }, talk);
const ourRoute = (app: FastifyInstance) => app.get('/chat', WebSocketHandler(greet));

const plugsIn: Proof = async (line) => {
  for (const port of [
    await registered(line.theirs, theirRoute),
    await registered(line.ours, ourRoute),
  ]) {
    expect(await (await visit(port)).next()).toBe('hello');
  }
};

export const fastifyWebsocketProofs: Proofs = {
  'await app.register(postern);': plugsIn,

  "app.get('/chat', WebSocketHandler((request, ws) => talk(ws, request.context)));": async (
    line,
  ) => {
    const urls: unknown[] = [];
    const their = await theirs((app) =>
      line.theirs({
        app,
        talk: (ws: { send(text: string): void; readyState: number }, { url }: { url: string }) => {
          urls.push(ws.readyState, url);
          ws.send('hello');
        },
      }),
    );
    expect(await (await visit(their)).next()).toBe('hello');
    const our = await ours((app) =>
      line.ours({
        app,
        WebSocketHandler,
        talk: async (ws: WebSocket, { url }: { url: string }) => {
          urls.push(ws.state, url);
          await ws.accept();
          await ws.write('hello');
        },
      }),
    );
    expect(await (await visit(our)).next()).toBe('hello');
    expect(urls).toEqual([1, '/chat', 'connecting', '/chat']);
  },

  "app.get('/chat', (request, reply) => (isUpgrade(request.raw) ? chat : page)(request, reply));":
    async (line) => {
      const page = () => 'a page';
      const their = await theirs((app) => line.theirs({ app, page, talk }));
      const chat = WebSocketHandler(greet);
      const our = await ours((app) => line.ours({ app, page, chat, isUpgrade }));
      for (const port of [their, our]) {
        expect(await (await visit(port)).next()).toBe('hello');
        expect(await (await fetch(`http://127.0.0.1:${port}/chat`)).text()).toBe('a page');
      }
      const plain = (port: number) => fetch(`http://127.0.0.1:${port}/chat`);
      expect((await plain(await theirs(theirRoute))).status).toBe(404);
      expect((await plain(await ours(ourRoute))).status).toBe(426);
    },

  "reply.code(401).send('A token, please.');": async (line) => {
    const { their, our } = await answersOf(line);
    expect(their).toMatchObject({ status: 401, body: 'A token, please.' });
    expect(our).toMatchObject({ status: 401, body: 'A token, please.' });
  },

  "reply.header('set-cookie', 'seen=yes');": async (line) => {
    const { their, our } = await answersOf(line);
    expect([their.status, their.headers['set-cookie']]).toEqual([101, undefined]);
    expect([our.status, our.headers['set-cookie']]).toEqual([101, ['seen=yes']]);
  },

  "app.addHook('onResponse', (request, reply, done) => { log(reply.statusCode); done(); });":
    async (line) => {
      const logged: Record<'their' | 'our', unknown[]> = { their: [], our: [] };
      const their = await theirs(async (app) => {
        await line.theirs({ app, log: (status: unknown) => logged.their.push(status) });
        theirRoute(app);
      });
      let onLogged!: () => void;
      const told = new Promise<void>((resolve) => (onLogged = resolve));
      const our = await ours(async (app) => {
        const log = (status: unknown) => {
          logged.our.push(status);
          onLogged();
        };
        await line.ours({ app, log });
        ourRoute(app);
      });
      for (const port of [their, our]) {
        const visitor = await visit(port);
        visitor.ws.close();
        await visitor.closed;
      }
      await told;
      expect(logged).toEqual({ their: [], our: [101] });
    },

  'if (request.context.user === undefined) return ws.refuse(401);': async (line) => {
    const their = await stage.theirs((socket) => line.theirs({ socket, request: {} }));
    const visitor = new Visitor(their);
    expect(await visitor.answer).toMatchObject({ status: 101 });
    expect((await visitor.closed).code).toBe(4401);
    const our = await stage.ours((request, ws) => line.ours({ request, ws }));
    expect(await knock(our)).toMatchObject({ status: 401 });
  },

  'ws.listen((message) => ws.write(message));': withSocket(echoes),

  'await ready; for await (const message of ws) await ws.write(message);':
    withSocket(keepsEarlyMessages),

  "throw new Error('a mistake');": async (line) => {
    const their = await theirs((app) => {
      app.get('/chat', { websocket: true }, () => line.theirs({}));
    });
    expect((await (await visit(their)).closed).code).toBe(1006);

    const told: unknown[] = [];
    const our = await ours((app) => {
      const gatekeeper: FastifyGatekeeper = async (_, ws) => {
        await ws.accept();
        await line.ours({});
      };
      const onError = (error: unknown): void => void told.push(error);
      app.get('/chat', WebSocketHandler(gatekeeper, { onError }));
    });
    expect((await (await visit(our)).closed).code).toBe(1011);
    expect(told.map(String)).toEqual(['Error: a mistake']);
  },

  "await ws.close({ code: 4000, reason: 'bye' });": withSocket(closes),

  'ws.closed.then(({ code, reason }) => forget(code, reason));': withSocket(tellsOfTheEnd),

  "broadcast(everyone, 'hello');": async (line) => {
    const app = Fastify();
    await app.register(websocket);
    app.get('/chat', { websocket: true }, () => undefined);
    const port = await listen(app);
    const their = [await visit(port), await visit(port)];
    await line.theirs({ app });
    for (const visitor of their) expect(await visitor.next()).toBe('hello');

    const everyone = new Set<WebSocket>();
    const ourPort = await stage.ours((_, ws) => {
      everyone.add(ws);
      return ws.listen(() => undefined);
    });
    const our = [await visit(ourPort), await visit(ourPort)];
    await line.ours({ broadcast, everyone });
    for (const visitor of our) expect(await visitor.next()).toBe('hello');
  },

  'await app.register(postern, { maxMessageSize: 4096 });': async (line) => {
    const app = Fastify();
    await app.register(websocket);
    expect(app.websocketServer.options.maxPayload).toBe(100 * 1024 * 1024);
    await limitsMessages(
      await registered(line.theirs, theirRoute),
      await registered(line.ours, ourRoute),
    );
  },

  "await app.register(postern, { origins: ['https://app.example.com'] });": async (line) => {
    const checked = await registered(line.theirs, theirRoute);
    const strange = { origin: 'https://elsewhere.example' };
    expect(await knock(checked, '/chat', strange)).toMatchObject({ status: 401 });
    await choosesOrigins(await theirs(theirRoute), await registered(line.ours, ourRoute));
  },

  "app.get('/chat', WebSocketHandler(gatekeeper, { subprotocols: ['chat.v1'] }));": async (
    line,
  ) => {
    const chosen = async (port: number, ...subprotocols: string[]) => {
      const { status, headers } = await knock(port, '/chat', { subprotocols });
      return [status, headers['sec-websocket-protocol']];
    };
    const byDefault = await theirs(theirRoute);
    expect(await chosen(byDefault, 'chess', 'chat.v1')).toEqual([101, 'chess']);
    const their = await registered(line.theirs, theirRoute);
    expect(await chosen(their, 'chess', 'chat.v1')).toEqual([101, 'chat.v1']);
    // The client gives up on it, but it was let in.
    expect((await chosen(their, 'chess'))[0]).toBe(101);
    const scope: Scope = { WebSocketHandler, gatekeeper: greet };
    const our = await ours((app) => line.ours({ app, ...scope }));
    expect(await chosen(our, 'chess', 'chat.v1')).toEqual([101, 'chat.v1']);
    expect((await chosen(our, 'chess'))[0]).toBe(400);
  },

  "const ws = await connectTo(app, '/chat');": async (line) => {
    const app = Fastify();
    await app.register(websocket);
    app.get('/chat', { websocket: true }, (socket) => {
      socket.on('message', (data) => socket.send(data));
    });
    await app.ready();
    const { ws: their } = (await line.theirs({ app }, ['ws'])) as {
      ws: Awaited<ReturnType<FastifyInstance['injectWS']>>;
    };
    const heard = new Promise((resolve) =>
      their.once('message', (data: Buffer) => resolve(String(data))),
    );
    their.send('hello');
    expect(await heard).toBe('hello');
    their.terminate();

    const mine = Fastify();
    await mine.register(postern);
    ourRoute(mine);
    await mine.ready();
    const { ws } = (await line.ours({ app: mine, connectTo }, ['ws'])) as { ws: WebSocket };
    expect(await ws.read()).toBe('hello');
    await ws.close();
  },

  'await app.close();': async (line) => {
    const app = Fastify();
    await app.register(websocket);
    theirRoute(app);
    const their = await visit(await listen(app));
    await line.theirs({ app });
    expect((await their.closed).code).toBe(1005);

    const mine = Fastify();
    await mine.register(postern);
    ourRoute(mine);
    const our = await visit(await listen(mine));
    await line.ours({ app: mine });
    expect((await our.closed).code).toBe(1001);
  },
};

/** Here the handler's own name for what others call `ws` is `socket`. */
function withSocket(proof: (stage: Stage) => Proof): Proof {
  return (line) =>
    proof(stage)({ ...line, theirs: ({ ws, ...scope }) => line.theirs({ socket: ws, ...scope }) });
}
