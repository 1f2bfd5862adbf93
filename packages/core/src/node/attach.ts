import type { Buffer } from 'node:buffer';
import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';

import type { WebSocket } from '../connection/web-socket.js';
import { StateError } from '../protocol/errors.js';
import type { Gatekeeper } from '../server/gate.js';
import { resolveHandlerOptions, type HandlerOptions } from '../server/options.js';
import { Registry, type DrainOptions, type ServerStats } from '../server/registry.js';
import { Chain, type ChainHome } from './chain.js';
import { admitDirectly } from './direct-road.js';
import { createHandler } from './handler.js';
import { refuseSocket } from './refuse-socket.js';
import { ignore } from './upgraded-socket.js';

/** Options of `attach`. */
export interface AttachOptions extends HandlerOptions {
  /**
   * Who decides on every upgrade request of the server. Without it the server's own chain decides: a framework with a
   * `WebSocketHandler` somewhere among its routes.
   */
  readonly websocket?: Gatekeeper<undefined>;
  /** Which upgrade requests are ours; the others are left to other listeners. By default all are. */
  readonly filter?: (request: IncomingMessage) => boolean;
}

/** What `attach` returns. */
export interface Attachment {
  /** Everyone who is in. */
  readonly connections: ReadonlySet<WebSocket>;
  /**
   * Refuses new handshakes with 503, tells everyone 1001, and waits for closing handshakes and gatekeepers; the HTTP
   * server stays its owner's.
   * @throws {RangeError} for a code that must not be sent, or a grace time out of range.
   */
  close(options?: DrainOptions): Promise<void>;
  /** How things stand, and what has happened so far. */
  stats(): ServerStats;
}

/** A mark that two copies of this library on one server agree on. */
const kAttachment = Symbol.for('postern.attachment');

interface Marked {
  [kAttachment]?: { readonly attachment: Attachment; readonly options: AttachOptions };
}

/**
 * Serves WebSockets on somebody's `node:http` or `node:https` server. A second call returns the first one's result.
 * @throws {StateError} when the server is attached already with other options.
 * @throws {TypeError | RangeError} when an option is not what it should be.
 */
export function attach(server: Server | SecureServer, options: AttachOptions = {}): Attachment {
  const marked = server as Marked;
  const before = marked[kAttachment];
  if (before !== undefined) {
    if (haveSameValues(before.options, options)) return before.attachment;
    throw new StateError(
      'POSTERN_ERR_ALREADY_ATTACHED',
      'attach on a server that is attached with other options',
    );
  }
  const { websocket, filter, ...handlerOptions } = options;
  const settings = resolveHandlerOptions(handlerOptions);
  const registry = new Registry(settings.connection.clock, settings.capacity);
  const home = { server: server as Server, registry, settings, options: handlerOptions, filter };
  const listener = websocket === undefined ? chained(home) : direct(home, websocket);
  // First, to see whether another listener answers at once.
  server.prependListener('upgrade', filtered(home, listener));
  const attachment: Attachment = {
    connections: registry.connections,
    close: async (drain) => registry.close(drain),
    stats: () => registry.stats(),
  };
  marked[kAttachment] = { attachment, options };
  return attachment;
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

function chained(home: ChainHome): UpgradeListener {
  return new Chain(home).onUpgrade;
}

function direct(home: ChainHome, websocket: Gatekeeper<undefined>): UpgradeListener {
  const handler = createHandler(websocket, home.options, home.registry);
  return (request, socket, head) => void admitDirectly(handler, request, socket, head);
}

/** Leaves alone what is not ours; a filter is user code, and may throw. */
function filtered(home: ChainHome, listener: UpgradeListener): UpgradeListener {
  const { filter, settings, server } = home;
  if (filter === undefined) return listener;
  return (request, socket, head) => {
    // First of all: a socket without a listener for errors ends the process, and perhaps nobody else has one.
    socket.on('error', ignore);
    let isOurs: boolean;
    try {
      isOurs = filter(request);
    } catch (error) {
      settings.onError(error, undefined);
      refuseSocket(settings, socket, 500, { body: 'the server failed to decide\n' });
      return;
    }
    if (isOurs) {
      // It begins with the same.
      socket.off('error', ignore);
      listener(request, socket, head);
    } else if (server.listenerCount('upgrade') === 1) {
      refuseSocket(settings, socket, 404, { body: 'no WebSocket is spoken here\n' });
    }
  };
}

function haveSameValues(left: object, right: object): boolean {
  const leftEntries = new Map<string, unknown>(Object.entries(left));
  const rightEntries = Object.entries(right);
  return (
    leftEntries.size === rightEntries.length &&
    rightEntries.every(([name, value]) => leftEntries.get(name) === value)
  );
}
