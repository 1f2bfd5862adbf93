import { postern, WebSocketHandler } from '@postern/fastify';
import Fastify from 'fastify';
import { announce } from '../control.mjs';

const app = Fastify();
await app.register(postern);
app.get(
  '/',
  WebSocketHandler((request, ws) => ws.listen((data) => ws.write(data))),
);
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address());
