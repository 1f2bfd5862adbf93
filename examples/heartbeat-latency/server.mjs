import { serve } from '@postern/core';
import { freePort } from '../shared/free-port.mjs';
import { serveFiles } from '../shared/serve-files.mjs';
import { gatekeeper } from './gatekeeper.mjs';

const own = (name) => new URL(name, import.meta.url);
const shared = (name) => new URL(`../shared/${name}`, import.meta.url);

const serveFile = serveFiles({
  '/': own('page.html'),
  '/page.css': own('page.css'),
  '/page.js': own('page.js'),
  '/plot.js': own('plot.js'),
  '/samples.js': own('samples.js'),
  '/theme.css': shared('theme.css'),
  '/keep-connected.js': shared('keep-connected.js'),
  '/favicon.svg': shared('favicon.svg'),
});

const server = await serve({
  port: await freePort(process.env.PORT),
  http: (request, response) => {
    if (request.url === '/nothing') return response.writeHead(204).end();
    // A page that shares its process with no other site may read a finer clock: 5 µs in place of 100.
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    return serveFile(request, response);
  },
  websocket: gatekeeper,
  maxMessageSize: 256,
});

// Everyone is told 1001 and conversations may end; with nothing left to do, Node ends by itself, with 0.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.close());

console.log(`Postern measures round trips: http://localhost:${server.port}`);
