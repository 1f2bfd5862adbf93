import { nanoseconds } from './clock.mjs';

/** @import { WebSocket } from '@postern/core' */
/** @import { Exchange } from './model/shares.mjs' */

const EMPTY = Buffer.alloc(0);

/**
 * Two messages out, an empty one and `payload`, and for each of them two back: an empty one and the message itself.
 * What came back is compared after the clock has stopped.
 *
 * @param {WebSocket} ws
 * @param {Buffer} payload
 * @returns {Promise<Exchange>}
 * @throws {Error} when the echo is not what was sent
 */
export async function exchange(ws, payload) {
  const empty = await send(ws, EMPTY);
  const full = await send(ws, payload);
  return { empty, full };
}

/**
 * @param {WebSocket} ws
 * @param {Buffer} message
 */
async function send(ws, message) {
  const sent = nanoseconds();
  void ws.write(message);
  const marker = await ws.read();
  const answered = nanoseconds();
  const echo = await ws.read();
  const echoed = nanoseconds();
  if (marker.length !== 0) throw new Error('the echo came before the empty message');
  if (!message.equals(bytesOf(echo))) throw new Error('the echo is not what was sent');
  return { sent, answered, echoed };
}

/** @param {string | Buffer} data */
function bytesOf(data) {
  if (typeof data === 'string') throw new TypeError('expected a binary message');
  return data;
}
