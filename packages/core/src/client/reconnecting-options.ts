import type { Clock } from '../connection/clock.js';
import { wholeNumber } from '../connection/options.js';
import type { ErrorListener } from '../connection/web-socket-options.js';
import type { WebSocket } from '../connection/web-socket.js';
import type { OutgoingHeaders } from '../handshake/outgoing-headers.js';
import { requireKind, resolveOpenOptions, type OpenOptions } from './open-options.js';
import { isWorthRetrying } from './retry-policy.js';
import { parseTarget } from './target.js';

/** Where to connect to; a function is asked before every attempt, and one that fails is another reason to try again. */
export type UrlSource = string | URL | (() => string | URL | PromiseLike<string | URL>);

/** What a `Reconnecting` is doing. */
export type LinkState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly ws: WebSocket }
  /** `delay` is in milliseconds; `error` tells why there is no connection. */
  | { readonly state: 'waiting'; readonly delay: number; readonly error: unknown }
  | { readonly state: 'closed' };

/** How a client comes back. Everything that `open` takes goes for each of its connections. */
export interface ReconnectingOptions extends Omit<OpenOptions, 'headers'> {
  /** Further headers of each request; a function, which may be asynchronous, can bring a fresh token. */
  readonly headers?: OutgoingHeaders | (() => OutgoingHeaders | PromiseLike<OutgoingHeaders>);
  /**
   * The first wait is from 0 to this many milliseconds, by chance; the bound doubles with each failure.
   * @default 1000
   */
  readonly minDelay?: number;
  /**
   * The longest wait, in milliseconds.
   * @default 60_000
   */
  readonly maxDelay?: number;
  /**
   * A connection that has lasted this many milliseconds makes the next wait short again.
   * @default 10_000
   */
  readonly stableAfter?: number;
  /**
   * Whether to come back after `error`: a `ConnectionClosedError` with its `closeCode`, a `HandshakeError` with its
   * `status`, or what `url` or `headers` failed with as the `cause` of one. If not, the iteration ends with it.
   * @default isWorthRetrying
   */
  readonly shouldReconnect?: (error: unknown) => boolean;
  /**
   * What becomes of a message given to `write` while there is no connection: it waits for the next one (`'queue'`), is
   * forgotten (`'drop'`), or `write` rejects with a `StateError` (`'reject'`).
   * @default 'reject'
   */
  readonly whileAway?: 'reject' | 'drop' | 'queue';
  /**
   * Most bytes that wait for a connection; a `write` above rejects.
   * @default 1_048_576
   */
  readonly maxQueue?: number;
  /**
   * Runs on each new connection before what has waited goes out: the place to log in or to subscribe. If it throws, the
   * connection closes with 1011 and `shouldReconnect` is asked.
   */
  readonly greet?: (ws: WebSocket) => unknown;
  /** Hears of every change of state. */
  readonly onState?: (state: LinkState) => void;
}

/** What `defaults` shows of this room. */
export const reconnectingDefaults = Object.freeze({
  minDelay: 1000,
  maxDelay: 60_000,
  stableAfter: 10_000,
  whileAway: 'reject',
  maxQueue: 1_048_576,
} as const);

/** Options past the door: checked, and nothing optional. */
export interface ReconnectingSettings {
  /** For each connection; its signal and headers are put in anew. */
  readonly open: OpenOptions;
  readonly clock: Clock;
  readonly timeout: number;
  readonly url: () => string | URL | PromiseLike<string | URL>;
  readonly headers: () => OutgoingHeaders | PromiseLike<OutgoingHeaders>;
  readonly minDelay: number;
  readonly maxDelay: number;
  readonly stableAfter: number;
  readonly shouldReconnect: (error: unknown) => boolean;
  readonly whileAway: 'reject' | 'drop' | 'queue';
  readonly maxQueue: number;
  readonly greet: ((ws: WebSocket) => unknown) | undefined;
  readonly onState: ((state: LinkState) => void) | undefined;
  readonly onError: ErrorListener;
}

/**
 * @throws {RangeError} when a number is out of its range; it names the option.
 * @throws {TypeError} when a value is of another kind than expected.
 */
export function resolveReconnectingOptions(
  source: UrlSource,
  options: ReconnectingOptions = {},
): ReconnectingSettings {
  const { headers = {}, shouldReconnect = isWorthRetrying, greet, onState, ...rest } = options;
  const given: OpenOptions = typeof headers === 'function' ? rest : { ...rest, headers };
  const { connection, timeout, onError } = resolveOpenOptions(given);
  if (typeof source !== 'function') parseTarget(source);
  requireKind('shouldReconnect', shouldReconnect, 'function');
  requireKind('greet', greet, 'function');
  requireKind('onState', onState, 'function');
  return {
    open: given,
    clock: connection.clock,
    timeout,
    url: typeof source === 'function' ? source : () => source,
    headers: typeof headers === 'function' ? headers : () => headers,
    minDelay: duration(options, 'minDelay'),
    maxDelay: duration(options, 'maxDelay'),
    stableAfter: duration(options, 'stableAfter'),
    shouldReconnect,
    whileAway: whileAwayOf(options),
    maxQueue: wholeNumber('maxQueue', options.maxQueue ?? reconnectingDefaults.maxQueue, 0),
    greet,
    onState,
    onError,
  };
}

function duration(
  options: ReconnectingOptions,
  name: 'minDelay' | 'maxDelay' | 'stableAfter',
): number {
  return wholeNumber(name, options[name] ?? reconnectingDefaults[name], 0, 2 ** 31 - 1);
}

function whileAwayOf({ whileAway = 'reject' }: ReconnectingOptions): 'reject' | 'drop' | 'queue' {
  if (['reject', 'drop', 'queue'].includes(whileAway)) return whileAway;
  throw new RangeError(`whileAway is ${whileAway as string}, expected 'reject', 'drop' or 'queue'`);
}
