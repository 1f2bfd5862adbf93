import { origin, relay, serve, target } from '@postern/core';
import { WebSocketLogger, logTraffic } from '@postern/logger';
import { freePort } from '../shared/free-port.mjs';
import { hasLocalOrigin, strangeName } from '../shared/local-origin.mjs';
import { serveFiles } from '../shared/serve-files.mjs';
import { Seats } from './seats.mjs';
import { whenToldToEnd } from './when-told-to-end.mjs';

const { TOKEN = 'not much of a secret', PLUGS } = process.env;

/** How long a visitor waits for a simulation: less than the ten seconds that a gatekeeper has. */
const PATIENCE = 5000;

const log = new WebSocketLogger();
const seats = new Seats();

/** @type {import('@postern/core').Gatekeeper} */
const gatekeeper = (request, ws) => {
  if (!hasLocalOrigin(request)) return ws.refuse(403, { body: strangeName });
  const path = target(request);
  if (path === '/simulation') return letSimulationIn(request, ws);
  if (path === '/flock') return letVisitorIn(request, ws);
  if (path === '/unplug' && PLUGS) process.exit(1); // As if somebody had pulled the plug.
  return ws.refuse(404, { body: 'Visitors ask for /flock, simulations for /simulation.\n' });
};

/**
 * Programs come in with the token, and wait to be joined with a visitor.
 *
 * @type {import('@postern/core').Gatekeeper}
 */
function letSimulationIn(request, ws) {
  if (origin(request) !== '') return ws.refuse(403, { body: 'A page is no simulation.\n' });
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    return ws.refuse(401, { headers: { 'www-authenticate': 'Bearer' }, body: 'What token?\n' });
  }
  return waitForVisitor(ws);
}

/** @param {import('@postern/core').WebSocket} simulation */
async function waitForVisitor(simulation) {
  await simulation.accept();
  seats.offer(simulation);
  await simulation.closed;
}

/**
 * The opening handshake waits until there is a simulation.
 *
 * @type {import('@postern/core').Gatekeeper}
 */
async function letVisitorIn({ signal }, visitor) {
  const simulation = await seats.take(PATIENCE, signal);
  if (simulation) return join(visitor, simulation);
  const headers = { 'retry-after': '1' };
  return visitor.refuse(503, { headers, body: 'No simulation is free.\n' });
}

/**
 * @param {import('@postern/core').WebSocket} visitor
 * @param {import('@postern/core').WebSocket} simulation
 */
async function join(visitor, simulation) {
  try {
    await visitor.accept();
  } catch {
    return seats.offer(simulation); // The visitor has left, the seat is free again.
  }
  log.info('joined:', visitor, simulation);
  // From here on messages pass as they are, each side is read as fast as the other takes it, and both end together.
  await relay(visitor, simulation);
}

const own = (name) => new URL(name, import.meta.url);
const shared = (name) => new URL(`../shared/${name}`, import.meta.url);

const serveFile = serveFiles({
  '/': own('page.html'),
  '/page.css': own('page.css'),
  '/page.js': own('page.js'),
  '/sky.js': own('sky.js'),
  '/theme.css': shared('theme.css'),
  '/keep-connected.js': shared('keep-connected.js'),
  '/favicon.svg': shared('favicon.svg'),
});

const server = await serve({
  port: await freePort(process.env.PORT),
  http: (request, response) => {
    if (request.url !== '/relay') return serveFile(request, response);
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ relay: process.pid, plugs: Boolean(PLUGS) }));
  },
  websocket: gatekeeper,
  // Whoever vanishes without a word is found out within ten seconds, and the other side is told.
  heartbeatInterval: 5000,
  heartbeatTimeout: 5000,
});

logTraffic(server, { logger: log });
whenToldToEnd(() => void server.close());
console.log(`Postern relays: http://localhost:${server.port}`);
