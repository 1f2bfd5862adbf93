import type { Agent, RequestOptions } from 'node:http';
import type { ConnectionOptions as TlsConnectOptions } from 'node:tls';

import { safeListener } from '../connection/diagnostics.js';
import {
  resolveConnectionOptions,
  wholeNumber,
  type ConnectionOptions,
  type ConnectionSettings,
} from '../connection/options.js';
import { printError } from '../connection/print-error.js';
import type { ErrorListener } from '../connection/web-socket-options.js';
import type { OutgoingHeaders } from '../handshake/outgoing-headers.js';
import { validateSubprotocols } from '../handshake/subprotocol.js';
import { checkProxyOption, type ProxyOption } from './proxy-choice.js';

/** What TLS is spoken with; where to connect to is the URL's. */
export type TlsOptions = Omit<
  TlsConnectOptions,
  'host' | 'port' | 'path' | 'socket' | 'timeout' | 'lookup' | 'pskCallback' | 'allowHalfOpen'
>;

/** How a WebSocket is opened. */
export interface OpenOptions extends ConnectionOptions {
  /**
   * The subprotocols offered, the best first; the server may choose one of them. RFC 6455, section 1.9.
   * @default []
   */
  readonly subprotocols?: readonly string[];
  /** Further headers of the request, such as `Authorization` and `Cookie`. */
  readonly headers?: OutgoingHeaders;
  /** The header `Origin`. Browsers send it; others need not. RFC 6455, section 10.2. */
  readonly origin?: string;
  /**
   * The longest time from the call to the server's 101, in milliseconds: name lookup, TCP, TLS, proxies and redirects
   * included. 0 for none.
   * @default 10_000
   */
  readonly timeout?: number;
  /**
   * Gives up. Until the connection is open, `open` rejects with the signal's reason; afterwards the connection closes
   * with 1001.
   */
  readonly signal?: AbortSignal;
  /** For `wss:` and `https:`: `ca`, `cert` and `key`, `servername`, … as `tls.connect` of Node takes them. */
  readonly tls?: TlsOptions;
  /** Connects to a Unix socket, or a named pipe, instead of the URL's host and port; they still are the `Host`. */
  readonly socketPath?: string;
  /**
   * How many redirects are followed. Credentials (`Authorization`, `Cookie`, client certificates) stay behind when the
   * origin changes, and none leads from `wss:` to `ws:`.
   * @default 0 (a redirect is a refusal)
   */
  readonly maxRedirects?: number;
  /**
   * An `http:` or `https:` proxy, with user and password in the URL where it wants them; or `'environment'`: the
   * variables `http_proxy` (for `ws:`), `https_proxy` (for `wss:`), `all_proxy` and `no_proxy`. Not asked where there
   * is an `agent`, `createConnection` or `socketPath`.
   * @default none
   */
  readonly proxy?: ProxyOption;
  /** For an `https:` proxy: `ca`, `cert` and `key`, … */
  readonly proxyTls?: TlsOptions;
  /** An agent of `node:http` or `node:https` that brings the sockets; `tls` and `socketPath` are passed on to it. */
  readonly agent?: Agent;
  /** Brings the stream, TLS included, as for `http.request` of Node. `agent` is then not asked. */
  readonly createConnection?: NonNullable<RequestOptions['createConnection']>;
  /**
   * Hears of what went wrong in user code: a callback of `listen` that threw.
   * @default prints the stack to stderr
   */
  readonly onError?: ErrorListener;
}

/** What `defaults` shows of this room. */
export const openDefaults = Object.freeze({ timeout: 10_000, maxRedirects: 0 } as const);

/** Options past the door: checked. What is undefined here has no default. */
export interface OpenSettings {
  readonly connection: ConnectionSettings;
  readonly subprotocols: readonly string[];
  readonly headers: OutgoingHeaders;
  readonly origin: string | undefined;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly tls: TlsOptions;
  readonly socketPath: string | undefined;
  readonly maxRedirects: number;
  readonly proxy: ProxyOption | undefined;
  readonly proxyTls: TlsOptions;
  readonly agent: Agent | undefined;
  readonly createConnection: OpenOptions['createConnection'];
  readonly onError: ErrorListener;
}

/** The longest a timer can wait. */
const MAX_DURATION = 2 ** 31 - 1;

/**
 * @throws {RangeError} when a number is out of its range; it names the option.
 * @throws {TypeError} when a value is of another kind than expected.
 */
export function resolveOpenOptions(options: OpenOptions = {}): OpenSettings {
  requireObject('options', options);
  const {
    subprotocols = [],
    headers = {},
    tls = {},
    proxyTls = {},
    onError = printError,
  } = options;
  validateSubprotocols(subprotocols);
  requireObject('tls', tls);
  requireObject('proxyTls', proxyTls);
  requireKind('onError', onError, 'function');
  requireKind('createConnection', options.createConnection, 'function');
  requireKind('socketPath', options.socketPath, 'string');
  requireSignal(options.signal);
  checkProxyOption(options.proxy);
  return {
    connection: resolveConnectionOptions(options),
    subprotocols: [...subprotocols],
    headers,
    origin: options.origin,
    timeout: wholeNumber('timeout', options.timeout ?? openDefaults.timeout, 0, MAX_DURATION),
    signal: options.signal,
    tls,
    socketPath: options.socketPath,
    maxRedirects: wholeNumber('maxRedirects', options.maxRedirects ?? openDefaults.maxRedirects, 0),
    proxy: options.proxy,
    proxyTls,
    agent: options.agent,
    createConnection: options.createConnection,
    onError: safeListener(onError),
  };
}

function requireObject(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value;
  throw new TypeError(`${name} is ${found}, expected an object`);
}

/** @throws {TypeError} naming the option when it is there and of another kind. */
export function requireKind(name: string, value: unknown, kind: 'function' | 'string'): void {
  if (value === undefined || typeof value === kind) return;
  throw new TypeError(`${name} is ${typeof value}, expected a ${kind}`);
}

function requireSignal(value: unknown): void {
  if (value === undefined || typeof (value as AbortSignal | null)?.aborted === 'boolean') return;
  throw new TypeError(`signal is ${typeof value}, expected an AbortSignal`);
}
