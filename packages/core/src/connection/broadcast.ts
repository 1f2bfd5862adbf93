import type { MessageData } from './message-data.js';
import { prepare, PreparedMessage } from './prepared-message.js';
import { Publication } from './publication.js';
import { publishTo, type WebSocket } from './web-socket.js';

/**
 * Sends a message to everyone in `sockets` who is open, framed once; what goes to the same group in one turn leaves as
 * one write per member. Nobody is waited for: a member whose send buffer is over `maxSendBuffer` is ended, or misses the
 * message, as its `overflow` says. Returns how many it was sent to.
 * @throws {TypeError} for anything but a string, bytes or a prepared message.
 */
export function broadcast(
  sockets: Iterable<WebSocket>,
  data: MessageData | PreparedMessage,
): number {
  const message = data instanceof PreparedMessage ? data : prepare(data);
  const publication = new Publication(message, sockets);
  let count = 0;
  for (const ws of sockets) if (publishTo(ws, publication)) count += 1;
  return count;
}
