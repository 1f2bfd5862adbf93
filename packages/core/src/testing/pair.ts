import type { ConnectionOptions } from '../connection/options.js';
import type { ErrorListener } from '../connection/web-socket-options.js';
import { WebSocket } from '../connection/web-socket.js';
import { resolveCompression } from '../deflate/compression-options.js';
import { negotiateDeflate, offerDeflate } from '../deflate/negotiate.js';
import type { ExtensionOffer } from '../handshake/header-grammar.js';
import { duplexPair } from './duplex-pair.js';

/** Options of both ends. */
export interface PairOptions extends ConnectionOptions {
  /** What the opening handshake would have agreed on; `''` for none. */
  readonly subprotocol?: string;
  /**
   * As of `WebSocket.over`.
   * @default prints the stack to stderr
   */
  readonly onError?: ErrorListener;
}

/** Two ends of one connection, as a list and by name. */
export type Pair = [client: WebSocket, server: WebSocket] & {
  readonly client: WebSocket;
  readonly server: WebSocket;
};

/**
 * A client and a server that are connected in memory: no network, no port, no opening handshake.
 * `const { client, server } = pair()` or `const [client, server] = pair()`.
 * @throws {RangeError} when an option is out of its range; it names the option.
 */
export function pair(options: PairOptions = {}): Pair {
  const [near, far] = duplexPair();
  const agreed = {
    subprotocol: options.subprotocol ?? '',
    extensions: agreedExtensions(options.compression),
  };
  const client = WebSocket.over(near, { ...options, role: 'client', agreed });
  const server = WebSocket.over(far, { ...options, role: 'server', agreed });
  return Object.assign<[WebSocket, WebSocket], { client: WebSocket; server: WebSocket }>(
    [client, server],
    { client, server },
  );
}

/** What two ends with the same wish would agree on. */
function agreedExtensions(compression: ConnectionOptions['compression']): ExtensionOffer[] {
  const settings = resolveCompression(compression);
  if (settings === undefined) return [];
  const answer = negotiateDeflate([offerDeflate(settings)], settings);
  return answer === undefined ? [] : [answer.response];
}
