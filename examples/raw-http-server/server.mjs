import { once } from 'node:events';
import { createServer } from 'node:http';
import { CloseCode, isUpgrade, target, upgrade } from '@postern/core';
import { freePort } from '../shared/free-port.mjs';
import { talkPage } from '../shared/talk-page.mjs';

/** Everyone who is in. `attach` would keep this set for us, and `serve` the server, too. */
const connections = new Set();

// A page here; it could be any request listener.
const server = createServer(
  talkPage({
    title: 'A bare HTTP server',
    text: 'This page came over HTTP, and what you say below goes over a WebSocket, to the same server on the same port. It is a plain <code>node:http</code> server that hands each upgrade to Postern by itself. What you say comes back.',
    command: 'node examples/client-repl/client.mjs {url}',
    suggestion: 'Good evening',
  }),
);

server.on('upgrade', (request, socket, head) => {
  if (isUpgrade(request)) void upgrade(request, socket, head, gatekeeper);
  else refuse(socket);
});

/** @type {import('@postern/core').Gatekeeper} */
function gatekeeper(request, ws) {
  if (target(request) !== '/') return ws.refuse(404, { body: 'Nobody listens here. Try “/”.\n' });
  return echo(ws);
}

/** @param {import('@postern/core').WebSocket} ws */
async function echo(ws) {
  await ws.accept();
  connections.add(ws);
  try {
    for await (const message of ws) await ws.write(message);
  } finally {
    connections.delete(ws);
  }
}

/**
 * Somebody asks for another protocol, such as HTTP/2.
 *
 * @param {import('node:stream').Duplex} socket
 */
function refuse(socket) {
  socket.on('error', () => socket.destroy()); // Node has let go of it: without a listener, an error would end us.
  socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

async function shutDown() {
  server.close();
  const farewells = [...connections].map((ws) => ws.close({ code: CloseCode.GoingAway }));
  await Promise.all(farewells);
  server.closeAllConnections(); // Browsers open some in advance, and ask nothing on them.
}

await once(server.listen(await freePort(process.env.PORT)), 'listening');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void shutDown());
console.log(`Postern on bare node:http: http://localhost:${server.address().port}`);
