/** @import { Echo } from './shares.mjs' */

/**
 * Reads what the echoing side noted: for each message the time it came and the time it was sent back, in nanoseconds.
 *
 * @param {string} text
 * @returns {Echo[]}
 * @throws {TypeError} when it is something else, or tells of a reply before its message
 */
export function parseEchoLog(text) {
  const log = JSON.parse(text);
  if (!Array.isArray(log)) throw new TypeError(`the log is ${typeof log}, expected an array`);
  return log.map((entry, index) => {
    const [received, replied] = Array.isArray(entry) ? entry : [];
    if (Number.isFinite(received) && replied >= received) return { received, replied };
    throw new TypeError(`entry ${index} of the log is not a time and a later one`);
  });
}

/**
 * The log as pairs, one for each exchange.
 *
 * @param {readonly Echo[]} log
 * @param {number} exchanges how many the log must tell of
 * @returns {{ empty: Echo, full: Echo }[]}
 * @throws {RangeError} when it tells of more or fewer
 */
export function pairsOf(log, exchanges) {
  if (log.length !== 2 * exchanges) {
    throw new RangeError(`the log has ${log.length} messages, expected ${2 * exchanges}`);
  }
  return Array.from({ length: exchanges }, (_, index) => ({
    empty: log[2 * index],
    full: log[2 * index + 1],
  }));
}
