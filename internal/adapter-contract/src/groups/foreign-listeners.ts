import type { Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { Server as SocketIo } from 'socket.io';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createServer as createVite } from 'vite';
import { WebSocketServer } from 'ws';

import type { AppDescription } from '../app-description.js';
import { deferred } from '../deferred.js';
import { echo, thinking } from '../gatekeepers.js';
import { openStation, type Setting, type Station } from '../station.js';

/** Others who listen for upgrades on the same server, each on a path of its own. */
const listeners: Readonly<Record<string, (server: Server) => unknown>> = {
  'Socket.IO': addSocketIo,
  Vite: addVite,
  ws: addWs,
};

/** Servers that are shared: nobody gets two answers, and nobody loses his clients. */
export function describeForeignListeners(setting: Setting): void {
  const chat = { path: '/chat', websocket: echo } as const;
  const filter = ({ url = '' }: { readonly url?: string | undefined }): boolean =>
    url.startsWith('/chat');
  const filters: readonly (readonly [how: string, attach: AppDescription['attach'] & object])[] = [
    ['with a filter', { filter }],
    ['without a filter', {}],
  ];

  describe.each(filters)('a server shared with Socket.IO, Vite and ws, %s', (how, attach) => {
    test.each(['before', 'after'])('works where they were added %s us', async (order) => {
      const add = async (server: Server): Promise<void> => {
        for (const listener of Object.values(listeners)) await listener(server);
      };
      const station = await openStation(setting, {
        attach,
        routes: [chat],
        ...(order === 'before' && { beforeAttach: add }),
      });
      if (order === 'after') await add(station.app.server);
      await everybodyIsServed(station);
      expect([how, order]).toEqual([how, order]);
    });
  });

  describe('a server that is shared', () => {
    const chain = (seen: string[]): AppDescription => ({
      layers: [{ before: ({ request }) => void seen.push(request.url ?? '') }],
      routes: [
        chat,
        { path: '/gone', websocket: (request, ws) => ws.refuse(404, { body: 'gone' }) },
      ],
    });

    test.each(['before', 'after'])(
      'does not run its chain for what one who was added %s us answers at once',
      async (order) => {
        const seen: string[] = [];
        const station = await openStation(setting, {
          ...chain(seen),
          ...(order === 'before' && { beforeAttach: addWs }),
        });
        if (order === 'after') addWs(station.app.server);
        await station.ask('/ws').opened();
        await station.ask('/chat').opened();
        expect([order, seen]).toEqual([order, ['/chat']]);
      },
    );

    test('is not taken for given up when its chain has sent early hints', async () => {
      const station = await openStation(setting, {
        layers: [
          {
            before: (exchange) => {
              exchange.response.writeEarlyHints({ link: '</chat.css>; rel=preload; as=style' });
              if (exchange.request.url !== '/chat') exchange.answer(401, 'sign in');
            },
          },
        ],
        routes: [chat],
      });
      addWs(station.app.server);
      const [refused, welcome] = [station.ask('/private'), station.ask('/chat')];
      expect((await refused.head()).status).toBe(103);
      expect(await refused.lastReply()).toMatchObject({ status: 401, body: 'sign in' });
      expect((await welcome.head()).status).toBe(103);
      await welcome.opened();
    });

    test('still has a gatekeeper whose 404 is an answer', async () => {
      const station = await openStation(setting, chain([]));
      addWs(station.app.server);
      expect(await station.ask('/gone').lastReply()).toMatchObject({ status: 404, body: 'gone' });
    });
  });

  describe('a server shared with one who takes his time', () => {
    test('is his, as soon as he has written, whatever the chain says later', async () => {
      const asked = deferred();
      const word = deferred();
      const station = await openStation(setting, {
        layers: [thinking(asked, word), { before: (exchange) => exchange.answer(401, 'sign in') }],
      });
      const taken = deferred();
      station.app.server.on('upgrade', (request, socket) => {
        void asked.promise.then(() => {
          socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: mine\r\n\r\nmine');
          taken.resolve();
        });
        onTestFinished(() => void socket.destroy());
      });
      const client = station.ask('/his');
      await client.opened();
      word.resolve();
      for (let turns = 0; turns < 10; turns += 1) await turn();
      expect([client.hasEnded, client.received.toString()]).toEqual([false, 'mine']);
    });

    test('is his also when the deadline of the chain passes', async () => {
      const asked = deferred();
      const station = await openStation(setting, { layers: [thinking(asked, deferred())] });
      station.app.server.on('upgrade', (request, socket) => {
        void asked.promise.then(() => {
          socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: mine\r\n\r\nmine');
        });
        onTestFinished(() => void socket.destroy());
      });
      const client = station.ask('/his');
      await client.opened();
      await station.clock.advance(10_000);
      expect([client.hasEnded, client.received.toString()]).toEqual([false, 'mine']);
    });

    test('is ours for a slow chain that lets the client in', async () => {
      const asked = deferred();
      const word = deferred();
      const station = await openStation(setting, {
        layers: [thinking(asked, word)],
        routes: [chat],
      });
      addSocketIo(station.app.server, 20);
      const client = station.ask('/chat').say('early');
      await asked.promise;
      // Engine.IO looks after 20 ms who has not written, and would destroy them but for `destroyUpgrade: false`.
      await new Promise((resolve) => setTimeout(resolve, 60));
      word.resolve();
      await client.opened();
      expect(await client.text()).toBe('early');
    });
  });
}

async function everybodyIsServed(station: Station): Promise<void> {
  const ours = station.ask('/chat').say('ours');
  await ours.opened();
  expect(await ours.text()).toBe('ours');

  const io = station.ask('/socket.io/?EIO=4&transport=websocket');
  await io.opened();
  expect(await io.text()).toContain('"sid"');

  const vite = station.ask('/hmr', { 'Sec-WebSocket-Protocol': 'vite-hmr' });
  expect((await vite.opened()).headers).toMatchObject({ 'sec-websocket-protocol': 'vite-hmr' });
  expect(JSON.parse(await vite.text())).toEqual({ type: 'connected' });

  const ws = station.ask('/ws').say('his');
  await ws.opened();
  expect(await ws.text()).toBe('ws says his');

  const clients = { ours, io, vite, ws };
  const ended = Object.entries(clients).filter((entry) => entry[1].hasEnded);
  expect(ended.map(([name, client]) => [name, client.received.toString('latin1')])).toEqual([]);
}

function addSocketIo(server: Server, destroyUpgradeTimeout?: number): void {
  const io = new SocketIo(server, {
    destroyUpgrade: false,
    ...(destroyUpgradeTimeout !== undefined && { destroyUpgradeTimeout }),
  });
  onTestFinished(() => {
    io.disconnectSockets(true);
    io.engine.close();
  });
}

async function addVite(server: Server): Promise<void> {
  const vite = await createVite({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'silent',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, watch: null, hmr: { server, path: '/hmr' } },
  });
  onTestFinished(() => vite.close());
}

function addWs(server: Server): void {
  const wss = new WebSocketServer({ noServer: true });
  wss.on('connection', (ws) =>
    ws.on('message', (data: Buffer) => ws.send(`ws says ${data.toString()}`)),
  );
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/ws') return;
    wss.handleUpgrade(request, socket, head, (ws) => wss.emit('connection', ws, request));
  });
  onTestFinished(() => {
    for (const client of wss.clients) client.terminate();
  });
}
