import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { announce } from './control.mjs';
import { asked, certificate } from './modes.mjs';

/** @import { Socket } from 'node:net' */

const echo = (/** @type {Socket} */ socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => socket.write(chunk));
};
const server = asked('tls')
  ? createTlsServer({ ...certificate(), noDelay: true }, echo)
  : createServer({ noDelay: true }, echo);
server.listen(0, '127.0.0.1', () => announce(server.address()));
