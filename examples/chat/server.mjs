import { serve } from '@postern/core';
import { freePort } from '../shared/free-port.mjs';
import { serveFiles } from '../shared/serve-files.mjs';
import { Chat } from './chat.mjs';

const chat = new Chat();

const servePage = serveFiles({
  '/': new URL('page.html', import.meta.url),
  '/page.js': new URL('page.js', import.meta.url),
  '/page.css': new URL('page.css', import.meta.url),
  '/inn.css': new URL('inn.css', import.meta.url),
  '/theme.css': new URL('../shared/theme.css', import.meta.url),
  '/favicon.svg': new URL('favicon.svg', import.meta.url),
});

/** A browser does not tell a page why it was refused. So the page may ask without a WebSocket, too. */
function http(request, response) {
  if (!request.url.startsWith('/chat?')) return servePage(request, response);
  const { status, body } = chat.ask(request.url);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
}

const server = await serve({
  port: await freePort(process.env.PORT),
  http,
  websocket: chat.gatekeeper,
  maxMessageSize: 4096,
});

// Everyone is told 1001; with nothing left to do, Node ends by itself, with 0.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.close());

console.log(`Postern chat: http://localhost:${server.port}`);
