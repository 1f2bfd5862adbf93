import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The listener that a socket has until its connection listens itself: without one an error ends the process. */
export function ignore(): void {}

/**
 * Whether an earlier request on this socket has not been answered: our answer would be taken for that one's.
 * Undocumented, and the only hint there is; were it gone, only a client that pipelines would hurt itself.
 */
export function isPipelined(socket: Duplex): boolean {
  return (socket as { _httpMessage?: unknown })._httpMessage != null;
}

/** How much has been written to a socket: it tells whether somebody else has answered. */
export function bytesWritten(socket: Duplex): number {
  return (socket as { bytesWritten?: number }).bytesWritten ?? socket.writableLength;
}

/** Small frames leave at once, and the HTTP server's idle timeout is over. */
export function settleSocket(socket: Duplex): void {
  const { setNoDelay, setTimeout, timeout } = socket as Partial<Socket>;
  setNoDelay?.call(socket, true);
  if (timeout !== undefined && timeout > 0) setTimeout?.call(socket, 0);
}
