import type { IncomingMessage } from 'node:http';

import type { Gatekeeper, HandlerOptions } from '@postern/core';
import { admit, createRoute, type Decision } from '@postern/core/adapter';
import type { Context, Env, Handler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

import { showSwitching } from './show-switching.js';

/** A gatekeeper whose `request.context` is Hono's context: its variables and parameters are on it. */
export type HonoGatekeeper<E extends Env = Env> = Gatekeeper<Context<E>>;

/**
 * A gatekeeper on a route: `app.get('/chat', WebSocketHandler(gatekeeper))`. The middleware before it has run when it is
 * asked. An ordinary request gets 426. The server that `@hono/node-server` made needs `attach(server)` once.
 * `options` win over those of `attach`.
 * @throws {TypeError | RangeError} when the gatekeeper or an option is not what it should be.
 */
export function WebSocketHandler<E extends Env = Env>(
  gatekeeper: HonoGatekeeper<E>,
  options: HandlerOptions = {},
): Handler<E> {
  const route = createRoute(gatekeeper, options);
  return async (context) => {
    const decision = await admit(incomingOf(context), route, context);
    return decision === undefined ? upgradeRequired(context) : answer(context, decision);
  };
}

function incomingOf(context: Context): IncomingMessage {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  if (incoming !== undefined) return incoming;
  throw new TypeError('no incoming request in the environment, expected that of @hono/node-server');
}

function answer(context: Context, decision: Decision): Response {
  if (decision.accepted) {
    showSwitching(context);
    return context.body(null, decision.status);
  }
  for (const [name, value] of Object.entries(decision.headers)) setHeader(context, name, value);
  return context.body(decision.body, decision.status as ContentfulStatusCode);
}

function setHeader(context: Context, name: string, value: string | readonly string[]): void {
  if (name.toLowerCase() !== 'set-cookie') context.header(name, undefined);
  for (const each of [value].flat()) context.header(name, each, { append: true });
}

function upgradeRequired(context: Context): Response {
  context.header('Upgrade', 'websocket');
  return context.text('only WebSocket is spoken here\n', 426);
}
