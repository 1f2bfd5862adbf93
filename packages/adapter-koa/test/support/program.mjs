import { Router } from '@koa/router';
import { attach, WebSocketHandler } from '@postern/koa';
import Koa from 'koa';

async function conversation(ws) {
  await ws.accept();
  await ws.write(String(process.pid));
  for await (const message of ws) await ws.write(message);
}

const app = new Koa();
const router = new Router();
router.get(
  '/chat',
  WebSocketHandler((request, ws) => conversation(ws)),
);
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
const sockets = attach(server);

process.once('SIGTERM', () => {
  server.close();
  void sockets.close({ grace: 200 });
});
