import { linearRegression, linearRegressionLine, quantile, rSquared } from 'simple-statistics';

/** @import { Shares } from './shares.mjs' */

/**
 * @typedef {object} Quartiles
 * @property {number} p25
 * @property {number} median
 * @property {number} p75
 */

/**
 * All messages of one size. Times are in nanoseconds, `size` is in bytes.
 *
 * @typedef {object} SizeSummary
 * @property {number} size
 * @property {Quartiles} server
 * @property {Quartiles} client
 */

/**
 * One way in two numbers: what an empty message takes, and what each byte adds.
 *
 * @typedef {object} Way
 * @property {number} latency median of the empty messages, in nanoseconds
 * @property {number} nanosPerByte slope of the straight line through the medians of all sizes
 * @property {number} straightness of the medians: 1 when they lie on that line (its coefficient of determination)
 */

/**
 * @typedef {object} Summary
 * @property {Way} server
 * @property {Way} client
 * @property {SizeSummary[]} sizes from small to large
 */

/**
 * @param {ReadonlyMap<number, readonly Shares[]>} sharesBySize
 * @returns {Summary}
 */
export function summarize(sharesBySize) {
  const sizes = [...sharesBySize]
    .map(([size, shares]) => ({
      size,
      server: quartilesOf(shares.map(({ server }) => server)),
      client: quartilesOf(shares.map(({ client }) => client)),
    }))
    .toSorted((a, b) => a.size - b.size);
  const all = [...sharesBySize.values()].flat();
  return {
    server: wayOf(
      all.map(({ serverEmpty }) => serverEmpty),
      sizes.map(({ size, server }) => [size, server.median]),
    ),
    client: wayOf(
      all.map(({ clientEmpty }) => clientEmpty),
      sizes.map(({ size, client }) => [size, client.median]),
    ),
    sizes,
  };
}

/**
 * @param {number[]} empties
 * @param {number[][]} medians size and time
 * @returns {Way}
 */
function wayOf(empties, medians) {
  const line = linearRegression(medians);
  return {
    latency: quantile(empties, 0.5),
    nanosPerByte: line.m,
    straightness: rSquared(medians, linearRegressionLine(line)),
  };
}

/**
 * @param {number[]} values at least one
 * @returns {Quartiles}
 */
export function quartilesOf(values) {
  return {
    p25: quantile(values, 0.25),
    median: quantile(values, 0.5),
    p75: quantile(values, 0.75),
  };
}
