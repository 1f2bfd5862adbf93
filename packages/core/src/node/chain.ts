import type { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { HandlerOptions, HandlerSettings } from '../server/options.js';
import type { Registry } from '../server/registry.js';
import { ChainHandshake, type ChainRules } from './chain-handshake.js';
import { refuseSocket } from './refuse-socket.js';
import { ignore, isPipelined } from './upgraded-socket.js';

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
  readonly #handshakes = new WeakMap<Duplex, ChainHandshake>();

  constructor(home: ChainHome) {
    this.#home = home;
    this.#rules = { settings: home.settings, mayBeForeign: () => this.#hasOthers() };
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
    const noRoom = this.#hasOthers()
      ? undefined
      : registry.refusalFor(request, settings.trustProxy);
    if (noRoom !== undefined) {
      registry.onTurnedAway(request, noRoom);
      refuseSocket(settings, socket, noRoom.status, noRoom);
      return;
    }
    const handshake = new ChainHandshake(this.#rules, request, socket, head, (settled) =>
      registry.deletePending(settled),
    );
    registry.addPending(handshake);
    this.#handshakes.set(handshake.replayed, handshake);
    handshake.start();
    this.#inner.emit('connection', handshake.replayed);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const handshake = this.#handshakes.get(request.socket)!;
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

function bytesWritten(socket: Duplex): number {
  return (socket as { bytesWritten?: number }).bytesWritten ?? socket.writableLength;
}
