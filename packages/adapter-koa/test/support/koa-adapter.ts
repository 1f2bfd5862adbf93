import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

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
} from '@postern/adapter-contract';
import { Router } from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import mount from 'koa-mount';

import { attach, WebSocketHandler } from '../../src/index.js';

/** Koa with its router, as the suite for all adapters sees it. */
export const koaAdapter: AdapterUnderTest = {
  name: 'Koa',
  plainGet: 'next',
  missingLine: 'attach(server)',
  parameterOf: (context, name) =>
    (context as { params: Record<string, string | undefined> }).params[name],
  build: buildApp,
};

class KoaExchange implements Exchange {
  readonly context: Context;
  isAnswered = false;

  constructor(context: Context) {
    this.context = context;
  }

  get request(): IncomingMessage {
    return this.context.req;
  }

  get response(): ServerResponse {
    return this.context.res;
  }

  setHeader(name: string, value: string): void {
    this.context.set(name, value);
  }

  addCookie(cookie: string): void {
    this.context.append('Set-Cookie', cookie);
  }

  answer(status: number, body: string | Readable = '', headers = {}): void {
    this.isAnswered = true;
    this.context.status = status;
    this.context.set(headers);
    this.context.body = body;
  }

  overrule(status: number, body: string): void {
    this.context.status = status;
    this.context.body = body;
  }
}

async function buildApp(description: AppDescription, options: BuildOptions): Promise<BuiltApp> {
  const app = new Koa();
  app.silent = true;
  if (description.onError !== undefined) app.use(errorHandler(description.onError));
  fillApp(app, description);
  const listener = app.callback();
  const server = createNodeServer((request, response) => void listener(request, response), options);
  await description.beforeAttach?.(server);
  const attachment = description.attach === false ? undefined : attach(server, description.attach);
  return builtApp(server, attachment, description);
}

type Part = Omit<Mount, 'prefix' | 'kind'>;

function fillApp(app: Koa, { layers = [], routes = [], mounts = [] }: Part): void {
  for (const layer of layers) app.use(middleware(layer));
  for (const each of mounts) if (each.kind === 'app') app.use(mountedApp(each));
  const router = new Router();
  fillRouter(router, { routes, mounts: mounts.filter(({ kind }) => kind === 'router') });
  app.use(router.routes());
}

function mountedApp(part: Mount): Middleware {
  const app = new Koa();
  fillApp(app, part);
  return mount(part.prefix, app);
}

function fillRouter(router: Router, { layers = [], routes = [], mounts = [] }: Part): void {
  for (const layer of layers) router.use(middleware(layer));
  for (const each of mounts) {
    const inner = new Router();
    fillRouter(inner, each);
    router.use(each.prefix, inner.routes());
  }
  for (const route of routes) router.get(route.path, handler(route));
}

function middleware(layer: Layer): Middleware {
  return async (context, next) => {
    const exchange = new KoaExchange(context);
    await layer.before?.(exchange);
    if (exchange.isAnswered) return;
    await next();
    await layer.after?.(exchange);
  };
}

function handler(route: Route): Middleware {
  if ('websocket' in route) return WebSocketHandler(route.websocket, route.options);
  return async (context) => {
    await route.get(new KoaExchange(context));
  };
}

function errorHandler(onError: NonNullable<AppDescription['onError']>): Middleware {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      const { status, body } = onError(error as Error);
      context.status = status;
      context.body = body;
    }
  };
}
