import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

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
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';

import { attach, WebSocketHandler } from '../../src/index.js';

/** Express, as the suite for all adapters sees it. */
export const expressAdapter: AdapterUnderTest = {
  name: 'Express',
  plainGet: 'next',
  missingLine: 'attach(server)',
  parameterOf: (context, name) => (context as Request<Record<string, string>>).params[name],
  build: buildApp,
};

class ExpressExchange implements Exchange {
  readonly request: Request;
  readonly response: Response;
  isAnswered = false;
  overruled: string | undefined;

  constructor(request: Request, response: Response) {
    this.request = request;
    this.response = response;
  }

  get context(): Request {
    return this.request;
  }

  setHeader(name: string, value: string): void {
    this.response.set(name, value);
  }

  addCookie(cookie: string): void {
    this.response.append('Set-Cookie', cookie);
  }

  answer(status: number, body: string | Readable = '', headers = {}): void {
    this.isAnswered = true;
    this.response.status(status).set(headers);
    if (typeof body === 'string') this.response.send(body);
    else void pipeline(body, this.response).catch(() => undefined);
  }

  overrule(status: number, body: string): void {
    this.response.status(status);
    this.overruled = body;
  }
}

async function buildApp(description: AppDescription, options: BuildOptions): Promise<BuiltApp> {
  const app = express();
  fill(app, description);
  if (description.onError !== undefined) app.use(errorHandler(description.onError));
  const server = createNodeServer(app, options);
  await description.beforeAttach?.(server);
  const attachment = description.attach === false ? undefined : attach(server, description.attach);
  return builtApp(server, attachment, description);
}

function fill(
  router: Router,
  { layers = [], routes = [], mounts = [] }: Omit<Mount, 'prefix' | 'kind'>,
): void {
  for (const layer of layers) router.use(middleware(layer));
  for (const mount of mounts) {
    const inner = mount.kind === 'app' ? express() : express.Router();
    fill(inner, mount);
    router.use(mount.prefix, inner);
  }
  for (const route of routes) router.get(route.path, handler(route));
}

function middleware(layer: Layer): RequestHandler {
  return (request, response, next) => {
    const exchange = new ExpressExchange(request, response);
    if (layer.after !== undefined) runBeforeEnd(response, exchange, layer);
    // A layer that throws does so in the turn in which Express calls it.
    const result = layer.before?.(exchange);
    const goOn = (): void => {
      if (!exchange.isAnswered) next();
    };
    if (result instanceof Promise) return result.then(goOn);
    return goOn();
  };
}

/** What comes after a handler waits, in Express, at the response's `end`: sessions are saved so. */
function runBeforeEnd(response: Response, exchange: ExpressExchange, layer: Layer): void {
  const end = response.end;
  response.end = (...args: unknown[]) => {
    response.end = end;
    void Promise.resolve(layer.after?.(exchange)).then(() =>
      Reflect.apply(end, response, exchange.overruled === undefined ? args : [exchange.overruled]),
    );
    return response;
  };
}

function handler(route: Route): RequestHandler {
  if ('websocket' in route) return WebSocketHandler(route.websocket, route.options);
  return async (request, response) => {
    await route.get(new ExpressExchange(request, response));
  };
}

function errorHandler(onError: NonNullable<AppDescription['onError']>): ErrorRequestHandler {
  // Express knows a handler of errors by its four parameters.
  return (error: Error, request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, body } = onError(error);
    response.status(status).send(body);
  };
}
