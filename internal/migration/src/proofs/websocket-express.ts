import type { Server } from 'node:http';
import {
  WebSocketHandler,
  attach,
  type Attachment,
  type ExpressGatekeeper,
} from '@postern/express';
import express, { type RequestHandler } from 'express';
import { expect, onTestFinished, vi } from 'vitest';
import { Router, WebSocketExpress, type WSRequestHandler } from 'websocket-express';
import { closes, echoes, keepsEarlyMessages, tellsOfTheEnd, type Stage } from '../common-proofs.js';
import type { Proof, Proofs } from '../describe-lines.js';
import { greet, middlewareFrom, ourApp, oursOnExpress, talk } from '../express-house.js';
import { portOf } from '../house.js';
import { knock, visit } from '../visitor.js';

/** An app of websocket-express: whatever `build` does with it. */
async function theirApp(build: (app: WebSocketExpress) => unknown) {
  const app = new WebSocketExpress();
  await build(app);
  const server: Server = app.createServer();
  return { server, port: await portOf(server.listen(0)) };
}

const accepting: WSRequestHandler = async (_, response) => {
  talk(await response.accept());
};

const stage: Stage = {
  theirs: async (handler) => {
    const serve: WSRequestHandler = async (request, response) => {
      await handler(await response.accept(), request);
    };
    return (await theirApp((app) => app.ws('/chat', serve))).port;
  },
  ours: oursOnExpress,
};

/** The line is a middleware before the route; what a client is then answered. */
function answersWith(theirAnswer: object, ourAnswer: object, options?: { answers: true }): Proof {
  return async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp((app) => {
      app.use(middlewareFrom(theirs, options));
      app.ws('/chat', accepting);
    });
    expect(await knock(theirPort)).toMatchObject(theirAnswer);
    const { port } = await ourApp((app) => {
      app.use(middlewareFrom(ours, options)).use('/chat', WebSocketHandler(greet));
    });
    expect(await knock(port)).toMatchObject(ourAnswer);
  };
}

export const websocketExpressProofs: Proofs = {
  'const app = express();': async ({ theirs, ours }) => {
    const { app: their } = (await theirs({ WebSocketExpress }, ['app'])) as { app: object };
    expect('locals' in their && !('render' in their)).toBe(true);
    const { app } = (await ours({ express }, ['app'])) as { app: object };
    expect('locals' in app && 'render' in app).toBe(true);
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

  "router.get('/chat', WebSocketHandler((request, ws) => talk(ws)));": async ({ theirs, ours }) => {
    const { port: theirPort } = await theirApp(async (app) => {
      const router = new Router();
      await theirs({ router, talk });
      app.use(router);
    });
    const { port } = await ourApp(async (app) => {
      const router = express.Router();
      await ours({ router, WebSocketHandler, talk: (ws: never) => greet(undefined as never, ws) });
      app.use(router);
    });
    expect(await (await visit(theirPort)).next()).toBe('hello');
    expect(await (await visit(port)).next()).toBe('hello');
  },

  "app.use((request, response, next) => { response.once('finish', log); next(); });": async ({
    theirs,
    ours,
  }) => {
    const log = vi.fn<() => void>();
    const same: RequestHandler = (...[, response, next]) => {
      response.once('finish', log);
      next();
    };
    const together = (app: WebSocketExpress): unknown => app.use(same);
    const apart = (app: WebSocketExpress): unknown => theirs({ app, log });
    for (const use of [together, apart]) {
      const { port } = await theirApp(async (app) => {
        await use(app);
        app.ws('/chat', accepting);
      });
      const visitor = await visit(port);
      visitor.ws.close();
      await visitor.closed;
    }
    expect(log).not.toHaveBeenCalled();

    let onLogged!: (status: number) => void;
    const logged = new Promise<number>((resolve) => (onLogged = resolve));
    const ourLog = function (this: express.Response): void {
      onLogged(this.statusCode);
    };
    const { port } = await ourApp(async (app) => {
      await ours({ app, log: ourLog });
      app.use('/chat', WebSocketHandler(greet));
    });
    await visit(port);
    expect(await logged).toBe(101);
  },

  "response.cookie('seen', 'yes');": answersWith(
    { status: 404 },
    { status: 101, headers: { 'set-cookie': ['seen=yes; Path=/'] } },
  ),

  "response.status(401).send('A token, please.');": answersWith(
    { status: 401, body: 'Unauthorized' },
    { status: 401, body: 'A token, please.' },
    { answers: true },
  ),

  "ws.refuse(401, { body: 'A token, please.' });": async ({ theirs, ours }) => {
    const { port } = await theirApp((app) => {
      app.ws('/chat', (_, response) => theirs({ response }) as never);
    });
    const answer = { status: 401, body: 'A token, please.' };
    const { headers, ...theirAnswer } = await knock(port);
    expect(theirAnswer).toEqual(answer);
    expect(headers['content-type']).toContain('text/html');
    const { headers: ourHeaders, ...ourAnswer } = await knock(
      await stage.ours((_, ws) => ours({ ws })),
    );
    expect(ourAnswer).toEqual(answer);
    expect(ourHeaders['content-type']).toContain('text/plain');
  },

  "if (ws.state === 'connecting') ws.refuse(404); else await ws.close({ code: 4404 });": async ({
    theirs,
    ours,
  }) => {
    const first = async (prepare: (response: { accept(): Promise<unknown> }) => unknown) => {
      const { port } = await theirApp((app) => {
        app.ws('/chat', async (_, response) => {
          await prepare(response);
          await theirs({ response });
        });
      });
      return port;
    };
    expect(await knock(await first(() => undefined))).toMatchObject({ status: 404 });
    const late = await visit(await first((response) => response.accept()));
    expect((await late.closed).code).toBe(4404);

    expect(await knock(await stage.ours((_, ws) => ours({ ws })))).toMatchObject({ status: 404 });
    const ourLate = await visit(
      await stage.ours(async (_, ws) => {
        await ws.accept();
        await ours({ ws });
      }),
    );
    expect((await ourLate.closed).code).toBe(4404);
  },

  'ws.listen((message) => ws.write(message));': echoes(stage),

  'const data = await ws.read({ signal: AbortSignal.timeout(1000) });': async ({
    theirs,
    ours,
  }) => {
    const heard: Record<'theirs' | 'ours', string[]> = { theirs: [], ours: [] };
    for (const [side, run] of [
      ['theirs', theirs],
      ['ours', ours],
    ] as const) {
      let goOn!: () => void;
      const gone = new Promise<void>((resolve) => (goOn = resolve));
      let onFirst!: () => void;
      const first = new Promise<void>((resolve) => (onFirst = resolve));
      const read = async (ws: unknown): Promise<void> => {
        const { data } = (await run({ ws }, ['data'])) as { data: unknown };
        heard[side].push(String(data));
      };
      let end!: () => void;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const serve = async (ws: unknown): Promise<void> => {
        await read(ws);
        onFirst();
        await gone;
        await read(ws);
        end();
      };
      const port = await (side === 'theirs'
        ? stage.theirs(serve)
        : stage.ours((_, ws) => serve(ws)));
      const visitor = await visit(port);
      visitor.ws.send('one');
      await first;
      visitor.ws.send('two');
      await visitor.sync();
      goOn();
      await Promise.race([visitor.sync(), ended]);
      visitor.ws.send('three');
      await ended;
    }
    expect(heard).toEqual({ theirs: ['one', 'three'], ours: ['one', 'two'] });
  },

  'await ready; for await (const message of ws) await ws.write(message);':
    keepsEarlyMessages(stage),

  "throw new Error('a mistake');": async ({ theirs, ours }) => {
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    onTestFinished(() => printed.mockRestore());
    const visitor = await visit(await stage.theirs(() => theirs({})));
    await visitor.sync();
    expect(printed).toHaveBeenCalledOnce();
    expect(visitor.ws.readyState, 'still open').toBe(1);

    const told: unknown[] = [];
    const { port } = await ourApp((app) => {
      const gatekeeper = async (_: unknown, ws: { accept(): Promise<void> }) => {
        await ws.accept();
        await ours({});
      };
      app.use(WebSocketHandler(gatekeeper, { onError: (error) => told.push(error) }));
    });
    expect((await (await visit(port)).closed).code).toBe(1011);
    expect(told.map(String)).toEqual(['Error: a mistake']);
  },

  "await ws.close({ code: 4000, reason: 'bye' });": closes(stage),

  'ws.closed.then(({ code, reason }) => forget(code, reason));': tellsOfTheEnd(stage),

  'server.close(); await sockets.close({ grace: 1000 });': async ({ theirs, ours }) => {
    const their = await theirApp((app) => app.ws('/chat', accepting));
    const visitor = await visit(their.port);
    await theirs(their);
    expect((await visitor.closed).code).toBe(1012);

    const transaction: { end?: () => void } = {};
    const busy = await theirApp((app) => {
      app.ws('/chat', async (_, response) => {
        response.beginTransaction();
        transaction.end = () => response.endTransaction();
        await response.accept();
      });
    });
    const waiting = await visit(busy.port);
    await theirs(busy);
    await waiting.sync();
    transaction.end!();
    expect((await waiting.closed).code).toBe(1012);

    const sent: unknown[] = [];
    const mine = await ourApp((app) => {
      const gatekeeper: ExpressGatekeeper = async (_, ws) => {
        await ws.accept();
        await ws.closed;
        sent.push(ws.send('too late'));
      };
      app.use('/chat', WebSocketHandler(gatekeeper));
    });
    const told = await visit(mine.port);
    await ours(mine);
    expect((await told.closed).code).toBe(1001);
    expect(sent, 'the gatekeeper was waited for').toEqual([false]);
  },
};
