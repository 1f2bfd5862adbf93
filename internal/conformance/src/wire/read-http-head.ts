import { CaseFailure } from '../case-failure.js';
import { parseHttpHead, type HttpHead } from './http-head.js';
import type { RawSocket } from './raw-socket.js';

const endOfHead = Buffer.from('\r\n\r\n');

/** Takes a whole head from the socket; undefined when TCP ends first. What follows stays in `socket.received`. */
export async function readHttpHead(socket: RawSocket): Promise<HttpHead | undefined> {
  const { received } = socket;
  for (;;) {
    const at = received.peek(received.length).indexOf(endOfHead);
    if (at >= 0) return parseHttpHead(received.take(at + endOfHead.length));
    if (received.length > 1_000_000) throw new CaseFailure('a head of more than 1 MB came');
    if (socket.ended) return undefined;
    await socket.more('HTTP head');
  }
}

/** The status in the first line of a response; NaN when there is none. */
export function statusOf(head: HttpHead): number {
  return Number(/^HTTP\/\d\.\d (\d{3})(?: |$)/.exec(head.line)?.[1]);
}
