import { setTimeout } from 'node:timers/promises';
import { broadcast, serve } from '@postern/core';
import { announce } from './control.mjs';
import { asked, certificate } from './modes.mjs';

/** @import { Message, WebSocket, WebSocketServer } from '@postern/core' */

/** @type {Record<string, (ws: WebSocket) => Promise<unknown>>} */
const conversations = {
  listen: (ws) => ws.listen((data) => ws.write(data)),
  'async-listen': (ws) =>
    ws.listen(async (data) => {
      await ws.write(data);
    }),
  'for-await': async (ws) => {
    for await (const data of ws) await ws.write(data);
  },
  'try-read': async (ws) => {
    for (;;) await ws.write(ws.tryRead() ?? (await ws.read()));
  },
  bursts: async (ws) => {
    for await (const messages of ws.bursts()) {
      for (const data of messages) await ws.write(data);
    }
  },
  timer: (ws) => ws.listen((data) => void later(ws, data)),
  broadcast: (ws) => ws.listen((data) => void broadcast(server.connections, data)),
};
const name = process.argv
  .map((argument) => argument.slice(2))
  .find((mode) => mode in conversations);
const conversation = conversations[name ?? 'listen'];

/** @type {WebSocketServer} */
const server = await serve({
  port: 0,
  host: '127.0.0.1',
  compression: asked('deflate'),
  websocket: (request, ws) => conversation(ws),
  ...(asked('tls') && { tls: certificate() }),
});
announce(server);

/** @type {(ws: WebSocket, data: Message) => Promise<void>} */
async function later(ws, data) {
  await setTimeout(0);
  await ws.write(data);
}
