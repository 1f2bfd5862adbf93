import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serve, target } from '@postern/core';
import { gatekeeper as minimalGatekeeper } from '../minimal-server/gatekeeper.mjs';
import { freePort } from '../shared/free-port.mjs';
import { hasLocalOrigin, strangeName } from '../shared/local-origin.mjs';
import { pageHeaders, serveFiles } from '../shared/serve-files.mjs';
import { findExamples } from './examples.mjs';
import { Gallery } from './gallery.mjs';
import { renderPage } from './render-page.mjs';

const own = (name) => new URL(name, import.meta.url);
const minimal = (name) => new URL(`../minimal-server/${name}`, import.meta.url);
const shared = (name) => new URL(`../shared/${name}`, import.meta.url);

const serveFile = serveFiles({
  '/index.css': own('index.css'),
  '/cards.js': own('cards.js'),
  '/keep-connected.js': shared('keep-connected.js'),
  // The conversation is that of the smallest example.
  '/page.css': minimal('page.css'),
  '/page.js': minimal('page.js'),
  '/gatekeeper.mjs': minimal('gatekeeper.mjs'),
  '/favicon.svg': minimal('favicon.svg'),
});

/**
 * Starts the page that offers all examples.
 *
 * @param {object} [options]
 * @param {number} [options.port]
 * @param {import('./examples.mjs').Example[]} [options.examples]
 */
export async function start({ port = 0, examples = findExamples() } = {}) {
  const gallery = new Gallery(examples);
  const page = renderPage(examples);
  const server = await serve({
    port,
    http: (request, response) => {
      if (request.url.startsWith('/open/')) return void gallery.open(request, response);
      if (request.url.split('?')[0] !== '/') return serveFile(request, response);
      return response.writeHead(200, pageHeaders('text/html')).end(page);
    },
    websocket: (request, ws) => {
      if (target(request) !== '/states') return minimalGatekeeper(request, ws);
      if (!hasLocalOrigin(request)) return ws.refuse(403, { body: strangeName });
      return gallery.watch(ws);
    },
  });
  const stop = () => Promise.all([server.close(), gallery.stop()]);
  return { port: server.port, stop };
}

async function main() {
  const { port, stop } = await start({ port: await freePort(process.env.PORT) });

  // Everyone is told 1001, the examples end as well; with nothing left to do, Node ends by itself, with 0.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void stop());

  console.log(`Postern demo: http://localhost:${port}`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main();
}
