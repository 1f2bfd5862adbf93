import type { Duplex } from 'node:stream';

import type { RefuseOptions } from '../connection/admission.js';
import { renderResponse } from '../handshake/refusal.js';
import type { HandlerSettings } from '../server/options.js';

/** How long a refused client may leave its end open once the answer has gone, in milliseconds. */
const LINGER = 1000;

/** Sends an HTTP response on a bare socket and ends it. */
export function refuseSocket(
  settings: HandlerSettings,
  socket: Duplex,
  status: number,
  options: RefuseOptions,
): void {
  socket.write(renderResponse(status, options.headers, options.body), 'latin1');
  endSocket(settings, socket);
}

/**
 * Ends a socket whose request was refused; what the client sent after it is discarded, never parsed (RFC 9931).
 * It is read all the same: closing over unread bytes would reset, and the answer might be lost.
 */
export function endSocket(settings: HandlerSettings, socket: Duplex): void {
  const { clock, closeTimeout } = settings.connection;
  const destroy = (): void => void socket.destroy();
  let timer = closeTimeout > 0 ? clock.setTimeout(destroy, closeTimeout) : undefined;
  socket.once('close', () => clock.clearTimeout(timer));
  socket.resume();
  socket.end(() => {
    clock.clearTimeout(timer);
    if (!socket.destroyed) timer = clock.setTimeout(destroy, LINGER);
  });
}
