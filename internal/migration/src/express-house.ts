import { createServer } from 'node:http';
import {
  WebSocketHandler,
  attach,
  type Attachment,
  type ExpressGatekeeper,
} from '@postern/express';
import express, { type RequestHandler } from 'express';
import { portOf } from './house.js';
import type { Scope } from './run-line.js';

/** Says one thing. */
export const talk = (ws: { send(message: string): void }) => ws.send('hello');
/** Lets the client in, and says one thing. */
export const greet: ExpressGatekeeper = async (_, ws) => {
  await ws.accept();
  ws.send('hello');
  await ws.closed;
};
/** An echo. */
export const echo: ExpressGatekeeper = (_, ws) => ws.listen((message) => ws.write(message));

/** An app of ours: whatever `build` does with it. */
export async function ourApp(build: (app: express.Express) => unknown) {
  const app = express();
  await build(app);
  const server = createServer(app);
  const sockets: Attachment = attach(server);
  return { server, sockets, port: await portOf(server.listen(0)) };
}

/** What lines that make a route speak of. */
export const scope: Scope = { WebSocketHandler, gatekeeper: greet };

/** A middleware that is a line of the page; `next` is called after it, unless the line is itself the answer. */
export const middlewareFrom = (
  run: (scope: Scope) => Promise<unknown>,
  { answers = false } = {},
): RequestHandler => {
  return (request, response, next) => {
    run({ request, response }).then(() => answers || next(), next);
  };
};

/** Serves `gatekeeper` on `/chat`. */
export async function oursOnExpress(gatekeeper: ExpressGatekeeper): Promise<number> {
  const { port } = await ourApp((app) => app.use('/chat', WebSocketHandler(gatekeeper)));
  return port;
}
