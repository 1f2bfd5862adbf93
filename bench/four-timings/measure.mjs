import { pairsOf, parseEchoLog } from './model/echo-log.mjs';
import { SINGLE_SIZE, SWEEP } from './model/sizes.mjs';

/** @import { LineProcess } from '../runner/line-process.mjs' */
/** @import { Echo, Exchange } from './model/shares.mjs' */

/**
 * Exchanges of one size, and what the echoing side noted of them by its own clock.
 *
 * @typedef {{ exchanges: Exchange[], echoes: { empty: Echo, full: Echo }[] }} Sample
 */

/**
 * Everything measured with one client.
 *
 * @typedef {object} Measurement
 * @property {Sample} single messages of 130,560 bytes
 * @property {Map<number, Sample>} sweep by size
 */

/**
 * @callback OnStep
 * @param {number} work done since the last step
 * @param {number} size of the next messages
 * @returns {void}
 */

/** Messages between two steps of the progress bar. */
const BATCH = 50;

/** Thrown away: before that many, programs are still being compiled and buffers still grow. */
const WARM_UP = { single: 50, sweep: 5 };

/**
 * Measures with whoever is connected to `sender`.
 *
 * @param {LineProcess} sender
 * @param {number} messages
 * @param {OnStep} onStep
 * @returns {Promise<Measurement>}
 */
export async function measure(sender, messages, onStep) {
  const take = (/** @type {number} */ size, count = messages) =>
    takeSample(sender, { size, count }, onStep);
  for (const size of SWEEP) await take(size, WARM_UP.sweep);
  await take(SINGLE_SIZE, WARM_UP.single);
  const single = await take(SINGLE_SIZE);
  const sweep = new Map();
  for (const size of SWEEP) sweep.set(size, await take(size));
  return { single, sweep };
}

/**
 * What the steps of one measurement add up to.
 *
 * @param {number} messages of each size
 */
export function workOf(messages) {
  const sweep = SWEEP.reduce((sum, size) => sum + workOfMessage(size), 0);
  const single = workOfMessage(SINGLE_SIZE);
  return (messages + WARM_UP.single) * single + (messages + WARM_UP.sweep) * sweep;
}

/**
 * The time of a message, told as bytes: an empty one takes about as long as 60 KB more.
 *
 * @param {number} size
 */
function workOfMessage(size) {
  return size + 60_000;
}

/**
 * @param {LineProcess} sender
 * @param {{ size: number, count: number }} what
 * @param {OnStep} onStep
 * @returns {Promise<Sample>}
 */
async function takeSample(sender, { size, count }, onStep) {
  /** @type {Sample} */
  const sample = { exchanges: [], echoes: [] };
  onStep(0, size);
  while (sample.exchanges.length < count) {
    const batch = Math.min(BATCH, count - sample.exchanges.length);
    const answer = await sender.ask({ command: 'measure', size, count: batch });
    sample.exchanges.push(...answer.exchanges);
    sample.echoes.push(...pairsOf(parseEchoLog(answer.echoLog), batch));
    onStep(batch * workOfMessage(size), size);
  }
  return sample;
}
