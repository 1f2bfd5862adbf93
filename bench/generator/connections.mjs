import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { openingHandshake, readSwitch } from './opening-handshake.mjs';

/** @import { Socket } from 'node:net' */

const AT_ONCE = 16;

/** A masked close frame with code 1000; the masking key is 0. */
const CLOSE = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);

/** @type {Socket[]} */
const held = [];

/**
 * Opens connections, each with its opening handshake, and ends each with a closing handshake.
 *
 * @param {{ port: number, count: number }} command
 */
export async function openAndClose({ port, count }) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await repeat(count, () => open(port).then(close));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { messages: count, seconds, load: (user + system) / 1e6 / seconds, replyBytes: 0 };
}

/**
 * Opens connections and keeps them.
 *
 * @param {{ port: number, count: number }} command
 */
export async function hold({ port, count }) {
  await repeat(count, async () => held.push(await open(port)));
  return { held: held.length };
}

/**
 * @param {number} port
 * @returns {Promise<Socket>}
 */
function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(openingHandshake(port)));
    let response = '';
    const onData = (/** @type {Buffer} */ data) => {
      response += data.toString('latin1');
      try {
        if (!readSwitch(response)) return;
      } catch (error) {
        reject(error);
        return;
      }
      socket.off('data', onData);
      resolve(socket);
    };
    socket.on('data', onData).on('error', reject);
  });
}

/** @param {Socket} socket */
async function close(socket) {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', () => {}).on('end', () => socket.end());
  socket.write(CLOSE);
  await closed;
}

/**
 * @param {number} count
 * @param {() => Promise<unknown>} once
 */
async function repeat(count, once) {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await once();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
