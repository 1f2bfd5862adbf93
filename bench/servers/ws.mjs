import { WebSocketServer } from 'ws';
import { announce } from './control.mjs';

const strings = process.argv.includes('--strings');
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    const text = strings && !isBinary && Buffer.isBuffer(data);
    socket.send(text ? data.toString() : data, { binary: isBinary });
  });
});
server.on('listening', () => announce(server.address()));
