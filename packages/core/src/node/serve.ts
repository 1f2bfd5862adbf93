import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions as TlsOptions } from 'node:https';
import type { ListenOptions, Socket } from 'node:net';

import type { WebSocket } from '../connection/web-socket.js';
import type { Gatekeeper } from '../server/gate.js';
import type { HandlerOptions } from '../server/options.js';
import type { DrainOptions } from '../server/registry.js';
import { attach, type Attachment } from './attach.js';

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
  /** Closes the server. */
  readonly signal?: AbortSignal;
  /** Whether to go on with a connection at all; asked before a byte is read. */
  readonly acceptConnection?: (socket: Socket) => boolean;
}

/** A server made by `serve`. */
export class WebSocketServer {
  /** The `node:http` or `node:https` server beneath. */
  readonly server: Server;
  readonly #attachment: Attachment;
  readonly #secure: boolean;
  readonly #host: string | undefined;
  #closing: Promise<void> | undefined;

  /** Use `serve`. */
  constructor(server: Server, attachment: Attachment, secure: boolean, host: string | undefined) {
    this.server = server;
    this.#attachment = attachment;
    this.#secure = secure;
    this.#host = host;
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
  close(options?: DrainOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async #close(options: DrainOptions | undefined): Promise<void> {
    const drained = this.#attachment.close(options);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    await drained;
    this.server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** How often `node:http` looks for clients that do not finish their request, in milliseconds. */
const CHECKING_INTERVAL = 1000;

/**
 * Starts a server of its own; resolves once it listens.
 * @throws {TypeError | RangeError} when an option is not what it should be.
 */
export async function serve(options: ServeOptions): Promise<WebSocketServer> {
  const { signal, host, tls } = options;
  signal?.throwIfAborted();
  const server = createHttpServer(options);
  const attachment = attach(server, options);
  const { acceptConnection } = options;
  if (acceptConnection !== undefined) {
    server.on('connection', (socket: Socket) => {
      if (!acceptConnection(socket)) socket.destroy();
    });
  }
  await listen(server, options);
  const webSocketServer = new WebSocketServer(server, attachment, tls !== undefined, host);
  signal?.addEventListener('abort', () => void webSocketServer.close(), { once: true });
  return webSocketServer;
}

function createHttpServer({ http, tls, handshakeTimeout }: ServeOptions): Server {
  const unfinished = {
    headersTimeout: handshakeTimeout ?? 10_000,
    connectionsCheckingInterval: CHECKING_INTERVAL,
  };
  const listener = http ?? upgradeRequired;
  return tls === undefined
    ? createServer(unfinished, listener)
    : createSecureServer({ ...unfinished, ...tls }, listener);
}

const upgradeRequired: RequestListener = (...[, response]) => {
  response
    .writeHead(426, {
      'Content-Type': 'text/plain; charset=utf-8',
      Upgrade: 'websocket',
      Connection: 'Upgrade',
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
