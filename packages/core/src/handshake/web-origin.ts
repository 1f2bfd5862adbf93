import { parseAuthority, type Authority } from './authority.js';

/** The origin of a page, taken apart. RFC 6454, section 6.2. */
export interface WebOrigin extends Authority {
  /** In lower case, without the colon. */
  readonly scheme: string;
}

/** Origins without a host, which stand for themselves: those of sandboxed pages, and of pages from files in some shells. */
const WITHOUT_HOST: ReadonlySet<string> = new Set(['null', 'file://']);

const SCHEME = /^[a-z][a-z0-9+.-]*$/;

/** A page cannot be of the same origin as an HTTP server under any other scheme. */
const defaultPorts = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
]);

/** Reads one serialized origin that has a host; undefined for anything else, as for two of them. */
export function parseWebOrigin(value: string): WebOrigin | undefined {
  const end = value.indexOf('://');
  if (end === -1) return undefined;
  const scheme = value.slice(0, end).toLowerCase();
  const authority = parseAuthority(value.slice(end + '://'.length));
  return SCHEME.test(scheme) && authority ? { scheme, ...authority } : undefined;
}

/** The one spelling of a serialized origin: lower case, no default port. Undefined for what is none. */
export function canonicalOrigin(value: string): string | undefined {
  if (WITHOUT_HOST.has(value)) return value;
  const origin = parseWebOrigin(value);
  if (origin === undefined) return undefined;
  const { scheme, host, port } = origin;
  const isDefault = port === undefined || port === defaultPorts.get(scheme);
  return isDefault ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
}

/** Whether a page of `origin` was loaded from `server`: same host, same port, whatever the scheme (TLS may end at a proxy). */
export function isSameOrigin(origin: WebOrigin, server: Authority): boolean {
  const defaultPort = defaultPorts.get(origin.scheme);
  if (defaultPort === undefined || origin.host !== server.host) return false;
  return (origin.port ?? defaultPort) === (server.port ?? defaultPort);
}
