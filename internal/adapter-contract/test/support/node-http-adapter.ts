import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { attach } from '@postern/core';
import { admit, createRoute } from '@postern/core/adapter';
import {
  builtApp,
  createNodeServer,
  type AdapterUnderTest,
  type AppDescription,
  type BuildOptions,
  type BuiltApp,
  type Exchange,
  type Layer,
  type Mount,
  type Route,
} from '../../src/index.js';

/** An answer that has not been written yet. */
interface Answer {
  status: number;
  body: string | Readable;
}

type OutgoingHeaders = Readonly<Record<string, string | readonly string[]>>;

type Handler = (exchange: BareExchange) => Promise<void>;

class BareExchange implements Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Below a mount: what is left of the path. */
  path: string;
  parameters: Record<string, string> = {};
  result: Answer | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    this.path = new URL(request.url ?? '/', 'http://localhost').pathname;
  }

  get context(): this {
    return this;
  }

  setHeader(name: string, value: string): void {
    this.response.setHeader(name, value);
  }

  addCookie(cookie: string): void {
    this.response.appendHeader('Set-Cookie', cookie);
  }

  answer(status: number, body: string | Readable = '', headers: OutgoingHeaders = {}): void {
    for (const [name, value] of Object.entries(headers)) {
      if (name.toLowerCase() === 'set-cookie') this.response.appendHeader(name, value);
      else this.response.setHeader(name, value);
    }
    this.result = { status, body };
  }

  overrule(status: number, body: string): void {
    this.result = { status, body };
  }
}

/** A framework of a hundred lines, on bare `node:http`: what the suite asks is asked of core alone. */
export const nodeHttp: AdapterUnderTest = {
  name: 'node:http',
  plainGet: 426,
  missingLine: 'attach(server)',
  parameterOf: (context, name) => (context as BareExchange).parameters[name],
  build: buildApp,
};

async function buildApp(description: AppDescription, options: BuildOptions): Promise<BuiltApp> {
  const handler = part(description);
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(handler, description, request, response);
  const server = createNodeServer(listener, options);
  await description.beforeAttach?.(server);
  const attachment = description.attach === false ? undefined : attach(server, description.attach);
  return builtApp(server, attachment, description);
}

async function serve(
  handler: Handler,
  { onError }: AppDescription,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = new BareExchange(request, response);
  try {
    await handler(exchange);
  } catch (error) {
    exchange.result = onError?.(error as Error) ?? { status: 500, body: 'it went wrong' };
  }
  const { status, body } = exchange.result ?? { status: 404, body: 'there is nothing here' };
  response.statusCode = status;
  if (typeof body === 'string') response.end(body);
  else await pipeline(body, response).catch(() => undefined);
}

/** Layers around routes and mounts. */
function part({ layers = [], routes = [], mounts = [] }: Omit<Mount, 'prefix' | 'kind'>): Handler {
  const handlers = [...mounts.map(mounted), ...routes.map(routed)];
  const inner: Handler = async (exchange) => {
    for (const handler of handlers) {
      await handler(exchange);
      if (exchange.result !== undefined) return;
    }
  };
  return layers.reduceRight(wrapped, inner);
}

function wrapped(inner: Handler, layer: Layer): Handler {
  return async (exchange) => {
    await layer.before?.(exchange);
    if (exchange.result !== undefined) return;
    await inner(exchange);
    await layer.after?.(exchange);
  };
}

function mounted(mount: Mount): Handler {
  const inner = part(mount);
  return async (exchange) => {
    const { path } = exchange;
    if (!path.startsWith(`${mount.prefix}/`)) return;
    exchange.path = path.slice(mount.prefix.length);
    await inner(exchange);
    exchange.path = path;
  };
}

function routed(route: Route): Handler {
  const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
  const handle =
    'get' in route
      ? async (exchange: BareExchange) => void (await route.get(exchange))
      : gate(route);
  return async (exchange) => {
    const match = pattern.exec(exchange.path);
    if (match === null || exchange.request.method !== 'GET') return;
    exchange.parameters = { ...exchange.parameters, ...match.groups };
    await handle(exchange);
  };
}

function gate({ websocket, options }: Extract<Route, { websocket: unknown }>): Handler {
  const route = createRoute<BareExchange>(websocket, options);
  return async (exchange) => {
    const decision = await admit(exchange.request, route, exchange);
    if (decision === undefined)
      exchange.answer(426, 'only WebSocket is spoken here', { Upgrade: 'websocket' });
    else if (decision.accepted) exchange.answer(decision.status);
    else exchange.answer(decision.status, decision.body, decision.headers);
  };
}
