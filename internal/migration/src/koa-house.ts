import { createServer } from 'node:http';
import { WebSocketHandler, attach, type KoaGatekeeper, type WebSocket } from '@postern/koa';
import Koa, { type Middleware } from 'koa';
import { portOf } from './house.js';
import type { Scope } from './run-line.js';

/** Says one thing to a client that is in, or first lets it in. */
export async function talk(ws: WebSocket): Promise<void> {
  await ws.accept();
  ws.send('hello');
  await ws.closed;
}

/** Lets the client in, and says one thing. */
export const greet: KoaGatekeeper = (_, ws) => talk(ws);

/** An app of ours: whatever `build` does with it. */
export async function ourApp(build: (app: Koa) => unknown) {
  const app = new Koa();
  app.silent = true;
  await build(app);
  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response));
  const sockets = attach(server);
  return { server, sockets, port: await portOf(server.listen(0)) };
}

/** What lines that make a route speak of. */
export const scope: Scope = { WebSocketHandler, gatekeeper: greet };

/** A middleware that is a line of the page. */
export const middlewareFrom =
  (run: (scope: Scope) => Promise<unknown>): Middleware =>
  async (context, next) => {
    await run({ context });
    await next();
  };

/** Serves `gatekeeper` on every path. */
export async function oursOnKoa(gatekeeper: KoaGatekeeper): Promise<number> {
  const { port } = await ourApp((app) => app.use(WebSocketHandler(gatekeeper)));
  return port;
}
