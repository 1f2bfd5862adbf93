import { parseAuthority } from './authority.js';
import { quoted } from './quoted.js';
import { refusal, type Refusal } from './refusal.js';
import { fieldValue, type RequestHead } from './request-head.js';
import { canonicalOrigin, isSameOrigin, parseWebOrigin } from './web-origin.js';

/**
 * Which pages may open a WebSocket. A request without an `Origin` header comes from no page and is let in by all of them:
 * whoever wants to keep programs out authenticates them.
 *
 * - `'same'`: pages whose host and port are those that the request was sent to; the scheme is ignored, since TLS may end
 *   at a proxy, and `null` never matches.
 * - `'any'`: every page.
 * - a list of origins such as `'https://example.com'`; case and a default port do not matter. `'null'` is matched only
 *   if it is listed, and lets in every sandboxed page there is.
 * - a function that is asked with the header as received, when that is one well-formed origin (or `null`), and the request.
 */
export type Origins<Request = RequestHead> =
  'same' | 'any' | readonly string[] | ((origin: string, request: Request) => boolean);

/** The `Origin` header: the page that a browser asks for. Empty when there is none: other clients send none. RFC 6455, section 10.2. */
export function origin(request: Pick<RequestHead, 'headers'>): string {
  return fieldValue(request.headers, 'origin') ?? '';
}

/** The path and query that the request asks for, as received; the resource name of RFC 6455, section 3. */
export function target(request: Pick<RequestHead, 'url'>): string {
  return request.url ?? '';
}

/**
 * Refuses with 403 a page that `origins` does not let in.
 * @param trustProxy compare with the last value of `X-Forwarded-Host`, where there is one, in place of `Host`: the last
 *   was written by the proxy next to us, the only one we know of.
 * @throws {TypeError} when a function returns something else than a boolean: a promise would let everyone in.
 */
export function checkOrigin<Request extends RequestHead>(
  request: Request,
  origins: Origins<Request>,
  trustProxy: boolean,
): Refusal | undefined {
  if (origins === 'any' || request.headers['origin'] === undefined) return undefined;
  if (isAllowed(request, origins, trustProxy)) return undefined;
  return refusal(403, explain(request, origins, trustProxy));
}

/**
 * Checks the option `origins`.
 * @throws {TypeError} when it is none of the kinds above, or an item of the list is no origin.
 */
export function validateOrigins(value: unknown): void {
  if (value === 'same' || value === 'any' || typeof value === 'function') return;
  if (!Array.isArray(value)) {
    throw new TypeError("origins: expected 'same', 'any', an array of origins or a function");
  }
  if (!value.every((item) => typeof item === 'string' && canonicalOrigin(item) !== undefined)) {
    throw new TypeError("origins: expected every item to be like 'https://example.com', no path");
  }
}

function isAllowed<Request extends RequestHead>(
  request: Request,
  origins: Exclude<Origins<Request>, 'any'>,
  trustProxy: boolean,
): boolean {
  const value = origin(request);
  if (origins === 'same') return isFromHere(value, serverName(request, trustProxy).value);
  const canonical = canonicalOrigin(value);
  if (canonical === undefined) return false;
  if (typeof origins === 'function') return ask(origins, value, request);
  return origins.some((item) => canonicalOrigin(item) === canonical);
}

function ask<Request>(
  isWelcome: (origin: string, request: Request) => unknown,
  value: string,
  request: Request,
): boolean {
  const answer = isWelcome(value, request);
  if (typeof answer === 'boolean') return answer;
  // A rejection that nobody awaits would end the process, and the peer could bring it about.
  Promise.resolve(answer).catch(() => {});
  throw new TypeError(`origins: expected the function to return a boolean, got ${typeof answer}`);
}

function isFromHere(value: string, serverValue: string): boolean {
  const page = parseWebOrigin(value);
  const server = parseAuthority(serverValue);
  return page !== undefined && server !== undefined && isSameOrigin(page, server);
}

/** The header that says under which name the client reached us. */
function serverName(
  { headers }: RequestHead,
  trustProxy: boolean,
): { readonly header: string; readonly value: string } {
  const forwarded = fieldValue(headers, 'x-forwarded-host');
  if (!trustProxy || forwarded === undefined) {
    return { header: 'Host', value: fieldValue(headers, 'host') ?? '' };
  }
  return {
    header: 'X-Forwarded-Host',
    value: forwarded.slice(forwarded.lastIndexOf(',') + 1).trim(),
  };
}

function explain(request: RequestHead, origins: unknown, trustProxy: boolean): string {
  const { header, value } = serverName(request, trustProxy);
  const page = quoted(origin(request));
  const found = `the page's Origin ${page} may not connect to ${header} ${quoted(value)}`;
  const remedy = `the server's option "origins" decides which pages may`;
  return `${found}; ${remedy}${hintAtProxy(request, origins, trustProxy)}\n`;
}

function hintAtProxy({ headers }: RequestHead, origins: unknown, trustProxy: boolean): string {
  const forwarded = fieldValue(headers, 'x-forwarded-host');
  if (origins !== 'same' || trustProxy || forwarded === undefined) return '';
  return `; with "trustProxy" X-Forwarded-Host ${quoted(forwarded)} would stand for Host`;
}
