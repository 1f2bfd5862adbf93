import { createServer } from 'node:http';
import { attach } from '@postern/core';
import { admit, createRoute } from '@postern/core/adapter';

const chat = createRoute((request, ws) => conversation(ws));

async function conversation(ws) {
  await ws.accept();
  await ws.write(String(process.pid));
  for await (const message of ws) await ws.write(message);
}

async function answer(request, response) {
  const decision = await admit(request, chat, request);
  response.writeHead(decision?.status ?? 404).end();
}

const server = createServer((request, response) => void answer(request, response));
const sockets = attach(server);
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));

process.once('SIGTERM', () => {
  server.close();
  void sockets.close({ grace: 200 });
});
