/** @import { Row, ServerResult } from './results.mjs' */
/** @import { Spread } from './statistics.mjs' */

/** Above this share of its core the generator may be what was measured. */
export const MAX_GENERATOR_LOAD = 0.95;

/** Cores that other programs may use before a figure is theirs too. */
const MAX_FOREIGN_LOAD = 0.15;

const columns = [
  'server',
  'CPU µs/message',
  'min–max',
  'messages/s',
  'min–max',
  'x CPU',
  'x msgs/s',
  'server load',
  'generator load',
];

/**
 * One row as a table for people.
 *
 * @param {Row} row
 */
export function formatRow({ workload, malloc, results, failures }) {
  return [
    `${workload}  (malloc ${malloc})`,
    ...alignColumns([columns, ...results.map(cellsOf)]).map((line) => `  ${line}`),
    ...failures.map(({ server, message }) => `  ${server} FAILED: ${message}`),
    '',
  ].join('\n');
}

/**
 * What a reader must know before believing the figures.
 *
 * @param {Row[]} rows
 * @returns {string[]}
 */
export function warningsOf(rows) {
  return [...saturationOf(rows), ...disturbanceOf(rows)];
}

/**
 * @param {Row[]} rows
 * @returns {string[]}
 */
function saturationOf(rows) {
  const saturated = rows.flatMap(({ workload, results }) =>
    results
      .filter(({ generatorLoad }) => generatorLoad > MAX_GENERATOR_LOAD)
      .map(({ server }) => `${workload} ${server}`),
  );
  if (saturated.length === 0) return [];
  return [
    `! the generator used more than ${MAX_GENERATOR_LOAD * 100} % of its core, so messages/s may be its own limit` +
      ` (CPU per message stands): ${saturated.join('; ')}`,
  ];
}

/**
 * @param {Row[]} rows
 * @returns {string[]}
 */
function disturbanceOf(rows) {
  const loads = rows.flatMap(({ results }) =>
    results.flatMap(({ samples }) => samples.map(({ foreignLoad }) => foreignLoad)),
  );
  const disturbed = loads.filter((load) => load > MAX_FOREIGN_LOAD);
  if (disturbed.length === 0) return [];
  return [
    `~ other programs used up to ${Math.max(...disturbed).toFixed(1)} cores in ${disturbed.length} of` +
      ` ${loads.length} measurements: repeat this on a quiet machine`,
  ];
}

/** @param {ServerResult} result */
function cellsOf(result) {
  const { server, cpuMicros, messagesPerSecond, serverLoad, generatorLoad } = result;
  return [
    server,
    micros(cpuMicros.median),
    rangeOf(cpuMicros, micros),
    rate(messagesPerSecond.median),
    rangeOf(messagesPerSecond, rate),
    ratio(result.cpuRatio),
    ratio(result.throughputRatio),
    serverLoad.toFixed(2),
    `${generatorLoad.toFixed(2)}${generatorLoad > MAX_GENERATOR_LOAD ? ' !' : '  '}`,
  ];
}

/**
 * @param {Spread} spread
 * @param {(value: number) => string} format
 */
function rangeOf({ min, max }, format) {
  return `${format(min)}–${format(max)}`;
}

/** @param {number} value in microseconds */
export function micros(value) {
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}

/** @param {number} value per second */
function rate(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  return value >= 10_000 ? `${(value / 1000).toFixed(0)} k` : value.toFixed(0);
}

/** @param {number | null} value */
export function ratio(value) {
  return value === null ? '-' : value.toFixed(2);
}

/**
 * The first column to the left, the others to the right.
 *
 * @param {string[][]} table
 * @returns {string[]} lines
 */
export function alignColumns(table) {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  return table.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
