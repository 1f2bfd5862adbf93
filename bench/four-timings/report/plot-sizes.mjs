import { plot } from 'simple-ascii-chart';
import { ticksBetween } from './log-axis.mjs';

/** @import { LineFormatterArgs, Point } from 'simple-ascii-chart' */
/** @import { SizeSummary } from '../model/summary.mjs' */
/** @import { Results } from './results.mjs' */

/**
 * @typedef {object} Plot
 * @property {string} title
 * @property {(summary: SizeSummary) => number} value
 */

const MAX_WIDTH = 80;
const MIN_WIDTH = 40;
const HEIGHT = 12;
const decades = [1e3, 1e4, 1e5, 1e6];

/** @type {Plot[]} */
const plots = [
  { title: "The server's share, ms", value: ({ server }) => server.median / 1e6 },
  { title: "The client's share, ms", value: ({ client }) => client.median / 1e6 },
  { title: "The server's share, ns per byte", value: ({ size, server }) => server.median / size },
  { title: "The client's share, ns per byte", value: ({ size, client }) => client.median / size },
];

/**
 * Time and bandwidth over the size of the message, on logarithmic axes. A point is the client's initial.
 *
 * @param {Results['clients']} clients
 * @param {number} width of the terminal, in characters
 * @returns {string[]}
 */
export function plotSizes(clients, width) {
  const names = clients.map(({ client }) => `${client.slice(0, 1)} ${client}`).join(', ');
  const inner = Math.max(MIN_WIDTH, Math.min(width, MAX_WIDTH) - 12);
  return plots.flatMap(({ title, value }) => [
    `${title}, over the bytes of a message (by both clocks; ${names})`,
    drawPlot(
      clients.map(({ bothClocks }) =>
        bothClocks.sizes.map((size) => logPoint(size.size, value(size))),
      ),
      clients.map(({ client }) => client.slice(0, 1)),
      inner,
    ),
    '',
  ]);
}

/**
 * @param {Point[][]} lines
 * @param {string[]} initials of the lines
 * @param {number} width
 */
function drawPlot(lines, initials, width) {
  const heights = lines.flat().map(([, y]) => 10 ** y);
  // The library hands over a copy of the line.
  const initialAt = (/** @type {LineFormatterArgs} */ { index, y }) =>
    initials[lines.findIndex((line) => line[index]?.[1] === y)] ?? '*';
  const drawn = plot(lines, {
    width,
    height: HEIGHT,
    customXAxisTicks: decades.map(Math.log10),
    customYAxisTicks: ticksBetween(Math.min(...heights), Math.max(...heights)).map(Math.log10),
    formatter: (value, { axis }) =>
      axis === 'x' ? sizeLabel(10 ** value) : `${round(10 ** value)}`,
    lineFormatter: (point) => ({ x: point.plotX, y: point.plotY, symbol: initialAt(point) }),
  });
  return drawn.trimEnd();
}

/**
 * @param {number} size
 * @param {number} value
 * @returns {Point}
 */
function logPoint(size, value) {
  return [Math.log10(size), Math.log10(value)];
}

/** @param {number} size */
function sizeLabel(size) {
  return Math.round(size).toLocaleString('en');
}

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(2));
}
