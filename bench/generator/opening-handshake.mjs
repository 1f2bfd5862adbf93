import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

const KEY = Buffer.from('load generator 1').toString('base64');
const ACCEPT = createHash('sha1')
  .update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest('base64');
const MAX_LENGTH = 16_384;

/**
 * The client's opening handshake: no extension, no subprotocol, no Origin.
 *
 * @param {number} port
 */
export function openingHandshake(port) {
  return [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
    '\r\n',
  ].join('\r\n');
}

/**
 * Looks at the response so far.
 *
 * @param {string} response
 * @returns {boolean} false until all of it has arrived
 * @throws {Error} when the server did not switch protocols, or added an extension or bytes nobody asked for
 */
export function isSwitched(response) {
  const end = response.indexOf('\r\n\r\n');
  if (end === -1) {
    if (response.length > MAX_LENGTH) throw new Error('the opening handshake has no end');
    return false;
  }
  const [statusLine = '', ...headers] = response.slice(0, end).split('\r\n');
  if (!statusLine.startsWith('HTTP/1.1 101 ')) throw new Error(`expected 101, got ${statusLine}`);
  if (headerOf(headers, 'sec-websocket-accept') !== ACCEPT) throw new Error('wrong accept key');
  if (headerOf(headers, 'sec-websocket-extensions')) throw new Error('unrequested extension');
  if (end + 4 !== response.length) throw new Error('bytes behind the opening handshake');
  return true;
}

/**
 * @param {string[]} headers
 * @param {string} name in lower case
 */
function headerOf(headers, name) {
  const line = headers.find((header) => header.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}
