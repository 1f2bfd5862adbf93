import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { live } from './life.mjs';
import { RawConnection } from './raw-connection.mjs';
import { ServerProcess } from './server-process.mjs';

/**
 * @typedef {object} Report
 * @property {import('./life.mjs').Tally} tally
 * @property {number} slope of the resident set, over the second half: MiB a minute
 * @property {number} usedSlope the same of what is in use there: the heap, and what lies outside of it
 * @property {readonly import('./server-process.mjs').Measure[]} memory second by second
 * @property {number} leaked file descriptors above those before
 * @property {number} left connections that the server still counts
 * @property {number} longestWait of the good client, in ms
 * @property {string | undefined} ended how the server ended, when it should not have
 */

const DESCRIPTORS_BACK = 20_000;
/** In seconds. */
const WINDOW = 5;

/**
 * @param {{ connections: number, seconds: number }} options
 * @returns {Promise<Report>}
 */
export async function soak({ connections, seconds }) {
  const server = await ServerProcess.start();
  await warmUp(server.port);
  const base = await settled(server, 0);
  const good = fork(fileURLToPath(new URL('good-client.mjs', import.meta.url)), [
    String(server.port),
  ]);

  const end = Date.now() + seconds * 1000;
  const isOver = () => Date.now() >= end || server.ended !== undefined;
  const tally = { messages: 0, bytes: 0, connections: 0, resets: 0, errors: [] };
  const seats = Array.from({ length: connections }, () => live(server.port, isOver, tally));
  const memory = await watch(server, isOver);
  await Promise.all(seats);

  good.send('over');
  const [longestWait] = await Promise.race([once(good, 'message'), once(good, 'exit')]);
  const { ended } = server;
  const last = ended === undefined ? await settled(server, base.descriptors) : base;
  await server.stop();
  const leaked = Math.max(0, last.descriptors - base.descriptors);
  const slope = slopePerMinute(memory.map(({ rss }) => rss));
  const usedSlope = slopePerMinute(memory.map(({ used }) => used));
  return { tally, slope, usedSlope, memory, leaked, left: last.connections, longestWait, ended };
}

/** Whatever is loaded late is loaded now. @param {number} port */
async function warmUp(port) {
  const connection = await RawConnection.open(port);
  connection.socket.resetAndDestroy();
  await connection.gone();
}

/** @param {ServerProcess} server @param {() => boolean} isOver */
async function watch(server, isOver) {
  /** @type {import('./server-process.mjs').Measure[]} */
  const memory = [];
  while (!isOver()) {
    await delay(1000);
    if (server.ended === undefined) memory.push(await server.measure());
  }
  return memory;
}

/**
 * What the server weighs once nobody is connected, and no more than `descriptors` are open, unless that takes too long.
 *
 * @param {ServerProcess} server
 * @param {number} descriptors
 */
async function settled(server, descriptors) {
  const deadline = Date.now() + DESCRIPTORS_BACK;
  for (;;) {
    const measure = await server.measure();
    const done = descriptors === 0 || measure.descriptors <= descriptors;
    if ((measure.connections === 0 && done) || Date.now() > deadline) return measure;
    await delay(200);
  }
}

/**
 * Over the second half of what was measured each second, the least of every few: what is on its way comes and goes, a
 * leak stays.
 *
 * @param {readonly number[]} values
 */
function slopePerMinute(values) {
  const least = [];
  for (let at = Math.ceil(values.length / 2); at < values.length; at += WINDOW) {
    least.push(Math.min(...values.slice(at, at + WINDOW)));
  }
  return slopeOf(least) * (60 / WINDOW);
}

/** Of the line with the least squares, per step. @param {readonly number[]} values */
export function slopeOf(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [above, below] = [0, 0];
  for (const [at, value] of values.entries()) {
    above += (at - middle) * (value - mean);
    below += (at - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
