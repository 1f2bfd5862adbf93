import { postern, WebSocketHandler } from '@postern/fastify';
import Fastify from 'fastify';

async function conversation(ws) {
  await ws.accept();
  await ws.write(String(process.pid));
  for await (const message of ws) await ws.write(message);
}

const app = Fastify();
await app.register(postern, { grace: 200 });
app.get(
  '/chat',
  WebSocketHandler((request, ws) => conversation(ws)),
);
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`listening ${app.server.address().port}`);

process.once('SIGTERM', () => void app.close());
