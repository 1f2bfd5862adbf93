import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Gatekeeper } from '../server/gate.js';
import type { HandlerOptions } from '../server/options.js';
import { admitDirectly } from './direct-road.js';
import { createHandler } from './handler.js';

/**
 * Answers one `'upgrade'` event of `node:http` by hand.
 * The promise resolves when the connection, or the refused client's socket, is gone; it never rejects.
 * @throws {TypeError | RangeError} at once, when the gatekeeper or an option is not what it should be.
 */
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  gatekeeper: Gatekeeper<undefined>,
  options: HandlerOptions = {},
): Promise<void> {
  const ws = admitDirectly(createHandler(gatekeeper, options), request, socket, head);
  return ws === undefined ? whenClosed(socket) : ws.closed.then(() => whenClosed(socket));
}

function whenClosed(socket: Duplex): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
