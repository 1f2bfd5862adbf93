import { createServer } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { announce } from './control.mjs';
import { asked, certificate } from './modes.mjs';

/** @import { WebSocket, WebSocketServer } from 'ws' */

const strings = asked('strings');

/**
 * The rows of `ws`, whichever copy of it.
 *
 * @param {typeof WebSocketServer} Server
 */
export function serveWs(Server) {
  // Compression is for messages of every size, as the row says; by default it begins at 1 KiB.
  const options = { perMessageDeflate: asked('deflate') ? { threshold: 0 } : false };
  if (asked('tls')) {
    const https = createServer(certificate());
    listen(new Server({ server: https, ...options }));
    https.listen(0, '127.0.0.1', () => announce(https.address()));
  } else {
    const server = new Server({ host: '127.0.0.1', port: 0, ...options });
    listen(server);
    server.on('listening', () => announce(server.address()));
  }
}

/** @param {WebSocketServer} server */
function listen(server) {
  server.on('connection', (socket) => {
    if (asked('broadcast')) socket.on('message', (data) => publish(server, data));
    else if (asked('timer'))
      socket.on('message', (data, binary) => void later(socket, data, binary));
    else socket.on('message', (data, binary) => echo(socket, data, binary));
  });
}

/** @type {(socket: WebSocket, data: WebSocket.RawData, binary: boolean) => void} */
function echo(socket, data, binary) {
  // Its cheapest way is to pass text on as bytes.
  const text = strings && !binary && Buffer.isBuffer(data);
  socket.send(text ? data.toString() : data, { binary });
}

/** @type {(socket: WebSocket, data: WebSocket.RawData, binary: boolean) => Promise<void>} */
async function later(socket, data, binary) {
  await setTimeout(0);
  socket.send(data, { binary });
}

/** @type {(server: WebSocketServer, data: WebSocket.RawData) => void} */
function publish(server, data) {
  for (const socket of server.clients) socket.send(data, { binary: false });
}
