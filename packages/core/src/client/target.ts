import { Buffer } from 'node:buffer';

import { quoted } from '../handshake/quoted.js';

/** Where an opening handshake goes. RFC 6455, section 3. */
export interface Target {
  /** Whether TLS is spoken: `wss:` and `https:`. */
  readonly secure: boolean;
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** For the header `Host`: no default port. */
  readonly authority: string;
  /** Path and query, as they go into the request line. */
  readonly path: string;
  /** What user and password of the URL make of the header `Authorization`. RFC 7617. */
  readonly authorization: string | undefined;
  /** The file of a Unix socket. */
  readonly socketPath: string | undefined;
}

const SECURE: Readonly<Record<string, boolean | undefined>> = {
  'ws:': false,
  'http:': false,
  'ws+unix:': false,
  'wss:': true,
  'https:': true,
  'wss+unix:': true,
};

/**
 * Reads the URL that a WebSocket is opened at: `ws:`, `wss:`, `http:` or `https:`, or a Unix socket as
 * `ws+unix:/path/to/socket:/path?query`.
 * @throws {TypeError} when it is none of these, or has a fragment (RFC 6455, section 3). User, password and query are
 *   not repeated in the message.
 */
export function parseTarget(value: string | URL): Target {
  const url = toUrl(value);
  const secure = Object.hasOwn(SECURE, url.protocol) ? SECURE[url.protocol] : undefined;
  if (secure === undefined) {
    throw new TypeError(
      `url: expected the scheme ws, wss, http or https, got ${quoted(url.protocol)}`,
    );
  }
  // An empty fragment shows in `href` alone.
  if (url.href.includes('#')) throw new TypeError('url: expected no fragment, got one');
  return url.protocol.endsWith('+unix:') ? unixTarget(url, secure) : networkTarget(url, secure);
}

/** Whether both have the same scheme, host and port, or are the same Unix socket. */
export function isSameOrigin(one: Target, other: Target): boolean {
  return (
    one.secure === other.secure &&
    one.host === other.host &&
    one.port === other.port &&
    one.socketPath === other.socketPath
  );
}

/** The same target as a URL, for resolving what is relative to it. */
export function targetUrl({ secure, authority, path }: Target): string {
  return `${secure ? 'wss' : 'ws'}://${authority}${path}`;
}

function toUrl(value: unknown): URL {
  if (value instanceof URL) return value;
  if (typeof value !== 'string') {
    throw new TypeError(
      `url: expected a string or a URL, got ${value === null ? 'null' : typeof value}`,
    );
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined) return url;
  throw new TypeError(`url: expected an absolute URL, got ${quoted(withoutSecrets(value))}`);
}

/** What is not a URL has no parts that could be told apart: whatever may be a password or a token is left out. */
function withoutSecrets(text: string): string {
  const end = text.search(/[?#]/);
  const shown = end === -1 ? text : text.slice(0, end);
  return shown.slice(shown.lastIndexOf('@') + 1);
}

function networkTarget(url: URL, secure: boolean): Target {
  const { hostname, host, pathname, search } = url;
  return {
    secure,
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: url.port === '' ? defaultPort(secure) : Number(url.port),
    authority: host,
    path: pathname + search,
    authorization: basicCredentials(url),
    socketPath: undefined,
  };
}

function unixTarget(url: URL, secure: boolean): Target {
  const colon = url.pathname.indexOf(':');
  const file = colon === -1 ? url.pathname : url.pathname.slice(0, colon);
  const path = colon === -1 ? '' : url.pathname.slice(colon + 1);
  if (file === '') throw new TypeError('url: expected the path of a Unix socket, got none');
  return {
    secure,
    host: 'localhost',
    port: defaultPort(secure),
    authority: 'localhost',
    path: (path.startsWith('/') ? path : `/${path}`) + url.search,
    authorization: basicCredentials(url),
    socketPath: unescape(file),
  };
}

function defaultPort(secure: boolean): number {
  return secure ? 443 : 80;
}

/** User and password of a URL as the value of `Authorization`, or of `Proxy-Authorization`. RFC 7617. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${unescape(username)}:${unescape(password)}`;
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

/** A percent sign that escapes nothing stands for itself. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
