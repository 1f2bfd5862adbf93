import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import {
  attach,
  broadcast,
  clientAddress,
  defaults,
  serve,
  upgrade,
  type Attachment,
  type Gatekeeper,
  type WebSocket,
  type WebSocketServer as PosternServer,
} from '@postern/core';
import { expect, onTestFinished } from 'vitest';
import { WebSocket as WsWebSocket, WebSocketServer, createWebSocketStream } from 'ws';
import {
  answersInOrder,
  choosesOrigins,
  closes,
  echoes,
  keepsEarlyMessages,
  limitsMessages,
  reportsErrors,
  tellsOfTheEnd,
  type Stage,
} from '../common-proofs.js';
import type { Line, Proofs } from '../describe-lines.js';
import { endAfter } from '../fatal-server.js';
import { portOf } from '../house.js';
import { knock, visit } from '../visitor.js';

type Handler = (ws: WsWebSocket, request: IncomingMessage) => unknown;

const theirGreet: Handler = (ws) => ws.send('hello');
const greet: Gatekeeper = async (_, ws) => {
  await ws.accept();
  ws.send('hello');
  await ws.closed;
};

const open = (server: Server): Promise<number> => portOf(server.listen(0));

async function theirs(handler: Handler) {
  const server = createServer();
  const wss = new WebSocketServer({ server });
  wss.on('connection', handler);
  return { wss, server, port: await open(server) };
}

async function ours(gatekeeper: Gatekeeper) {
  const server = createServer();
  const sockets = attach(server, { websocket: gatekeeper });
  return { sockets, port: await open(server) };
}

const stage: Stage = {
  theirs: async (handler) => (await theirs(handler)).port,
  ours: async (gatekeeper) => (await ours(gatekeeper)).port,
};

/** The line makes their server; a visitor is greeted. */
async function builtBy(run: Line['theirs']): Promise<number> {
  const server = createServer();
  const { wss } = (await run({ WebSocketServer, server }, ['wss'])) as { wss: WebSocketServer };
  wss.on('connection', (ws) => {
    ws.on('error', () => undefined);
    ws.send('hello');
  });
  return open(server);
}

/** The line attaches to a server; a visitor is greeted. */
async function attachedBy(run: Line['ours']): Promise<number> {
  const server = createServer();
  await run({ attach, server, gatekeeper: greet });
  return open(server);
}

async function onUpgrade(
  listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown,
): Promise<number> {
  return open(createServer().on('upgrade', listener));
}

/** A server of ws, as a program, whose listener for connections is `code`. */
const programWith = (code: string): string => `
  import { WebSocketServer } from 'ws';
  new WebSocketServer({ port: 0 }).on('connection', (ws) => { ${code} });
`;
const brokenFrame = Buffer.from([0x81, 0x01, 0x61]); // not masked

/** Sixteen messages of 1 MiB by the line; how much of it waited at a time. */
async function mostBuffered(
  ws: { readonly bufferedAmount: number },
  send: (payload: string) => unknown,
): Promise<number> {
  const payload = 'x'.repeat(1024 * 1024);
  let most = 0;
  for (let count = 0; count < 16; count += 1) {
    await send(payload);
    most = Math.max(most, ws.bufferedAmount);
  }
  return most;
}

export const wsServerProofs: Proofs = {
  'const server = await serve({ port: 8080, websocket: gatekeeper });': async (line) => {
    const { wss } = (await line.theirs({ WebSocketServer }, ['wss'])) as { wss: WebSocketServer };
    onTestFinished(() => wss.close());
    wss.on('connection', theirGreet);
    if (wss.address() === null) await new Promise((resolve) => wss.once('listening', resolve));
    const { port: theirPort } = wss.address() as { port: number };
    const { server } = (await line.ours({ serve, gatekeeper: greet }, ['server'])) as {
      server: PosternServer;
    };
    onTestFinished(() => server.close({ grace: 0 }));
    for (const port of [theirPort, server.port]) {
      const visitor = await visit(port);
      expect(await visitor.next()).toBe('hello');
      expect((await fetch(`http://localhost:${port}/`)).status).toBe(426);
      visitor.ws.terminate();
    }
  },

  'const sockets = attach(server, { websocket: gatekeeper });': async (line) => {
    expect(await (await visit(await builtBy(line.theirs))).next()).toBe('hello');
    const server = createServer();
    const { sockets } = (await line.ours({ attach, server, gatekeeper: greet }, ['sockets'])) as {
      sockets: Attachment;
    };
    expect(await (await visit(await open(server))).next()).toBe('hello');
    expect(sockets.connections.size).toBe(1);
  },

  "attach(server, { websocket: gatekeeper, filter: ({ url }) => url === '/chat' });": async (
    line,
  ) => {
    const their = await builtBy(line.theirs);
    const our = await attachedBy(line.ours);
    for (const port of [their, our]) expect(await (await visit(port)).next()).toBe('hello');
    expect(await knock(their, '/else')).toMatchObject({ status: 400 });
    expect(await knock(our, '/else')).toMatchObject({ status: 404 });
  },

  'upgrade(request, socket, head, (request, ws) => talk(ws));': async (line) => {
    const wss = new WebSocketServer({ noServer: true });
    const states: unknown[] = [];
    const their = await onUpgrade((request, socket, head) => {
      const talk = (ws: WsWebSocket) => {
        states.push(ws.readyState);
        ws.send('hello');
      };
      return line.theirs({ wss, request, socket, head, talk });
    });
    const our = await onUpgrade((request, socket, head) => {
      const talk = (ws: WebSocket) => {
        states.push(ws.state);
        return greet(undefined as never, ws);
      };
      return line.ours({ upgrade, request, socket, head, talk });
    });
    for (const port of [their, our]) expect(await (await visit(port)).next()).toBe('hello');
    expect(states).toEqual([1, 'connecting']);
  },

  "return ws.refuse(401, { body: 'A token, please.' });": async (line) => {
    const their = await onUpgrade((_, socket) => line.theirs({ socket }));
    expect(await knock(their)).toMatchObject({ status: 401, body: '' });
    const our = await stage.ours((_, ws) => line.ours({ ws }));
    expect(await knock(our)).toMatchObject({ status: 401, body: 'A token, please.' });
  },

  "await ws.accept({ headers: { 'set-cookie': 'seen=yes' } });": async (line) => {
    const { wss, port } = await theirs(theirGreet);
    await line.theirs({ wss });
    const our = await stage.ours((_, ws) => line.ours({ ws }));
    for (const one of [port, our]) {
      expect((await knock(one)).headers['set-cookie']).toEqual(['seen=yes']);
    }
  },

  "attach(server, { websocket: gatekeeper, origins: ['https://app.example.com'] });": async (
    line,
  ) => {
    const strange = { origin: 'https://elsewhere.example' };
    expect(await knock(await builtBy(line.theirs), '/chat', strange)).toMatchObject({
      status: 401,
    });
    await choosesOrigins((await theirs(theirGreet)).port, await attachedBy(line.ours));
  },

  "attach(server, { websocket: gatekeeper, subprotocols: ['chat.v1'] });": async (line) => {
    const chosen = async (port: number, ...subprotocols: string[]) => {
      const { status, headers } = await knock(port, '/chat', { subprotocols });
      return [status, headers['sec-websocket-protocol']];
    };
    const byDefault = (await theirs(theirGreet)).port;
    expect(await chosen(byDefault, 'chess', 'chat.v1')).toEqual([101, 'chess']);
    const their = await builtBy(line.theirs);
    const our = await attachedBy(line.ours);
    for (const port of [their, our]) {
      expect(await chosen(port, 'chess', 'chat.v1')).toEqual([101, 'chat.v1']);
    }
    expect((await chosen(their, 'chess'))[0]).toBe(101);
    expect((await chosen(our, 'chess'))[0]).toBe(400);
  },

  'const address = clientAddress(request);': async (line) => {
    const addresses: unknown[] = [];
    const note = async (run: Promise<unknown>) =>
      addresses.push(((await run) as { address: string }).address);
    await visit(await stage.theirs((_, request) => note(line.theirs({ request }, ['address']))));
    const server = createServer();
    const websocket: Gatekeeper = async (request, ws) => {
      await note(line.ours({ request, clientAddress }, ['address']));
      await greet(request, ws);
    };
    attach(server, { websocket, trustProxy: true });
    const port = await open(server);
    await visit(port);
    await visit(port, '/', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(addresses).toEqual([addresses[0], addresses[0], '203.0.113.7']);
    expect(addresses[0]).toMatch(/127\.0\.0\.1$|^::1$/);
  },

  'ws.listen((message) => ws.write(message));': echoes(stage),

  'await ready; for await (const message of ws) await ws.write(message);':
    keepsEarlyMessages(stage),

  'ws.listen(async (message) => ws.write(await slow(message)));': answersInOrder(stage),

  "ws.listen(() => { throw new Error('a mistake'); });": async (line) => {
    const program = programWith(line.theirCode);
    const { end, stderr } = await endAfter(program, ({ ws }) => ws.send('anything'));
    expect(end).toBe(1);
    expect(stderr).toContain('Error: a mistake');

    const told: unknown[] = [];
    const server = createServer();
    const onError = (error: unknown): void => void told.push(error);
    attach(server, { websocket: (_, ws) => line.ours({ ws }), onError });
    const visitor = await visit(await open(server));
    visitor.ws.send('anything');
    expect((await visitor.closed).code).toBe(1011);
    expect(told.map(String)).toEqual(['Error: a mistake']);
  },

  'attach(server, { websocket: gatekeeper, onError: report });': async (line) => {
    const { end } = await endAfter(programWith(''), ({ socket }) => socket!.write(brokenFrame));
    expect(end).toBe(1);
    await reportsErrors(
      (report) => stage.theirs((ws) => line.theirs({ ws, report })),
      async (gatekeeper, report) => {
        const server = createServer();
        await line.ours({ attach, server, gatekeeper, report });
        return open(server);
      },
    );
  },

  'await ws.write(payload);': async (line) => {
    const most = { theirs: 0, ours: 0 };
    const their = await theirs(async (ws) => {
      const synchronously = (payload: string) => void line.theirs({ ws, payload });
      most.theirs = await mostBuffered(ws, synchronously);
    });
    const our = await ours(async (_, ws) => {
      await ws.accept();
      most.ours = await mostBuffered(ws, (payload) => line.ours({ ws, payload }));
    });
    for (const { port } of [their, our]) {
      const visitor = await visit(port);
      for (let count = 0; count < 16; count += 1) await visitor.next();
    }
    expect(most.theirs).toBeGreaterThan(8 * 1024 * 1024);
    expect(most.ours).toBeLessThan(1.1 * 1024 * 1024);
  },

  "ws.send('hello');": async (line) => {
    const port = await stage.theirs((ws) => line.theirs({ ws }));
    expect(await (await visit(port)).next()).toBe('hello');

    let onEnd!: (cause: unknown) => void;
    const cause = new Promise((resolve) => (onEnd = resolve));
    let onResults!: (results: unknown[]) => void;
    const results = new Promise<unknown[]>((resolve) => (onResults = resolve));
    const our = await stage.ours(async (_, ws) => {
      await ws.accept();
      await line.ours({ ws });
      const megabyte = 'x'.repeat(1024 * 1024);
      onResults(Array.from({ length: 32 }, () => [ws.send(megabyte), ws.isOpen].join()));
      onEnd((await ws.closed).cause);
    });
    const visitor = await visit(our);
    expect(await visitor.next()).toBe('hello');
    expect(await results).toContain('false,true');
    expect((await results).at(-1)).toBe('false,false');
    expect(await cause).toMatchObject({ code: 'POSTERN_ERR_SEND_BUFFER_FULL' });
    expect([defaults.highWaterMark, defaults.maxSendBuffer]).toEqual([65_536, 4_194_304]);
  },

  'done(await ws.ping());': async (line) => {
    const answered = new EventEmitter();
    const done = (latency?: number) => answered.emit('done', latency);
    const their = await stage.theirs((ws) => line.theirs({ ws, done }));
    const our = await stage.ours(async (_, ws) => {
      await ws.accept();
      await line.ours({ ws, done });
    });
    const latencies: unknown[] = [];
    for (const port of [their, our]) {
      const answer = new Promise((resolve) => answered.once('done', resolve));
      await visit(port);
      latencies.push(await answer);
    }
    expect(latencies).toEqual([undefined, expect.any(Number)]);
  },

  'attach(server, { websocket: gatekeeper, heartbeatInterval: 30_000 });': async (line) => {
    expect(await (await visit(await attachedBy(line.ours))).next()).toBe('hello');
    expect(defaults.heartbeatInterval).toBe(20_000);
  },

  "await ws.close({ code: 4000, reason: 'bye' });": async (line) => {
    expect(new WebSocketServer({ noServer: true }).options).toMatchObject({ closeTimeout: 30_000 });
    expect(defaults.closeTimeout).toBe(10_000);
    await closes(stage)(line);
  },

  'ws.closed.then(({ code, reason }) => forget(code, reason));': tellsOfTheEnd(stage),

  'ws.terminate();': async (line) => {
    const their = await stage.theirs((ws) => line.theirs({ ws }));
    const our = await stage.ours(async (_, ws) => {
      await ws.accept();
      await line.ours({ ws });
    });
    for (const port of [their, our]) expect((await (await visit(port)).closed).code).toBe(1006);
  },

  'await pipeline(ws, file);': async (line) => {
    const files = [new PassThrough(), new PassThrough()];
    const ports = [
      await stage.theirs((ws) => line.theirs({ createWebSocketStream, ws, file: files[0] })),
      await stage.ours((_, ws) => line.ours({ pipeline, ws, file: files[1] })),
    ];
    for (const [index, port] of ports.entries()) {
      const visitor = await visit(port);
      visitor.ws.send('one, ');
      visitor.ws.send('two');
      visitor.ws.close();
      expect(await text(files[index]!)).toBe('one, two');
    }
  },

  "broadcast(sockets.connections, 'hello');": async (line) => {
    const { wss, port } = await theirs(() => undefined);
    const their = [await visit(port), await visit(port)];
    await line.theirs({ wss, WebSocket: WsWebSocket });
    const mine = await ours((_, ws) => ws.listen(() => undefined));
    const our = [await visit(mine.port), await visit(mine.port)];
    await line.ours({ broadcast, sockets: mine.sockets });
    for (const visitor of [...their, ...our]) expect(await visitor.next()).toBe('hello');
  },

  'attach(server, { websocket: gatekeeper, maxMessageSize: 4096 });': async (line) => {
    expect(new WebSocketServer({ noServer: true }).options.maxPayload).toBe(100 * 1024 * 1024);
    await limitsMessages(await builtBy(line.theirs), await attachedBy(line.ours));
  },

  'attach(server, { websocket: gatekeeper, compression: true });': async (line) => {
    const compressed = async (port: number) =>
      (await knock(port)).headers['sec-websocket-extensions'];
    expect(await compressed(await builtBy(line.theirs))).toContain('permessage-deflate');
    expect(await compressed(await attachedBy(line.ours))).toContain('permessage-deflate');
    expect(await compressed((await theirs(theirGreet)).port)).toBeUndefined();
    expect(await compressed((await ours(greet)).port)).toBeUndefined();
  },

  'await server.close();': async (line) => {
    const { wss, port } = await theirs(theirGreet);
    const their = await visit(port);
    wss.close();
    await their.sync();
    const again = await theirs(theirGreet);
    const closing = await visit(again.port);
    await line.theirs(again);
    expect((await closing.closed).code).toBe(1001);

    const server = await serve({ websocket: greet });
    const our = await visit(server.port);
    await line.ours({ server });
    expect((await our.closed).code).toBe(1001);
    await expect(fetch(`http://localhost:${server.port}/`)).rejects.toThrow('fetch failed');
  },
};
