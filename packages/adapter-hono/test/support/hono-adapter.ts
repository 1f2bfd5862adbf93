import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Readable } from 'node:stream';

import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import {
  builtApp,
  type AdapterUnderTest,
  type AppDescription,
  type BuildOptions,
  type BuiltApp,
  type Exchange,
  type Layer,
  type Mount,
  type Route,
} from '@postern/adapter-contract';
import { Hono, type Context, type Handler, type MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

import { attach, WebSocketHandler } from '../../src/index.js';

interface OnNode {
  Bindings: HttpBindings;
}

/** Hono on Node, as the suite for all adapters sees it. */
export const honoAdapter: AdapterUnderTest = {
  name: 'Hono',
  plainGet: 426,
  missingLine: 'attach(server)',
  parameterOf: (context, name) => (context as Context).req.param(name),
  build: buildApp,
};

class HonoExchange implements Exchange {
  readonly context: Context<OnNode>;
  result: Response | undefined;

  constructor(context: Context<OnNode>) {
    this.context = context;
  }

  get request(): IncomingMessage {
    return this.context.env.incoming;
  }

  get response(): ServerResponse {
    return this.context.env.outgoing;
  }

  setHeader(name: string, value: string): void {
    this.context.header(name, value);
  }

  addCookie(cookie: string): void {
    this.context.header('Set-Cookie', cookie, { append: true });
  }

  answer(status: number, body: string | Readable = '', headers = {}): void {
    const content = typeof body === 'string' ? body : Readable.toWeb(body);
    this.result = this.context.body(content, status as ContentfulStatusCode, headers);
  }

  overrule(status: number, body: string): void {
    this.context.res = new Response(body, { status });
  }
}

async function buildApp(description: AppDescription, { tls }: BuildOptions): Promise<BuiltApp> {
  const app = new Hono<OnNode>();
  fill(app, description);
  const { onError } = description;
  app.onError((error, context) => {
    const { status, body } = onError?.(error) ?? { status: 500, body: 'it went wrong' };
    return context.text(body, status as ContentfulStatusCode);
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    ...(tls !== undefined && { createServer: createSecureServer, serverOptions: tls }),
  }) as Server;
  await description.beforeAttach?.(server);
  const attachment = description.attach === false ? undefined : attach(server, description.attach);
  return builtApp(server, attachment, description);
}

function fill(
  app: Hono<OnNode>,
  { layers = [], routes = [], mounts = [] }: Omit<Mount, 'prefix' | 'kind'>,
): void {
  for (const layer of layers) app.use(middleware(layer));
  for (const mount of mounts) {
    if (mount.kind === 'router') fill(app.basePath(mount.prefix), mount);
    else {
      const inner = new Hono<OnNode>();
      fill(inner, mount);
      app.route(mount.prefix, inner);
    }
  }
  for (const route of routes) app.get(route.path, handler(route));
}

function middleware(layer: Layer): MiddlewareHandler<OnNode> {
  return async (context, next) => {
    const exchange = new HonoExchange(context);
    await layer.before?.(exchange);
    if (exchange.result !== undefined) return exchange.result;
    await next();
    await layer.after?.(exchange);
    return undefined;
  };
}

function handler(route: Route): Handler<OnNode> {
  if ('websocket' in route) return WebSocketHandler<OnNode>(route.websocket, route.options);
  return async (context) => {
    const exchange = new HonoExchange(context);
    await route.get(exchange);
    return exchange.result!;
  };
}
