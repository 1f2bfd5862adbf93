import type { ErrorCode } from '../protocol/errors.js';
import { computeAcceptKey } from './accept-key.js';
import { HandshakeError } from './errors.js';
import {
  formatExtensions,
  hasToken,
  parseExtensions,
  type ExtensionOffer,
} from './header-grammar.js';
import {
  checkHeaders,
  copyHeaders,
  type HeaderRecord,
  type OutgoingHeaders,
} from './outgoing-headers.js';
import { quoted } from './quoted.js';
import { fieldElements, fieldValue, type HeaderSection } from './request-head.js';
import { validateSubprotocols } from './subprotocol.js';

/** What a client asks for in its opening handshake. */
export interface ClientHandshake {
  /** From `createHandshakeKey`. */
  readonly key: string;
  /** For the header `Host`; left to the HTTP client when undefined. */
  readonly host?: string | undefined;
  /** In the order of preference. */
  readonly subprotocols?: readonly string[] | undefined;
  readonly extensions?: readonly ExtensionOffer[] | undefined;
  /** For the header `Origin`; a client that is no browser needs none. */
  readonly origin?: string | undefined;
  /** Beside those of the handshake; `Host` and `Origin` in here win over the two above. */
  readonly headers?: OutgoingHeaders | undefined;
}

/** The part of an HTTP response that a client judges; `http.IncomingMessage` is one. */
export interface ResponseHead extends HeaderSection {
  readonly statusCode?: number | undefined;
  readonly httpVersion?: string | undefined;
}

/** What the answer to a client's opening handshake is held against. */
export interface ExpectedResponse {
  readonly key: string;
  readonly subprotocols: readonly string[];
  readonly extensionsOffered: readonly ExtensionOffer[];
}

/** What server and client have agreed on. */
export interface ServerChoice {
  /** Empty for none. */
  readonly subprotocol: string;
  /** As the server sent them: each was offered, none comes twice, their parameters are not judged yet. */
  readonly extensions: ExtensionOffer[];
}

const OWNED: ReadonlySet<string> = new Set([
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
  'sec-websocket-accept',
  'content-length',
  'transfer-encoding',
]);

/**
 * The headers of a client's opening handshake. RFC 6455, section 4.1.
 * @throws {TypeError} when a header belongs to the handshake or cannot be sent, or when a subprotocol or an extension is
 *   not what the grammar allows.
 */
export function createClientHeaders(handshake: ClientHandshake): HeaderRecord {
  const { key, host, origin, subprotocols = [], extensions = [], headers = {} } = handshake;
  checkHeaders(headers, OWNED);
  checkHeaders({ Host: host, Origin: origin }, OWNED);
  validateSubprotocols(subprotocols);
  const own = copyHeaders(headers);
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  return {
    ...copyHeaders({
      Host: names.has('host') ? undefined : host,
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': subprotocols.join(', ') || undefined,
      'Sec-WebSocket-Extensions': formatExtensions(extensions) || undefined,
      Origin: names.has('origin') ? undefined : origin,
    }),
    ...own,
  };
}

/**
 * Judges the answer to a client's opening handshake. RFC 6455, section 4.1.
 * @throws {HandshakeError} when it is not a 101 that agrees with what was `expected`.
 */
export function checkServerResponse(
  response: ResponseHead,
  expected: ExpectedResponse,
): ServerChoice {
  if (response.statusCode !== 101) throw statusError(response);
  checkHttpVersion(response);
  checkUpgrade(response);
  checkAcceptKey(response, expected.key);
  return {
    subprotocol: chosenSubprotocol(response, expected.subprotocols),
    extensions: chosenExtensions(response, expected.extensionsOffered),
  };
}

/** The error for an answer other than 101; `body` is what came of its body, as text. */
export function statusError(response: ResponseHead, body = ''): HandshakeError {
  const { statusCode: status, headers } = response;
  const message = `expected status 101, got ${status ?? 'none'}`;
  return new HandshakeError('POSTERN_ERR_HANDSHAKE_STATUS', message, { status, headers, body });
}

function checkHttpVersion(response: ResponseHead): void {
  const { httpVersion = '' } = response;
  if (httpVersion === '1.1') return;
  const message = `expected HTTP/1.1, got ${quoted(httpVersion)}`;
  throw failure(response, 'POSTERN_ERR_HANDSHAKE_HTTP_VERSION', message);
}

function checkUpgrade(response: ResponseHead): void {
  const { headers } = response;
  // Exactly one: a list would name a second protocol to switch to.
  if (fieldValue(headers, 'upgrade')?.toLowerCase() !== 'websocket') {
    const message = 'expected the header Upgrade to be "websocket" and nothing else';
    throw failure(response, 'POSTERN_ERR_HANDSHAKE_UPGRADE', message);
  }
  if (!hasToken(headers['connection'], 'upgrade')) {
    const message = 'expected the header Connection to have "Upgrade"';
    throw failure(response, 'POSTERN_ERR_HANDSHAKE_CONNECTION', message);
  }
}

function checkAcceptKey(response: ResponseHead, key: string): void {
  if (fieldValue(response.headers, 'sec-websocket-accept') === computeAcceptKey(key)) return;
  const message = 'expected exactly one Sec-WebSocket-Accept, made of the key that was sent';
  throw failure(response, 'POSTERN_ERR_HANDSHAKE_ACCEPT', message);
}

function chosenSubprotocol(response: ResponseHead, requested: readonly string[]): string {
  const subprotocol = fieldValue(response.headers, 'sec-websocket-protocol');
  if (subprotocol === undefined) return '';
  if (requested.includes(subprotocol)) return subprotocol;
  const message = `expected one of the requested subprotocols, got ${quoted(subprotocol)}`;
  throw failure(response, 'POSTERN_ERR_HANDSHAKE_SUBPROTOCOL', message);
}

function chosenExtensions(
  response: ResponseHead,
  offered: readonly ExtensionOffer[],
): ExtensionOffer[] {
  const extensions = fieldElements(response.headers, 'sec-websocket-extensions', parseExtensions);
  const names = new Set(extensions?.map(({ name }) => name));
  const wasOffered = [...names].every((name) => offered.some((offer) => offer.name === name));
  if (extensions?.length === names.size && wasOffered) return extensions;
  const message = 'expected a list of extensions that were offered, each at most once';
  throw failure(response, 'POSTERN_ERR_HANDSHAKE_EXTENSIONS', message);
}

function failure(response: ResponseHead, code: ErrorCode, message: string): HandshakeError {
  const { statusCode: status, headers } = response;
  return new HandshakeError(code, message, { status, headers });
}
