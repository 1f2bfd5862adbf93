import { createServer } from 'node:http';
import {
  attach,
  broadcast,
  defaults,
  type Attachment,
  type Gatekeeper,
  type WebSocket,
} from '@postern/core';
import crossws, { type NodeAdapter, type NodeOptions } from 'crossws/adapters/node';
import { expect, vi } from 'vitest';
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
import { endAfter } from '../fatal-server.js';
import { portOf } from '../house.js';
import type { Scope } from '../run-line.js';
import { knock, visit } from '../visitor.js';

type Hooks = NonNullable<NodeOptions['hooks']>;

const greetings: Hooks = { open: (peer) => void peer.send('hello') };
const greet: Gatekeeper = async (_, ws) => {
  await ws.accept();
  ws.send('hello');
  await ws.closed;
};

async function hosted(ws: NodeAdapter): Promise<number> {
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    void ws.handleUpgrade(request, socket, head);
  });
  return portOf(server.listen(0));
}

const theirs = (hooks: unknown): Promise<number> => hosted(crossws({ hooks: hooks as Hooks }));

async function ours(gatekeeper: Gatekeeper) {
  const server = createServer();
  const sockets = attach(server, { websocket: gatekeeper });
  return { server, sockets, port: await portOf(server.listen(0)) };
}

/** The line gives their hooks; what they are given beyond a peer is in the scope before. */
const stage: Stage = {
  theirs: async (handler) => theirs(await handler(undefined)),
  ours: async (gatekeeper) => (await ours(gatekeeper)).port,
};

/** The line makes their adapter; a visitor is greeted. */
async function builtBy(run: Line['theirs']): Promise<number> {
  const { ws } = (await run({ crossws, hooks: greetings }, ['ws'])) as { ws: NodeAdapter };
  return hosted(ws);
}

/** The line attaches to a server; a visitor is greeted. */
async function attachedBy(run: Line['ours']): Promise<number> {
  const server = createServer();
  const scope: Scope = { attach, server, gatekeeper: greet };
  await run(scope);
  return portOf(server.listen(0));
}

export const crosswsProofs: Proofs = {
  'const sockets = attach(server, { websocket: gatekeeper });': async (line) => {
    const theirServer = createServer();
    await line.theirs({ server: theirServer, ws: crossws({ hooks: greetings }) });
    expect(await (await visit(await portOf(theirServer.listen(0)))).next()).toBe('hello');

    const server = createServer();
    const { sockets } = (await line.ours({ attach, server, gatekeeper: greet }, ['sockets'])) as {
      sockets: Attachment;
    };
    expect(await (await visit(await portOf(server.listen(0)))).next()).toBe('hello');
    expect(sockets.connections.size).toBe(1);
  },

  "return ws.refuse(401, { body: 'A token, please.' });": async (line) => {
    const their = await stage.theirs(() => line.theirs({}));
    const our = await stage.ours((_, ws) => line.ours({ ws }));
    for (const port of [their, our]) {
      expect(await knock(port)).toMatchObject({ status: 401, body: 'A token, please.' });
    }
  },

  "await ws.accept({ headers: { 'set-cookie': 'seen=yes' } });": async (line) => {
    const their = await stage.theirs(() => line.theirs({}));
    const our = await stage.ours((_, ws) => line.ours({ ws }));
    for (const port of [their, our]) {
      const { status, headers } = await knock(port);
      expect([status, headers['set-cookie']]).toEqual([101, ['seen=yes']]);
    }
  },

  "const user = 'Ada'; await ws.accept(); await ws.write(user);": async (line) => {
    const their = await stage.theirs(() => line.theirs({}));
    const our = await stage.ours((_, ws) => line.ours({ ws }));
    for (const port of [their, our]) expect(await (await visit(port)).next()).toBe('Ada');
  },

  'ws.listen((message) => ws.write(message));': echoes(stage),

  'ws.listen(async (message) => ws.write(await slow(message)));': answersInOrder(stage),

  "ws.listen(() => { throw new Error('a mistake'); });": async (line) => {
    const program = `
      import { createServer } from 'node:http';
      import crossws from 'crossws/adapters/node';
      const hooks = (() => { ${line.theirCode} })();
      const ws = crossws({ hooks });
      const server = createServer().listen(0);
      server.on('upgrade', (request, socket, head) => ws.handleUpgrade(request, socket, head));
    `;
    const { end, stderr } = await endAfter(program, ({ ws }) => ws.send('anything'));
    expect(end).toBe(1);
    expect(stderr).toContain('Error: a mistake');

    const told: unknown[] = [];
    const server = createServer();
    const onError = (error: unknown): void => void told.push(error);
    attach(server, { websocket: (_, ws) => line.ours({ ws }), onError });
    const visitor = await visit(await portOf(server.listen(0)));
    visitor.ws.send('anything');
    expect((await visitor.closed).code).toBe(1011);
    expect(told.map(String)).toEqual(['Error: a mistake']);
  },

  "await ws.close({ code: 4000, reason: 'bye' });": closes(stage),

  'ws.closed.then(({ code, reason }) => forget(code, reason));': tellsOfTheEnd(stage),

  'news.add(ws); ws.closed.then(() => news.delete(ws)); await ws.listen((message) => void broadcast(Array.from(news).filter((peer) => peer !== ws), message));':
    async (line) => {
      const news = new Set<WebSocket>();
      const ports = [
        await stage.theirs(() => line.theirs({})),
        await stage.ours((_, ws) => line.ours({ ws, news, broadcast })),
      ];
      for (const port of ports) {
        const [one, two] = [await visit(port), await visit(port)];
        one.ws.send('from one');
        expect(await two.next()).toBe('from one');
        two.ws.send('from two');
        expect(await one.next(), 'nothing of its own').toBe('from two');
      }
    },

  "broadcast(news, 'hello');": async (line) => {
    const adapter = crossws({ hooks: { open: (peer) => peer.subscribe('news') } });
    const port = await hosted(adapter);
    const their = [await visit(port), await visit(port)];
    await line.theirs({ ws: adapter });
    for (const visitor of their) expect(await visitor.next()).toBe('hello');

    const mine = await ours((_, ws) => ws.listen(() => undefined));
    const our = [await visit(mine.port), await visit(mine.port)];
    await line.ours({ broadcast, news: mine.sockets.connections });
    for (const visitor of our) expect(await visitor.next()).toBe('hello');
  },

  'attach(server, { websocket: gatekeeper, maxMessageSize: 4096 });': async (line) => {
    await limitsMessages(await builtBy(line.theirs), await attachedBy(line.ours));
    const generous = await visit(await theirs(greetings));
    generous.ws.send(Buffer.alloc(2 * 1024 * 1024));
    await generous.sync();
  },

  "attach(server, { websocket: gatekeeper, origins: ['https://app.example.com'] });": async (
    line,
  ) => {
    const strange = { origin: 'https://elsewhere.example' };
    const checked = await stage.theirs(() => line.theirs({}));
    expect(await knock(checked, '/chat', strange)).toMatchObject({ status: 403 });
    await choosesOrigins(await theirs(greetings), await attachedBy(line.ours));
  },

  "attach(server, { websocket: gatekeeper, subprotocols: ['chat.v1'] });": async (line) => {
    const their = await builtBy(line.theirs);
    const our = await attachedBy(line.ours);
    for (const port of [their, our]) {
      const { headers } = await knock(port, '/chat', { subprotocols: ['chess', 'chat.v1'] });
      expect(headers['sec-websocket-protocol']).toBe('chat.v1');
    }
    expect(await knock(their, '/chat', { subprotocols: ['chess'] })).toMatchObject({ status: 101 });
    expect(await knock(our, '/chat', { subprotocols: ['chess'] })).toMatchObject({ status: 400 });
  },

  'attach(server, { websocket: gatekeeper, heartbeatInterval: 30_000 });': async (line) => {
    const timers = vi.spyOn(globalThis, 'setInterval');
    const port = await builtBy(line.theirs);
    expect(timers).toHaveBeenCalledWith(expect.any(Function), 30_000);
    timers.mockClear();
    crossws({});
    expect(timers).toHaveBeenCalledWith(expect.any(Function), 30_000);
    timers.mockRestore();
    expect(await (await visit(port)).next()).toBe('hello');
    expect(await (await visit(await attachedBy(line.ours))).next()).toBe('hello');
    expect(defaults.heartbeatInterval).toBe(20_000);
  },

  'await sockets.close();': async (line) => {
    const adapter = crossws({ hooks: greetings });
    const theirPort = await hosted(adapter);
    const their = await visit(theirPort);
    await line.theirs({ ws: adapter });
    expect((await their.closed).code).toBe(1001);
    expect(await knock(theirPort)).toMatchObject({ status: 101 });

    const { sockets, port } = await ours(greet);
    const our = await visit(port);
    await line.ours({ sockets });
    expect((await our.closed).code).toBe(1001);
    expect(await knock(port)).toMatchObject({ status: 503 });
  },
};
