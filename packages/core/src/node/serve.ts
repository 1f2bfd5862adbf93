import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions as TlsOptions } from 'node:https';
import type { ListenOptions, Socket } from 'node:net';

import type { Clock } from '../connection/clock.js';
import type { WebSocket } from '../connection/web-socket.js';
import type { Gatekeeper } from '../server/gate.js';
import {
  resolveHandlerOptions,
  type HandlerOptions,
  type HandlerSettings,
} from '../server/options.js';
import { resolveDrainOptions, type DrainOptions, type ServerStats } from '../server/registry.js';
import { attach, type Attachment } from './attach.js';

/** Options of `serve`. */
export interface ServeOptions extends HandlerOptions {
  /** Who decides on every upgrade request. */
  readonly websocket: Gatekeeper<undefined>;
  /**
   * Answers ordinary requests.
   * @default 426, which says that only WebSocket is spoken here
   */
  readonly http?: RequestListener;
  /**
   * 0 for one that the system chooses.
   * @default 0
   */
  readonly port?: number;
  /**
   * The address to bind, as in `node:http`.
   * @default every address of the machine
   */
  readonly host?: string;
  /** A Unix socket or Windows pipe, in place of `port` and `host`. */
  readonly path?: string;
  /** Key and certificate, and all else that `node:https` takes: the server then speaks TLS. */
  readonly tls?: TlsOptions;
  /** Closes the server. Aborted before it listens, `serve` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Whether to go on with a connection at all; asked before a byte is read. A throw is a no, and goes to `onError`. */
  readonly acceptConnection?: (socket: Socket) => boolean;
}

/** A server made by `serve`. */
export class WebSocketServer {
  /** The `node:http` or `node:https` server beneath. */
  readonly server: Server;
  readonly #attachment: Attachment;
  readonly #clock: Clock;
  readonly #secure: boolean;
  readonly #host: string | undefined;
  readonly #unanswered = new Set<ServerResponse>();
  #closing: Promise<void> | undefined;

  /** Use `serve`. */
  constructor(
    server: Server,
    attachment: Attachment,
    clock: Clock,
    { tls, host }: Pick<ServeOptions, 'tls' | 'host'>,
  ) {
    this.server = server;
    this.#attachment = attachment;
    this.#clock = clock;
    this.#secure = tls !== undefined;
    this.#host = host;
    server.prependListener('request', (request, response) => {
      this.#unanswered.add(response);
      response.once('close', () => this.#unanswered.delete(response));
    });
  }

  /** The port that is listened on; 0 on a Unix socket. */
  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Where a client on this machine finds the server, as in `ws://localhost:8080`. */
  get url(): string {
    const scheme = this.#secure ? 'wss' : 'ws';
    const address = this.server.address();
    if (typeof address === 'string') return `${scheme}+unix:${address}`;
    return `${scheme}://${hostInUrl(this.#host)}:${this.port}`;
  }

  /** Everyone who is in. */
  get connections(): ReadonlySet<WebSocket> {
    return this.#attachment.connections;
  }

  /**
   * Stops listening, refuses new handshakes, tells everyone 1001 and waits for closing handshakes, gatekeepers and
   * ordinary requests; what is left after `grace` is ended.
   * @throws {RangeError} for a code that must not be sent, or a grace time out of range.
   */
  async close(options?: DrainOptions): Promise<void> {
    const { grace } = resolveDrainOptions(options);
    this.#closing ??= this.#close(options, grace);
    return this.#closing;
  }

  async #close(options: DrainOptions | undefined, grace: number): Promise<void> {
    const drained = this.#attachment.close(options);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const end = (): void => this.server.closeAllConnections();
    const timer = this.#clock.setTimeout(end, grace);
    this.server.closeIdleConnections();
    await drained;
    for (const response of this.#unanswered) await whenClosed(response);
    this.#clock.clearTimeout(timer);
    // What is left has asked for nothing, or has its answer.
    end();
    await closed;
  }

  /** How things stand, and what has happened so far. */
  stats(): ServerStats {
    return this.#attachment.stats();
  }

  /** For `await using`: closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** How often `node:http` looks for clients that do not finish their request, in milliseconds. */
const CHECKING_INTERVAL = 1000;

/** How long `node:http` waits for a whole request by default, in milliseconds. */
const REQUEST_TIMEOUT = 300_000;

/**
 * Starts a server of its own; resolves once it listens.
 * @throws {TypeError | RangeError} when an option is not what it should be.
 * @throws what Node says when it cannot listen, such as `EADDRINUSE`.
 */
export async function serve(options: ServeOptions): Promise<WebSocketServer> {
  const { signal, websocket } = options;
  signal?.throwIfAborted();
  if (typeof websocket !== 'function') {
    throw new TypeError(`websocket is ${typeof websocket}, expected a function`);
  }
  const settings = resolveHandlerOptions(options);
  const server = createHttpServer(options, settings);
  const attachment = attach(server, options);
  chooseConnections(server, options, settings);
  const { clock } = settings.connection;
  const webSocketServer = new WebSocketServer(server, attachment, clock, options);
  await listen(server, options);
  if (signal !== undefined) await closeOnAbort(webSocketServer, signal);
  return webSocketServer;
}

function createHttpServer(
  { http, tls }: ServeOptions,
  { handshakeTimeout }: HandlerSettings,
): Server {
  const unfinished = {
    headersTimeout: handshakeTimeout,
    // Node wants this to be no shorter.
    requestTimeout: Math.max(handshakeTimeout, REQUEST_TIMEOUT),
    connectionsCheckingInterval: CHECKING_INTERVAL,
  };
  const listener = http ?? upgradeRequired;
  return tls === undefined
    ? createServer(unfinished, listener)
    : createSecureServer({ handshakeTimeout, ...unfinished, ...tls }, listener);
}

/** Asks `acceptConnection`, which is user code, about every connection. */
function chooseConnections(
  server: Server,
  { acceptConnection }: ServeOptions,
  { onError }: HandlerSettings,
): void {
  if (acceptConnection === undefined) return;
  server.on('connection', (socket: Socket) => {
    try {
      const answer: unknown = acceptConnection(socket);
      if (answer === true) return;
      // A promise would let everyone in.
      if (answer !== false) throw notBoolean(answer);
    } catch (error) {
      onError(error, undefined);
    }
    socket.destroy();
  });
}

function notBoolean(answer: unknown): TypeError {
  const expected = 'acceptConnection: expected the function to return a boolean';
  return new TypeError(`${expected}, got ${typeof answer}`);
}

function whenClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}

/** It may have aborted while the server began to listen. */
async function closeOnAbort(server: WebSocketServer, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    await server.close({ grace: 0 });
    signal.throwIfAborted();
  }
  const close = (): void => void server.close();
  signal.addEventListener('abort', close, { once: true });
  server.server.once('close', () => signal.removeEventListener('abort', close));
}

const upgradeRequired: RequestListener = (...[, response]) => {
  response
    .writeHead(426, {
      'Content-Type': 'text/plain; charset=utf-8',
      Upgrade: 'websocket',
      // Without `close` Node would keep the connection even for a client that asked for its end.
      Connection: 'Upgrade, close',
    })
    .end('only WebSocket is spoken here\n');
};

function listen(server: Server, { port = 0, host, path }: ServeOptions): Promise<void> {
  const where: ListenOptions = path === undefined ? { port } : { path };
  if (host !== undefined && path === undefined) where.host = host;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A server on every address is found at localhost. */
function hostInUrl(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
