import type { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { refusal, type Refusal } from '../handshake/refusal.js';
import { isUpgrade } from '../handshake/server-handshake.js';
import type { HandlerOptions, HandlerSettings } from '../server/options.js';
import type { Registry } from '../server/registry.js';
import { ChainHandshake, type ChainRules } from './chain-handshake.js';
import { refuseSocket } from './refuse-socket.js';
import type { ReplayedSocket } from './replayed-socket.js';
import { bytesWritten, ignore, isPipelined } from './upgraded-socket.js';

/** What an attached server and the handlers behind it share. */
export interface ChainHome {
  readonly server: Server;
  readonly registry: Registry;
  readonly settings: HandlerSettings;
  /** As given to `attach`; a handler's own options win. */
  readonly options: HandlerOptions;
  readonly filter: ((request: IncomingMessage) => boolean) | undefined;
}

/** A mark that two copies of this library on one request agree on. */
const kHandshake = Symbol.for('postern.handshake');

/** The handshake that a request in a chain stands for, and where it belongs. */
export interface Handshaking {
  readonly handshake: ChainHandshake;
  readonly home: ChainHome;
}

interface MarkedRequest {
  [kHandshake]?: Handshaking;
}

export function handshakingOf(request: IncomingMessage): Handshaking | undefined {
  return (request as MarkedRequest)[kHandshake];
}

/** The outer server has enforced its own limit already. */
const MAX_HEADER_SIZE = 1 << 20;

/**
 * Runs a server's own `'request'` listeners for its upgrade requests. A private HTTP server, which never listens, makes
 * an ordinary request and response of each: the head is replayed to it, on documented interfaces alone.
 */
export class Chain {
  readonly #home: ChainHome;
  readonly #rules: ChainRules;
  readonly #inner: Server;

  constructor(home: ChainHome) {
    this.#home = home;
    const { settings, registry } = home;
    this.#rules = { settings, registry, mayBeForeign: () => this.#hasOthers() };
    this.#inner = createServer({ maxHeaderSize: MAX_HEADER_SIZE }, (request, response) =>
      this.#onRequest(request, response),
    );
  }

  /** One `'upgrade'` event of the server. */
  readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // First of all: a socket without a listener for errors ends the process.
    socket.on('error', ignore);
    if (isPipelined(socket)) {
      socket.destroy();
    } else if (this.#hasOthers()) {
      // Whoever answers at once has taken it: Socket.IO, Vite and `ws` do.
      const before = bytesWritten(socket);
      setImmediate(() => {
        if (!socket.destroyed && bytesWritten(socket) === before) this.#run(request, socket, head);
      });
    } else this.#run(request, socket, head);
  };

  /** Without a filter that says which are ours, other listeners on the server may want a request too. */
  #hasOthers(): boolean {
    return this.#home.filter === undefined && this.#home.server.listenerCount('upgrade') > 1;
  }

  #run(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { registry, settings } = this.#home;
    // What may be another listener's is not ours to refuse: `admit` asks again.
    const refused = this.#hasOthers()
      ? undefined
      : (registry.refusalFor(request, settings.trustProxy) ?? refuseBody(request));
    if (refused !== undefined) {
      registry.onTurnedAway(request, refused, settings.trustProxy);
      refuseSocket(settings, socket, refused.status, refused);
      return;
    }
    const handshake = new ChainHandshake(this.#rules, request, socket, head);
    registry.addPending(handshake);
    handshake.start();
    this.#inner.emit('connection', handshake.replayed);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const replayed = request.socket as unknown as ReplayedSocket<ChainHandshake>;
    const handshake = replayed.takeHandshake();
    // An ordinary request's client may have sent another behind it: this answer is the last on its connection.
    if (handshake === undefined) return;
    (request as MarkedRequest)[kHandshake] = { handshake, home: this.#home };
    // The one step beyond the manual: middleware finds the client's own socket, TLS and all, on the request.
    request.socket = handshake.socket as IncomingMessage['socket'];
    handshake.watch(response);
    // Not `emit`: what patches that to trace requests would see this one twice.
    for (const listener of this.#home.server.listeners('request')) {
      Reflect.apply(listener, this.#home.server, [request, response]);
    }
  }
}

/** A layer that waits for a WebSocket's body, as parsers do, would wait for ever: what follows the head are frames. */
function refuseBody(request: IncomingMessage): Refusal | undefined {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
  const hasNone = coding === undefined && Number(length) === 0;
  if (hasNone || !isUpgrade(request)) return undefined;
  return refusal(400, 'an opening handshake has no body\n');
}
