import { computeAcceptKey } from './accept-key.js';
import { formatExtensions, requireToken, type ExtensionOffer } from './header-grammar.js';
import {
  checkHeaders,
  copyHeaders,
  renderHeaders,
  type HeaderRecord,
  type OutgoingHeaders,
} from './outgoing-headers.js';

/** What the answer says by itself; a 101 has no body either (RFC 9110, sections 8.6 and 15.2). */
const OWNED: ReadonlySet<string> = new Set([
  'upgrade',
  'connection',
  'sec-websocket-accept',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
  'content-length',
  'transfer-encoding',
]);

/**
 * Checks headers that a caller wants on the 101.
 * @throws {TypeError} naming the one that belongs to the handshake or cannot be sent.
 */
export function checkAcceptHeaders(headers: OutgoingHeaders): void {
  checkHeaders(headers, OWNED);
}

/**
 * The headers of the 101 that answers a handshake with `key`. RFC 6455, section 4.2.2.
 * @param subprotocol empty for none.
 * @param extensions as agreed, empty for none.
 * @throws {TypeError} when `headers` has one that belongs to the handshake or cannot be sent,
 *   or when `subprotocol` or a part of `extensions` is not a token.
 */
export function acceptHeaders(
  key: string,
  subprotocol: string,
  extensions: readonly ExtensionOffer[],
  headers: OutgoingHeaders = {},
): HeaderRecord {
  checkAcceptHeaders(headers);
  return {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': computeAcceptKey(key),
    ...(subprotocol && { 'Sec-WebSocket-Protocol': requireToken(subprotocol, 'subprotocol') }),
    ...(extensions.length > 0 && { 'Sec-WebSocket-Extensions': formatExtensions(extensions) }),
    ...copyHeaders(headers),
  };
}

/**
 * The whole head of that 101, one character for each byte: write it as `latin1`. Takes and throws what `acceptHeaders` does.
 * Plain concatenation, since each handshake passes here: a third cheaper than by way of `acceptHeaders`.
 */
export function renderSwitchingProtocols(
  key: string,
  subprotocol: string,
  extensions: readonly ExtensionOffer[],
  headers?: OutgoingHeaders,
): string {
  let head =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${computeAcceptKey(key)}\r\n`;
  if (subprotocol !== '')
    head += `Sec-WebSocket-Protocol: ${requireToken(subprotocol, 'subprotocol')}\r\n`;
  if (extensions.length > 0)
    head += `Sec-WebSocket-Extensions: ${formatExtensions(extensions)}\r\n`;
  if (headers === undefined) return `${head}\r\n`;
  checkAcceptHeaders(headers);
  return `${head}${renderHeaders(headers)}\r\n`;
}
