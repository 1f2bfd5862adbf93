import type { Gatekeeper, HandlerOptions } from '@postern/core';
import { admit, createRoute, type Decision } from '@postern/core/adapter';
import type { Request, RequestHandler, Response } from 'express';

/** A gatekeeper whose `request.context` is Express's own request: session, user and parameters are on it. */
export type ExpressGatekeeper = Gatekeeper<Request>;

/**
 * A gatekeeper at its place among an app's middleware: `app.use('/chat', WebSocketHandler(gatekeeper))`, in a Router, or
 * on one route with `app.get`. What comes before it has run when it is asked. An ordinary request goes to `next()`.
 * The server needs `attach(server)` once. `options` win over those of `attach`.
 * @throws {TypeError | RangeError} when the gatekeeper or an option is not what it should be.
 */
export function WebSocketHandler(
  gatekeeper: ExpressGatekeeper,
  options: HandlerOptions = {},
): RequestHandler {
  const route = createRoute(gatekeeper, options);
  return async (request, response, next) => {
    const decision = await admit(request, route, request);
    if (decision === undefined) next();
    else answer(response, decision);
  };
}

function answer(response: Response, decision: Decision): void {
  response.status(decision.status);
  if (decision.accepted) {
    response.end();
    return;
  }
  for (const [name, value] of Object.entries(decision.headers)) {
    if (name.toLowerCase() === 'set-cookie') response.append(name, value as string | string[]);
    else response.setHeader(name, value);
  }
  response.end(decision.body);
}
