import { createServer } from 'node:net';
import { announce } from './control.mjs';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => socket.write(chunk));
});
server.listen(0, '127.0.0.1', () => announce(server.address()));
