import { setTimeout as delay } from 'node:timers/promises';
import { constants, deflateRawSync } from 'node:zlib';

import { RawConnection } from './raw-connection.mjs';
import { ServerProcess } from './server-process.mjs';
import { frame, randomBytes } from './wire.mjs';

/**
 * What an attack may cost. `run` measures, each time in a fresh process; `most` of every figure it returns is in the same
 * unit.
 *
 * @typedef {object} Budget
 * @property {string} name
 * @property {Record<string, number>} most
 * @property {(server: ServerProcess) => Promise<Record<string, number>>} run
 * @property {readonly string[]} [args] of the server
 */

const MEBIBYTE = 1_048_576;

/** @type {readonly Budget[]} */
export const budgets = [
  { name: 'a bomb of 900 MiB', most: { MiB: 8, ms: 50 }, run: bomb, args: ['--compression'] },
  { name: 'a peer that sends 48 MiB and never reads', most: { MiB: 16 }, run: neverReads },
  { name: '200 times 16,000 fragments of one byte', most: { MiB: 32 }, run: fragments },
  { name: 'an idle connection after an echo of 16 KB', most: { KiB: 20 }, run: idle },
];

/** @param {Budget} budget */
export async function spend({ run, args = [] }) {
  const server = await ServerProcess.start(...args);
  try {
    return await run(server);
  } finally {
    await server.stop();
  }
}

/** @param {ServerProcess} server */
async function bomb(server) {
  const lines = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
  for (let round = 0; round < 5; round += 1) {
    const friend = await RawConnection.open(server.port, lines);
    await friend.send(frame(2, makeBomb(1).subarray(0, -100), 0xc0));
    friend.socket.resetAndDestroy();
    await friend.gone();
  }
  const connection = await RawConnection.open(server.port, lines);
  const bytes = frame(2, makeBomb(900), 0xc0);
  const before = await begin(server);
  connection.socket.write(bytes);
  const { payload } = await connection.frame();
  const { peak, cpu } = await server.measure();
  if (payload.readUInt16BE() !== 1009)
    throw new Error(`expected 1009, got ${payload.readUInt16BE()}`);
  return { MiB: peak - before.peak, ms: cpu - before.cpu };
}

/** Repetitions of one compressed mebibyte. @param {number} mebibytes */
function makeBomb(mebibytes) {
  const zeros = Buffer.alloc(MEBIBYTE);
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  const first = deflateRawSync(zeros, options);
  const part = deflateRawSync(zeros, { ...options, dictionary: zeros.subarray(0, 32_768) });
  return Buffer.concat([first, ...Array(mebibytes - 1).fill(part)]).subarray(0, -4);
}

/** @param {ServerProcess} server */
async function neverReads(server) {
  await echoOnce(server.port);
  const connection = await RawConnection.open(server.port);
  connection.socket.pause();
  const chunk = Buffer.concat(
    Array.from({ length: 1024 }, () => frame(1, Buffer.alloc(1024, 'a'))),
  );
  const before = await begin(server);
  for (let sent = 0; sent < 48; sent += 1) connection.socket.write(chunk);
  await delay(5000);
  const { peak } = await server.measure();
  connection.socket.resetAndDestroy();
  return { MiB: peak - before.peak };
}

/** @param {ServerProcess} server */
async function fragments(server) {
  await echoOnce(server.port);
  const connections = [];
  for (let count = 0; count < 200; count += 1)
    connections.push(await RawConnection.open(server.port));
  const more = frame(0, Buffer.from('a'), 0);
  const chunk = Buffer.concat([
    frame(1, Buffer.from('a'), 0),
    Buffer.alloc(more.length * 15_999, more),
  ]);
  const before = await begin(server);
  for (const { socket } of connections) socket.write(chunk);
  await delay(3000);
  const { peak } = await server.measure();
  for (const { socket } of connections) socket.resetAndDestroy();
  return { MiB: peak - before.peak };
}

/** @param {ServerProcess} server */
async function idle(server) {
  // What the process takes once, for the first of them, is not what each of them takes.
  const first = await Promise.all(Array.from({ length: 500 }, () => echoOnce(server.port)));
  await delay(500);
  const before = await server.measure();
  const more = [];
  for (let count = 0; count < 2000; count += 1) more.push(await echoOnce(server.port));
  await delay(1000);
  const { rss } = await server.measure();
  for (const { socket } of [...first, ...more]) socket.resetAndDestroy();
  return { KiB: ((rss - before.rss) * 1024) / more.length };
}

/** @param {number} port */
async function echoOnce(port) {
  const connection = await RawConnection.open(port);
  const payload = randomBytes(16_384);
  await connection.send(frame(2, payload));
  const echo = await connection.frame();
  if (!echo.payload.equals(payload)) throw new Error('wrong bytes in an echo');
  return connection;
}

/** @param {ServerProcess} server */
async function begin(server) {
  await server.measure();
  await server.reset();
  return server.measure();
}
