import { serve } from '@postern/core';
import { freePort } from '../shared/free-port.mjs';
import { hasLocalOrigin, strangeName } from '../shared/local-origin.mjs';
import { serveFiles } from '../shared/serve-files.mjs';
import { Garland } from './garland.mjs';

const garland = new Garland();

/** @type {import('@postern/core').Gatekeeper} */
const gatekeeper = (request, ws) => {
  if (!hasLocalOrigin(request)) return ws.refuse(403, { body: strangeName });
  return garland.enter(ws); // Checked: hand over, and the request can be forgotten.
};

const own = (name) => new URL(name, import.meta.url);
const shared = (name) => new URL(`../shared/${name}`, import.meta.url);

const server = await serve({
  port: await freePort(process.env.PORT),
  http: serveFiles({
    '/': own('page.html'),
    '/page.css': own('page.css'),
    '/page.js': own('page.js'),
    '/theme.css': shared('theme.css'),
    '/scene.css': shared('scene.css'),
    '/keep-connected.js': shared('keep-connected.js'),
    '/favicon.svg': shared('favicon.svg'),
  }),
  websocket: gatekeeper,
  maxMessageSize: 256,
});

// Everyone is told 1001 and conversations may end; with nothing left to do, Node ends by itself, with 0.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.close());

console.log(`Postern moves lanterns: http://localhost:${server.port}`);
