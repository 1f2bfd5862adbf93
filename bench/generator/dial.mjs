import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { openingHandshake, readSwitch } from './opening-handshake.mjs';

/** @import { Socket } from 'node:net' */
/** @import { Agreed } from './opening-handshake.mjs' */

/**
 * A connection past its opening handshake.
 *
 * @typedef {object} Link
 * @property {Socket} socket
 * @property {Agreed} agreed
 * @property {(bytes: Buffer, length: number) => void} onBytes called with every chunk; the bytes are valid during the call
 */

/**
 * @typedef {object} Target
 * @property {number} port on 127.0.0.1
 * @property {boolean} [raw] without WebSockets
 * @property {boolean} [secure] over TLS
 * @property {boolean} [compressed] offers permessage-deflate, and is refused without it
 */

/**
 * Opens a connection. Whatever goes wrong afterwards is thrown from the socket's events: a load that failed in part is
 * no measurement, its process should end.
 *
 * @param {Target} target
 * @param {number} readSize bytes that are read at once
 * @returns {Promise<Link>}
 */
export function dial(target, readSize) {
  return new Promise((resolve) => {
    /** @type {Link} */
    const link = { socket: connectTo(target, readSize, onBytes), agreed: {}, onBytes: () => {} };
    link.socket.on('end', () => {
      throw new Error('the server ended a connection');
    });
    if (target.raw) link.socket.on(connectEvent(target), () => resolve(link));
    else shakeHands(link, target, () => resolve(link));

    /** @type {Link['onBytes']} */
    function onBytes(bytes, length) {
      link.onBytes(bytes, length);
    }
  });
}

/**
 * @param {Target} target
 * @param {number} readSize
 * @param {Link['onBytes']} onBytes
 * @returns {Socket}
 */
function connectTo({ port, secure }, readSize, onBytes) {
  // One read buffer per connection, filled again and again: no stream, no allocation for a chunk.
  const buffer = Buffer.allocUnsafeSlow(readSize);
  const callback = (/** @type {number} */ length) => {
    onBytes(buffer, length);
    return true;
  };
  const options = { host: '127.0.0.1', port, noDelay: true, onread: { buffer, callback } };
  if (!secure) return connect(options);
  return connectTls({ ...options, rejectUnauthorized: false });
}

/** @param {Target} target */
function connectEvent({ secure }) {
  return secure ? 'secureConnect' : 'connect';
}

/**
 * @param {Link} link
 * @param {Target} target
 * @param {() => void} onOpen
 */
function shakeHands(link, target, onOpen) {
  const { port, compressed = false } = target;
  let response = '';
  link.onBytes = (bytes, length) => {
    response += bytes.toString('latin1', 0, length);
    const agreed = readSwitch(response, { compressed });
    if (!agreed) return;
    link.agreed = agreed;
    link.onBytes = () => {
      throw new Error('bytes that nobody asked for');
    };
    onOpen();
  };
  link.socket.on(connectEvent(target), () =>
    link.socket.write(openingHandshake(port, { compressed })),
  );
}
