import type { Buffer } from 'node:buffer';
import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';

import type { WebSocket } from '../connection/web-socket.js';
import { StateError } from '../protocol/errors.js';
import type { Gatekeeper } from '../server/gate.js';
import type { HandlerOptions } from '../server/options.js';
import type { DrainOptions } from '../server/registry.js';
import { admitDirectly } from './direct-road.js';
import { createHandler, type Handler } from './handler.js';

export interface AttachOptions extends HandlerOptions {
  /** Who decides on every upgrade request of the server. */
  readonly websocket: Gatekeeper<undefined>;
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
export function attach(server: Server | SecureServer, options: AttachOptions): Attachment {
  const marked = server as Marked;
  const before = marked[kAttachment];
  if (before !== undefined) {
    if (haveSameValues(before.options, options)) return before.attachment;
    throw new StateError(
      'POSTERN_ERR_ALREADY_ATTACHED',
      'attach on a server that is attached with other options',
    );
  }
  const handler = createHandler(options.websocket, options);
  server.on('upgrade', upgradeListener(handler, options.filter));
  const attachment: Attachment = {
    connections: handler.registry.connections,
    close: (drain) => handler.registry.close(drain),
  };
  marked[kAttachment] = { attachment, options };
  return attachment;
}

function upgradeListener(handler: Handler<undefined>, filter: AttachOptions['filter']) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (filter !== undefined && !filter(request)) return;
    admitDirectly(handler, request, socket, head);
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
