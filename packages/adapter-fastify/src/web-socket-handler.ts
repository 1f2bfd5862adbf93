import type { Gatekeeper, HandlerOptions } from '@postern/core';
import { admit, createRoute, type Decision } from '@postern/core/adapter';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';

/** A gatekeeper whose `request.context` is Fastify's request: session, user and parameters are on it. */
export type FastifyGatekeeper = Gatekeeper<FastifyRequest>;

/**
 * A gatekeeper on a route: `app.get('/chat', WebSocketHandler(gatekeeper))`. Fastify's hooks have run when it is asked,
 * and run on when it has answered. An ordinary request gets 426. The app needs `await app.register(postern)` once.
 * `options` win over those of the plugin.
 * @throws {TypeError | RangeError} when the gatekeeper or an option is not what it should be.
 */
export function WebSocketHandler(
  gatekeeper: FastifyGatekeeper,
  options: HandlerOptions = {},
): RouteHandlerMethod {
  const remedy = 'await app.register(postern) before the routes';
  const route = createRoute(gatekeeper, options, remedy);
  return async (request, reply) => {
    const decision = await admit(request.raw, route, request);
    return decision === undefined ? upgradeRequired(reply) : answer(reply, decision);
  };
}

function answer(reply: FastifyReply, decision: Decision): FastifyReply {
  if (decision.accepted) return reply.code(decision.status).send();
  return reply
    .code(decision.status)
    .headers(decision.headers as Record<string, string | string[]>)
    .send(decision.body);
}

function upgradeRequired(reply: FastifyReply): FastifyReply {
  return reply
    .code(426)
    .header('Upgrade', 'websocket')
    .type('text/plain; charset=utf-8')
    .send('only WebSocket is spoken here\n');
}
