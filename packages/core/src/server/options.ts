import { safeListener } from '../connection/diagnostics.js';
import {
  resolveConnectionOptions,
  wholeNumber,
  type ConnectionOptions,
  type ConnectionSettings,
} from '../connection/options.js';
import { printError } from '../connection/print-error.js';
import type { ErrorListener } from '../connection/web-socket-options.js';
import { validateOrigins, type Origins } from '../handshake/origin.js';
import { validateSubprotocols } from '../handshake/subprotocol.js';
import type { CapacityLimits } from './capacity.js';
import type { HandshakeRequest } from './handshake-request.js';

/** Options of whoever lets clients in: `serve`, `attach`, `upgrade` and `WebSocketHandler`. */
export interface HandlerOptions extends ConnectionOptions {
  /**
   * The subprotocols spoken here, the best first: the first that the client offers is chosen. A client that offers
   * none is let in; one that offers only others is refused with 400.
   * @default [] (nothing is chosen, and nothing refused)
   */
  readonly subprotocols?: readonly string[];
  /**
   * Which pages may open a WebSocket. Requests without an `Origin` header are not a browser's, and pass.
   * @default 'same'
   */
  readonly origins?: Origins<HandshakeRequest>;
  /**
   * Whether `X-Forwarded-Host` and `X-Forwarded-For` are believed: only behind a proxy that sets them.
   * @default false
   */
  readonly trustProxy?: boolean;
  /**
   * The longest time from the upgrade request to the answer, the gatekeeper included, in milliseconds; then 503. 0 for
   * none.
   * @default 10_000
   */
  readonly handshakeTimeout?: number;
  /**
   * Most connections at a time, handshakes under way included; a further client gets 503. Of a server, not of a handler:
   * the options of `serve` and `attach` count.
   * @default Infinity
   */
  readonly maxConnections?: number;
  /**
   * Most connections at a time from one `clientAddress`; a further one gets 429. Of a server, not of a handler.
   * @default Infinity
   */
  readonly maxConnectionsPerAddress?: number;
  /**
   * Most opening handshakes under way at a time; a further client gets 503. Of a server, not of a handler.
   * @default 4096
   */
  readonly maxPendingHandshakes?: number;
  /**
   * Hears of what went wrong in user code, or between us and a framework.
   * @default prints the stack to stderr
   */
  readonly onError?: ErrorListener;
}

/** What `defaults` shows of this room. */
export const handlerDefaults = Object.freeze({
  subprotocols: Object.freeze([] as string[]),
  origins: 'same',
  trustProxy: false,
  handshakeTimeout: 10_000,
  maxConnections: Infinity,
  maxConnectionsPerAddress: Infinity,
  maxPendingHandshakes: 4096,
} as const);

/** Early bytes of a client that are held while its gatekeeper thinks. */
export const MAX_EARLY_BYTES = 65_536;

/** Options past the door: checked, and nothing optional. */
export interface HandlerSettings {
  readonly subprotocols: readonly string[];
  readonly origins: Origins<HandshakeRequest>;
  readonly trustProxy: boolean;
  readonly handshakeTimeout: number;
  readonly capacity: CapacityLimits;
  readonly onError: ErrorListener;
  readonly connection: ConnectionSettings;
}

/**
 * @throws {RangeError} when a number is out of its range; it names the option.
 * @throws {TypeError} when a value is of another kind than expected.
 */
export function resolveHandlerOptions(options: HandlerOptions = {}): HandlerSettings {
  const { subprotocols = [], origins = 'same', trustProxy = false, onError = printError } = options;
  validateSubprotocols(subprotocols);
  validateOrigins(origins);
  if (typeof trustProxy !== 'boolean') {
    throw new TypeError(`trustProxy is ${typeof trustProxy}, expected a boolean`);
  }
  if (typeof onError !== 'function') {
    throw new TypeError(`onError is ${typeof onError}, expected a function`);
  }
  return {
    subprotocols: [...subprotocols],
    origins,
    trustProxy,
    handshakeTimeout: wholeNumber(
      'handshakeTimeout',
      options.handshakeTimeout ?? handlerDefaults.handshakeTimeout,
      0,
      2 ** 31 - 1,
    ),
    capacity: {
      maxConnections: count(options, 'maxConnections'),
      maxConnectionsPerAddress: count(options, 'maxConnectionsPerAddress'),
      maxPendingHandshakes: count(options, 'maxPendingHandshakes'),
    },
    onError: safeListener(onError),
    connection: resolveConnectionOptions(options),
  };
}

/** A number of clients; `Infinity` is no limit. */
function count(options: HandlerOptions, name: keyof CapacityLimits): number {
  const value = options[name] ?? handlerDefaults[name];
  return value === Infinity ? value : wholeNumber(name, value, 1);
}
