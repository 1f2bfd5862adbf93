import { attach, WebSocketHandler } from '@postern/express';
import express from 'express';

async function conversation(ws) {
  await ws.accept();
  await ws.write(String(process.pid));
  for await (const message of ws) await ws.write(message);
}

const app = express();
app.use(
  '/chat',
  WebSocketHandler((request, ws) => conversation(ws)),
);
const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
const sockets = attach(server);

process.once('SIGTERM', () => {
  server.close();
  void sockets.close({ grace: 200 });
});
