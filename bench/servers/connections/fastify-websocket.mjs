import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import { announce } from '../control.mjs';

const app = Fastify();
await app.register(websocket);
app.get('/', { websocket: true }, (ws) => ws.on('message', (data) => ws.send(data)));
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address());
