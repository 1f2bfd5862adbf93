import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import { announce } from './control.mjs';
import { asked } from './modes.mjs';

const strings = asked('strings');
const app = Fastify();
await app.register(websocket);
app.get('/', { websocket: true }, (socket) => {
  socket.on('message', (data, binary) => {
    const text = strings && !binary && Buffer.isBuffer(data);
    socket.send(text ? data.toString() : data, { binary });
  });
});
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address());
