import type { IncomingMessage } from 'node:http';

import { isUpgrade } from '../handshake/server-handshake.js';
import { StateError } from '../protocol/errors.js';
import { Gate, type Gatekeeper } from '../server/gate.js';
import type { IncomingRequest } from '../server/handshake-request.js';
import { judgeHandshake } from '../server/negotiate.js';
import { resolveHandlerOptions, type HandlerOptions } from '../server/options.js';
import type { ChainHome, Handshaking } from './chain.js';
import { handshakingOf } from './chain.js';
import { turnedAway, type Decision } from './decision.js';
import { createHandler, type Handler } from './handler.js';

/** A gatekeeper at its place in a chain. */
export interface Route<Context> {
  /** Who decides. */
  readonly gatekeeper: Gatekeeper<Context>;
  /** As given to `createRoute`. */
  readonly options: HandlerOptions;
  /** What to do about a server that nobody attached. */
  readonly remedy: string;
  /** Its options joined with those of each server it is reached on. */
  readonly handlers: WeakMap<object, Handler<Context>>;
}

/**
 * What a framework's `WebSocketHandler` keeps: make it once, give it to `admit` for every request. `remedy` ends the
 * error of a server that nobody attached; a framework where `attach` is called by something else names that.
 * @throws {TypeError | RangeError} when the gatekeeper or an option is not what it should be.
 */
export function createRoute<Context>(
  gatekeeper: Gatekeeper<Context>,
  options: HandlerOptions = {},
  remedy = 'call attach(server) where it listens',
): Route<Context> {
  if (typeof gatekeeper !== 'function') {
    throw new TypeError(`gatekeeper is ${typeof gatekeeper}, expected a function`);
  }
  resolveHandlerOptions(options);
  return { gatekeeper, options, remedy, handlers: new WeakMap() };
}

/**
 * Asks the gatekeeper about a request that has come to its place in a framework's chain. `context` is the framework's
 * own request or context.
 *
 * `undefined` for an ordinary request. Else the promise resolves with what the framework is to answer: an empty 200 for
 * a client that is let in, which becomes the 101, or the refusal. It rejects with what the gatekeeper threw, for the
 * framework's own handling of errors, and with a `StateError` on a server that nobody attached.
 */
export function admit<Context>(
  request: IncomingMessage,
  route: Route<Context>,
  context: Context,
): Promise<Decision> | undefined {
  const handshaking = handshakingOf(request);
  if (handshaking === undefined) {
    return isUpgrade(request) ? Promise.reject(notAttached(route.remedy)) : undefined;
  }
  if (!handshaking.handshake.isUpgrade) return undefined;
  try {
    return decide(request, handshaking, route, context);
  } catch (error) {
    return Promise.reject(error);
  }
}

function decide<Context>(
  request: IncomingMessage,
  { handshake, home }: Handshaking,
  route: Route<Context>,
  context: Context,
): Promise<Decision> {
  if (handshake.isJudged) {
    throw new StateError(
      'POSTERN_ERR_ALREADY_DECIDED',
      'a second WebSocketHandler was reached by one request, expected one',
    );
  }
  if (handshake.ended !== undefined) return Promise.resolve(handshake.ended);
  const handler = handlerOn(home, route);
  const seen = asSeen(request, handshake.request, handshake.socket as IncomingRequest['socket']);
  const choice =
    home.registry.refusalFor(seen, handler.settings.trustProxy, 1) ??
    judgeHandshake(seen, handler.settings);
  if ('ok' in choice) {
    handshake.tellTurnedAway(seen, choice, handler.settings);
    return Promise.resolve(turnedAway(choice.status, choice.headers, choice.body));
  }
  const gate = new Gate(handler, choice, handshake);
  return handshake.judge(gate, handler.settings, () => gate.run(handler.gatekeeper, seen, context));
}

function handlerOn<Context>(home: ChainHome, route: Route<Context>): Handler<Context> {
  let handler = route.handlers.get(home);
  if (handler === undefined) {
    const options = { ...home.options, ...route.options };
    handler = createHandler(route.gatekeeper, options, home.registry);
    route.handlers.set(home, handler);
  }
  return handler;
}

/** The request with the client's own URL, whatever a mount made of it, and the headers as the chain sees them. */
function asSeen(
  request: IncomingMessage,
  original: IncomingMessage,
  socket: IncomingRequest['socket'],
): IncomingRequest {
  const { headers, rawHeaders, httpVersion, method } = request;
  return { headers, rawHeaders, httpVersion, method, url: original.url, socket };
}

function notAttached(remedy: string): StateError {
  return new StateError(
    'POSTERN_ERR_NOT_ATTACHED',
    `a WebSocketHandler was reached on a server without postern: ${remedy}`,
  );
}
