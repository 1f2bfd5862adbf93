import { serve } from '@hono/node-server';
import { attach, WebSocketHandler } from '@postern/hono';
import { Hono } from 'hono';

async function conversation(ws) {
  await ws.accept();
  await ws.write(String(process.pid));
  for await (const message of ws) await ws.write(message);
}

const app = new Hono();
app.get(
  '/chat',
  WebSocketHandler((request, ws) => conversation(ws)),
);
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`listening ${port}`),
);
const sockets = attach(server);

process.once('SIGTERM', () => {
  server.close();
  void sockets.close({ grace: 200 });
});
