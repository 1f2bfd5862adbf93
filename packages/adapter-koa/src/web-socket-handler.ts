import type { Gatekeeper, HandlerOptions } from '@postern/core';
import { admit, createRoute, type Decision } from '@postern/core/adapter';
import type { Context, Middleware } from 'koa';

/** A gatekeeper whose `request.context` is Koa's context: session, state and parameters are on it. */
export type KoaGatekeeper = Gatekeeper<Context>;

/**
 * A gatekeeper at its place among an app's middleware: `app.use(WebSocketHandler(gatekeeper))`, or on a route as in
 * `router.get('/chat', WebSocketHandler(gatekeeper))`. What comes before it has run when it is asked. An ordinary
 * request goes to `next()`. The server needs `attach(server)` once. `options` win over those of `attach`.
 * @throws {TypeError | RangeError} when the gatekeeper or an option is not what it should be.
 */
export function WebSocketHandler(
  gatekeeper: KoaGatekeeper,
  options: HandlerOptions = {},
): Middleware {
  const route = createRoute(gatekeeper, options);
  return async (context, next) => {
    const decision = await admit(context.req, route, context as Context);
    if (decision === undefined) await next();
    else answer(context, decision);
  };
}

function answer(context: Context, decision: Decision): void {
  if (decision.accepted) {
    // A null body makes it 204 unless the status is set once more.
    context.body = null;
  } else {
    for (const [name, value] of Object.entries(decision.headers)) {
      if (name.toLowerCase() === 'set-cookie') context.append(name, value as string | string[]);
      else context.set(name, value as string | string[]);
    }
    context.body = decision.body;
  }
  context.status = decision.status;
}
