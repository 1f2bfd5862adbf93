import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaults, open, reconnecting, type WebSocket } from '@postern/core';
import { expect, onTestFinished } from 'vitest';
import { WebSocket as WsWebSocket, WebSocketServer } from 'ws';
import type { Line, Proof, Proofs } from '../describe-lines.js';
import { portOf } from '../house.js';
import type { Scope } from '../run-line.js';

type Handler = (ws: WsWebSocket, request: IncomingMessage) => unknown;

const echo: Handler = (ws) => ws.on('message', (data: Buffer) => ws.send(String(data)));

/** A server of npm's `ws`, to which both connect. */
async function serverWith(handler: Handler, options = {}): Promise<string> {
  const server = createServer();
  new WebSocketServer({ server, ...options }).on('connection', handler);
  return `ws://localhost:${await portOf(server.listen(0))}/chat`;
}

/** Both sides: the connection that the line declares. Theirs is open. */
async function bothTo(
  { theirs, ours }: Line,
  scope: Scope,
): Promise<{ their: WsWebSocket; our: WebSocket }> {
  const theirScope = { WebSocket: WsWebSocket, once, ...scope };
  const { ws: their } = (await theirs(theirScope, ['ws'])) as { ws: WsWebSocket };
  onTestFinished(() => their.terminate());
  their.on('error', () => undefined);
  if (their.readyState === 0) await once(their, 'open');
  const { ws: our } = (await ours({ open, ...scope }, ['ws'])) as { ws: WebSocket };
  onTestFinished(() => our.terminate());
  return { their, our };
}

/** Both are connected to an echo. */
async function areEchoed({ their, our }: { their: WsWebSocket; our: WebSocket }): Promise<void> {
  their.send('hello');
  expect(String((await once(their, 'message'))[0])).toBe('hello');
  await our.write('hello');
  expect(await our.read()).toBe('hello');
}

/** Connections that are open, for lines that speak of `ws`. */
async function opened(url: string): Promise<{ their: WsWebSocket; our: WebSocket }> {
  const their = new WsWebSocket(url);
  await once(their, 'open');
  const our = await open(url);
  onTestFinished(() => {
    their.terminate();
    our.terminate();
  });
  return { their, our };
}

/** What the server sees of both requests that the line sends. */
async function requestsOf(
  line: Line,
  look: (request: IncomingMessage) => unknown,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  const url = await serverWith((_, request) => seen.push(look(request)));
  await bothTo(line, { url });
  return seen;
}

const connectsWith =
  (scope: Scope): Proof =>
  async (line) => {
    await areEchoed(await bothTo(line, { url: await serverWith(echo), ...scope }));
  };

const certificate = new URL('../../../adapter-contract/src/certificate/', import.meta.url);

/** A proxy that makes tunnels, and counts them. */
async function tunnels(): Promise<{ proxy: string; count: () => number }> {
  let count = 0;
  const server = createServer().on('connect', (request, socket: Socket) => {
    count += 1;
    const upstream = connect(Number(request.url!.split(':').at(-1)), 'localhost', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  return { proxy: `http://localhost:${await portOf(server.listen(0))}`, count: () => count };
}

export const wsClientProofs: Proofs = {
  'const ws = await open(url);': async (line) => {
    const url = await serverWith((ws, request) => {
      ws.send('welcome');
      echo(ws, request);
    });
    const { their, our } = await bothTo(line, { url });
    their.ping();
    await once(their, 'pong');
    their.send('hello');
    expect(String((await once(their, 'message'))[0]), 'the welcome is lost').toBe('hello');
    expect(await our.read()).toBe('welcome');
  },

  'await open(url, (ws) => talk(ws));': async (line) => {
    const ends: Promise<unknown[]>[] = [];
    const url = await serverWith((ws, request) => {
      ends.push(once(ws, 'close'));
      echo(ws, request);
    });
    const talked = new Promise((resolve) => {
      const talk = async (ws: WsWebSocket) => {
        ws.send('hello');
        resolve(String((await once(ws, 'message'))[0]));
        ws.close();
      };
      void line.theirs({ WebSocket: WsWebSocket, url, talk });
    });
    expect(await talked).toBe('hello');

    let answer: unknown;
    await line.ours({
      open,
      url,
      talk: async (ws: WebSocket) => {
        await ws.write('hello');
        answer = await ws.read();
      },
    });
    expect(answer).toBe('hello');
    expect((await ends[1]!)[0]).toBe(1000);
    expect(await open(url, () => 'what it returned')).toBe('what it returned');
  },

  'ws.listen((message) => heard(message));': async (line) => {
    const { their, our } = await opened(await serverWith(echo));
    for (const [run, ws] of [
      [line.theirs, their],
      [line.ours, our],
    ] as const) {
      const message = new Promise((resolve) => void run({ ws, heard: resolve }));
      ws.send('hello');
      expect(await message).toBe('hello');
    }
  },

  'const data = await ws.read();': async (line) => {
    const { their, our } = await opened(await serverWith(echo));
    const heard: Record<'theirs' | 'ours', string[]> = { theirs: [], ours: [] };
    const readBy = async (side: 'theirs' | 'ours', ws: unknown): Promise<void> => {
      const { data } = (await line[side]({ ws, once }, ['data'])) as { data: unknown };
      heard[side].push(String(data));
    };
    their.send('one');
    await readBy('theirs', their);
    their.send('two');
    their.ping();
    await once(their, 'pong');
    their.send('three');
    await readBy('theirs', their);

    our.send('one');
    await readBy('ours', our);
    our.send('two');
    await our.ping();
    await readBy('ours', our);
    expect(heard).toEqual({ theirs: ['one', 'three'], ours: ['one', 'two'] });
  },

  "await ws.write('hello');": async (line) => {
    const url = await serverWith(echo);
    const early = new WsWebSocket(url);
    onTestFinished(() => early.terminate());
    await expect(line.theirs({ ws: early })).rejects.toThrow('not open');
    await once(early, 'open');
    await line.theirs({ ws: early });
    expect(String((await once(early, 'message'))[0])).toBe('hello');
    const { our } = await opened(url);
    await line.ours({ ws: our });
    expect(await our.read()).toBe('hello');
  },

  "const ws = await open(url, { subprotocols: ['chat.v1'] });": async (line) => {
    const { their, our } = await bothTo(line, { url: await serverWith(echo) });
    expect([their.protocol, our.subprotocol]).toEqual(['chat.v1', 'chat.v1']);
  },

  "const ws = await open(url, { headers: { authorization: 'Bearer 7f3a' }, origin: 'https://app.example.com' });":
    async (line) => {
      const seen = await requestsOf(line, ({ headers }) => [headers.authorization, headers.origin]);
      const both = ['Bearer 7f3a', 'https://app.example.com'];
      expect(seen).toEqual([both, both]);
    },

  'await open(url).catch(({ status, body }) => refused(status, body));': async (line) => {
    const server = createServer().on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 402 Payment Required\r\nContent-Length: 4\r\n\r\nPay.');
    });
    const url = `ws://localhost:${await portOf(server.listen(0))}`;
    const ws = new WsWebSocket(url);
    const refusal = new Promise<unknown[]>((resolve) => {
      void line.theirs({ ws, refused: (...what: unknown[]) => resolve(what) });
    });
    expect(await refusal).toEqual([402]);
    const told: unknown[] = [];
    await line.ours({ open, url, refused: (...what: unknown[]) => told.push(...what) });
    expect(told).toEqual([402, 'Pay.']);
  },

  'await open(url).catch(report);': async (line) => {
    const server = createServer().listen(0);
    const url = `ws://localhost:${await portOf(server)}`;
    await new Promise((resolve) => server.close(resolve));
    const ws = new WsWebSocket(url);
    const theirs = await new Promise((report) => void line.theirs({ ws, report }));
    expect(String(theirs)).toContain('ECONNREFUSED');
    const ours = await new Promise((report) => void line.ours({ open, url, report }));
    expect(ours).toBeInstanceOf(Error);
  },

  'const ws = await open(url, { timeout: 5000 });': async (line) => {
    await connectsWith({})(line);
    expect(defaults.timeout).toBe(10_000);
  },

  'const ws = await open(url, { signal });': async (line) => {
    const url = await serverWith(echo);
    const controller = new AbortController();
    const { their, our } = await bothTo(line, { url, signal: controller.signal });
    controller.abort();
    expect(await our.closed).toMatchObject({ code: 1001, initiator: 'local' });
    their.send('still there?');
    expect(String((await once(their, 'message'))[0])).toBe('still there?');

    const scope = { url, signal: AbortSignal.abort(new Error('no more')) };
    await expect(line.ours({ open, ...scope })).rejects.toThrow('no more');
    const { ws } = (await line.theirs({ WebSocket: WsWebSocket, ...scope }, ['ws'])) as {
      ws: WsWebSocket;
    };
    await expect(once(ws, 'open')).rejects.toThrow('aborted');
  },

  'const ws = await open(url, { maxRedirects: 10 });': async (line) => {
    const target = await serverWith(echo);
    const server = createServer().on('upgrade', (_, socket) => {
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${target}\r\n\r\n`);
    });
    const url = `ws://localhost:${await portOf(server.listen(0))}`;
    await areEchoed(await bothTo(line, { url }));
    await expect(open(url)).rejects.toMatchObject({ status: 302 });
    const unfollowed = new WsWebSocket(url);
    await expect(once(unfollowed, 'open')).rejects.toThrow('302');
  },

  'const ws = await open(url, { agent });': async (line) => {
    const url = await serverWith(echo);
    const port = Number(new URL(url).port);
    let count = 0;
    class CountingAgent extends Agent {
      override createConnection(): Socket {
        count += 1;
        return connect(port, 'localhost');
      }
    }
    await areEchoed(await bothTo(line, { url, agent: new CountingAgent() }));
    expect(count).toBe(2);
  },

  'const ws = await open(url, { proxy });': async ({ ours }) => {
    const { proxy, count } = await tunnels();
    const url = await serverWith(echo);
    const { ws } = (await ours({ open, url, proxy }, ['ws'])) as { ws: WebSocket };
    await ws.write('hello');
    expect(await ws.read()).toBe('hello');
    expect(count()).toBe(1);
    await ws.close();
  },

  'const ws = await open(url, { tls: { ca } });': async (line) => {
    const ca = await readFile(new URL('localhost.cert.pem', certificate));
    const key = await readFile(new URL('localhost.key.pem', certificate));
    const server = createSecureServer({ cert: ca, key });
    new WebSocketServer({ server }).on('connection', echo);
    const url = `wss://localhost:${await portOf(server.listen(0))}`;
    await areEchoed(await bothTo(line, { url, ca }));
  },

  "const ws = await open('ws://localhost/chat', { socketPath: path });": async (line) => {
    const folder = await mkdtemp(join(tmpdir(), 'postern-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'socket');
    const server = createServer();
    const urls: unknown[] = [];
    new WebSocketServer({ server }).on('connection', (ws, request) => {
      urls.push(request.url);
      echo(ws, request);
    });
    await portOf(server.listen(path));
    await areEchoed(await bothTo(line, { path }));
    expect(urls).toEqual(['/chat', '/chat']);
  },

  'const ws = await open(url, { compression: false });': async (line) => {
    const offer = ({ headers }: IncomingMessage) => headers['sec-websocket-extensions'];
    expect(await requestsOf(line, offer)).toEqual([undefined, undefined]);
    const offers: unknown[] = [];
    await opened(await serverWith((_, request) => offers.push(offer(request))));
    expect(offers).toEqual([expect.stringContaining('permessage-deflate'), undefined]);
  },

  "await ws.close({ reason: 'done' });": async (line) => {
    const ends: Promise<unknown[]>[] = [];
    const { their, our } = await opened(await serverWith((ws) => ends.push(once(ws, 'close'))));
    await line.theirs({ ws: their });
    await line.ours({ ws: our });
    expect((await Promise.all(ends)).map(String)).toEqual(['1000,done', '1000,done']);
    expect(our.state).toBe('closed');
  },

  'ws.closed.then(({ code, reason }) => forget(code, reason));': async (line) => {
    const url = await serverWith((ws) => ws.on('message', () => ws.close(4001, 'later')));
    const { their, our } = await opened(url);
    for (const [run, ws] of [
      [line.theirs, their],
      [line.ours, our],
    ] as const) {
      const end = new Promise<unknown[]>((resolve) => {
        void run({ ws, forget: (...what: unknown[]) => resolve(what) });
      });
      ws.send('close, please');
      expect(await end).toEqual([4001, 'later']);
    }
  },

  'for await (const ws of reconnecting(url, { minDelay: 100 })) await talk(ws);': async (line) => {
    let visits = 0;
    const url = await serverWith((ws) => {
      ws.send(`visit ${(visits += 1)}`);
      ws.close(1001);
    });
    const heard: unknown[] = [];
    const talk = async (ws: WebSocket) => {
      heard.push(await ws.read());
      if (visits === 2) throw new Error('enough');
    };
    await expect(line.ours({ reconnecting, url, talk })).rejects.toThrow('enough');
    expect(heard).toEqual(['visit 1', 'visit 2']);
    const refusing = await serverWith(echo, { verifyClient: () => false });
    await expect(line.ours({ reconnecting, url: refusing, talk })).rejects.toMatchObject({
      status: 401,
    });
  },
};
