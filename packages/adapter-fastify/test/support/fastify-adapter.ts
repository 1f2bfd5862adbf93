import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

import type {
  AdapterUnderTest,
  AppDescription,
  BuiltApp,
  BuildOptions,
  Exchange,
  Layer,
  Mount,
  Route,
} from '@postern/adapter-contract';
import createFastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';

import { attach, postern, WebSocketHandler } from '../../src/index.js';

/** Fastify, as the suite for all adapters sees it. */
export const fastifyAdapter: AdapterUnderTest = {
  name: 'Fastify',
  plainGet: 426,
  missingLine: 'app.register(postern)',
  parameterOf: (context, name) =>
    (context as FastifyRequest<{ Params: Record<string, string> }>).params[name],
  build: buildApp,
};

class FastifyExchange implements Exchange {
  readonly context: FastifyRequest;
  readonly reply: FastifyReply;
  isAnswered = false;
  overruled: string | undefined;

  constructor(context: FastifyRequest, reply: FastifyReply) {
    this.context = context;
    this.reply = reply;
  }

  get request(): IncomingMessage {
    return this.context.raw;
  }

  get response(): ServerResponse {
    return this.reply.raw;
  }

  setHeader(name: string, value: string): void {
    this.reply.header(name, value);
  }

  addCookie(cookie: string): void {
    // Fastify appends to this one header by itself.
    this.reply.header('Set-Cookie', cookie);
  }

  answer(status: number, body: string | Readable = '', headers = {}): void {
    this.isAnswered = true;
    this.reply.code(status).headers(headers).send(body);
  }

  overrule(status: number, body: string): void {
    this.reply.code(status);
    this.overruled = body;
  }
}

async function buildApp(description: AppDescription, { tls }: BuildOptions): Promise<BuiltApp> {
  const app = (
    tls === undefined ? createFastify() : createFastify({ https: tls })
  ) as FastifyInstance;
  const { attach: options, drain, onError } = description;
  await description.beforeAttach?.(app.server);
  if (options !== false) await app.register(postern, { ...options, ...drain });
  if (onError !== undefined) setErrorHandler(app, onError);
  await fill(app, description);
  await app.ready();
  const server = app.server;
  return {
    server,
    // A second call with the same options returns what the plugin made.
    attachment: options === false ? undefined : attach(server, options),
    listen: async (place) => void (await app.listen(place)),
    ready: () => Promise.resolve(),
    close: () => app.close(),
  };
}

async function fill(
  scope: FastifyInstance,
  { layers = [], routes = [], mounts = [] }: Omit<Mount, 'prefix' | 'kind'>,
): Promise<void> {
  for (const layer of layers) addHooks(scope, layer);
  for (const mount of mounts) {
    await scope.register((inner) => fill(inner, mount), { prefix: mount.prefix });
  }
  for (const route of routes) scope.get(route.path, handler(route));
}

function addHooks(scope: FastifyInstance, layer: Layer): void {
  const exchanges = new WeakMap<FastifyRequest, FastifyExchange>();
  scope.addHook('onRequest', async (request, reply) => {
    const exchange = new FastifyExchange(request, reply);
    exchanges.set(request, exchange);
    await layer.before?.(exchange);
    return exchange.isAnswered ? reply : undefined;
  });
  if (layer.after === undefined) return;
  scope.addHook('onSend', async (request, reply, payload) => {
    const exchange = exchanges.get(request)!;
    await layer.after?.(exchange);
    return exchange.overruled ?? payload;
  });
}

function handler(route: Route): RouteHandlerMethod {
  if ('websocket' in route) return WebSocketHandler(route.websocket, route.options);
  return async (request, reply) => {
    await route.get(new FastifyExchange(request, reply));
    return reply;
  };
}

function setErrorHandler(
  app: FastifyInstance,
  onError: NonNullable<AppDescription['onError']>,
): void {
  app.setErrorHandler((error: Error, request, reply) => {
    const { status, body } = onError(error);
    return reply.code(status).send(body);
  });
}
