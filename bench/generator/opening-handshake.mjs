import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

const KEY = Buffer.from('load generator 1').toString('base64');
const MAX_LENGTH = 16_384;

/**
 * What the server said beyond yes.
 *
 * @typedef {object} Agreed
 * @property {boolean} [takeover] our compressed messages may refer to those before them
 */

/**
 * The client's opening handshake: no subprotocol, no Origin, and no extension but the one asked for.
 *
 * @param {number} port
 * @param {{ compressed?: boolean }} [offer]
 */
export function openingHandshake(port, { compressed = false } = {}) {
  return [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
    ...(compressed ? ['Sec-WebSocket-Extensions: permessage-deflate'] : []),
    '\r\n',
  ].join('\r\n');
}

/**
 * The server's opening handshake, without extensions.
 *
 * @param {string} request
 */
export function switching(request) {
  const key = headerOf(request.split('\r\n'), 'sec-websocket-key');
  if (!key) throw new Error('the request has no Sec-WebSocket-Key');
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Accept: ${acceptOf(key)}`,
    '\r\n',
  ].join('\r\n');
}

/**
 * Looks at the response so far.
 *
 * @param {string} response
 * @param {{ compressed?: boolean }} [offer]
 * @returns {Agreed | undefined} undefined until all of it has arrived
 * @throws {Error} when the server did not switch protocols, declined what was offered, or added an extension or bytes
 *   nobody asked for
 */
export function readSwitch(response, { compressed = false } = {}) {
  const end = response.indexOf('\r\n\r\n');
  if (end === -1) {
    if (response.length > MAX_LENGTH) throw new Error('the opening handshake has no end');
    return undefined;
  }
  const [statusLine = '', ...headers] = response.slice(0, end).split('\r\n');
  if (!statusLine.startsWith('HTTP/1.1 101 ')) throw new Error(`expected 101, got ${statusLine}`);
  if (headerOf(headers, 'sec-websocket-accept') !== acceptOf(KEY)) {
    throw new Error('wrong accept key');
  }
  if (end + 4 !== response.length) throw new Error('bytes behind the opening handshake');
  return agreedOf(headerOf(headers, 'sec-websocket-extensions') ?? '', compressed);
}

/**
 * @param {string} extensions
 * @param {boolean} compressed
 * @returns {Agreed}
 */
function agreedOf(extensions, compressed) {
  const deflates = extensions.startsWith('permessage-deflate');
  if (compressed && !deflates) throw new Error('compression was declined');
  if (extensions && !(compressed && deflates)) throw new Error('unrequested extension');
  return { takeover: !extensions.includes('client_no_context_takeover') };
}

/** @param {string} key */
function acceptOf(key) {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/**
 * @param {string[]} headers
 * @param {string} name in lower case
 */
function headerOf(headers, name) {
  const line = headers.find((header) => header.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}
