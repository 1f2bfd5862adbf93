import { isHandshakeKey } from './accept-key.js';
import { parseAuthority } from './authority.js';
import { hasToken, parseExtensions, type ExtensionOffer } from './header-grammar.js';
import { quoted } from './quoted.js';
import { refusal, type Refusal } from './refusal.js';
import { fieldElements, fieldLines, fieldValue, type RequestHead } from './request-head.js';
import { checkOfferedSubprotocols } from './subprotocol.js';

export { checkRefusal, refusal, renderResponse, type Refusal } from './refusal.js';
export {
  acceptHeaders,
  checkAcceptHeaders,
  renderSwitchingProtocols,
} from './switching-protocols.js';

/** The only version spoken here. RFC 6455, section 4.4. */
const VERSION = '13';

/**
 * Whether the request asks for a WebSocket: a GET with `Upgrade: websocket` and `Connection: Upgrade`, in any case and
 * also among others. Says nothing of the rest of the opening handshake. RFC 6455, section 4.2.1.
 */
export function isUpgrade(request: RequestHead): boolean {
  return request.method === 'GET' && checkUpgrade(request) === undefined;
}

/** The refusal that an opening handshake outside RFC 6455, section 4.2.1, deserves; undefined for a sound one. */
export function checkServerHandshake(request: RequestHead): Refusal | undefined {
  return (
    checkMethod(request) ??
    checkHttpVersion(request) ??
    checkHost(request) ??
    checkUpgrade(request) ??
    checkVersion(request) ??
    checkKey(request) ??
    checkNoBody(request) ??
    checkOfferedSubprotocols(request) ??
    checkOfferedExtensions(request)
  );
}

/** The extensions that the client offers, in its order; empty for none, or for a header outside the grammar. */
export function offeredExtensions(request: Pick<RequestHead, 'headers'>): ExtensionOffer[] {
  return readOffer(request) ?? [];
}

function checkMethod({ method = '' }: RequestHead): Refusal | undefined {
  if (method === 'GET') return undefined;
  const reason = `an opening handshake is a GET request, found ${quoted(method)}\n`;
  return refusal(405, reason, { Allow: 'GET' });
}

/**
 * 400, not 426: `Upgrade` has no meaning in HTTP/1.0 (RFC 9110, section 7.8), so there is nothing to invite to;
 * nor 505, which speaks of the major version (section 15.6.6).
 */
function checkHttpVersion({ httpVersion = '1.1' }: RequestHead): Refusal | undefined {
  if (httpVersion >= '1.1') return undefined;
  return refusal(400, `expected HTTP/1.1 or higher, found ${quoted(httpVersion)}\n`);
}

function checkHost(request: RequestHead): Refusal | undefined {
  const lines = fieldLines(request, 'host');
  if (lines.length !== 1) {
    return refusal(400, `expected exactly one Host header, found ${lines.length}\n`);
  }
  if (parseAuthority(lines[0]!) !== undefined) return undefined;
  return refusal(400, 'expected the Host header to be a host, with or without a port\n');
}

function checkUpgrade({ headers }: RequestHead): Refusal | undefined {
  if (!hasToken(headers['upgrade'], 'websocket')) return upgradeRequired('Upgrade: websocket');
  if (!hasToken(headers['connection'], 'upgrade')) return upgradeRequired('Connection: Upgrade');
  return undefined;
}

function upgradeRequired(missing: string): Refusal {
  const reason = `only WebSocket is spoken here: expected the header ${missing}\n`;
  return refusal(426, reason, { Upgrade: 'websocket' });
}

function checkVersion({ headers }: RequestHead): Refusal | undefined {
  const version = fieldValue(headers, 'sec-websocket-version');
  if (version === VERSION) return undefined;
  const found = version === undefined ? 'none' : quoted(version);
  const reason = `expected Sec-WebSocket-Version: ${VERSION}, found ${found}\n`;
  return refusal(426, reason, { Upgrade: 'websocket', 'Sec-WebSocket-Version': VERSION });
}

function checkKey({ headers }: RequestHead): Refusal | undefined {
  if (isHandshakeKey(fieldValue(headers, 'sec-websocket-key'))) return undefined;
  return refusal(400, 'expected exactly one Sec-WebSocket-Key, 16 bytes in canonical base64\n');
}

/** Bytes after the head are frames: a body before them would be taken for some. */
function checkNoBody(request: RequestHead): Refusal | undefined {
  const lengths = fieldLines(request, 'content-length');
  const announced = request.headers['transfer-encoding'] !== undefined || !lengths.every(isZero);
  return announced ? refusal(400, 'an opening handshake has no body\n') : undefined;
}

function isZero(contentLength: string): boolean {
  return /^0+$/.test(contentLength);
}

function checkOfferedExtensions(request: RequestHead): Refusal | undefined {
  if (readOffer(request) !== undefined) return undefined;
  return refusal(400, 'expected Sec-WebSocket-Extensions to be a list of extensions\n');
}

function readOffer({ headers }: Pick<RequestHead, 'headers'>): ExtensionOffer[] | undefined {
  return fieldElements(headers, 'sec-websocket-extensions', parseExtensions);
}
