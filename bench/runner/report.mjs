import { kinds } from './kinds/kinds.mjs';

/** @import { KindOfRow } from './kinds/kinds.mjs' */
/** @import { Row, SubjectResult } from './results.mjs' */
/** @import { Spread } from './statistics.mjs' */

/** Above this share of its core the generator may be what was measured. */
export const MAX_GENERATOR_LOAD = 0.95;

/** Cores that other programs may use before a figure is theirs too. */
const MAX_FOREIGN_LOAD = 0.15;

/**
 * A column of the table of one row.
 *
 * @typedef {{ title: string, cell: (result: SubjectResult) => string }} Column
 */

/**
 * One row as a table for people.
 *
 * @param {Row} row
 */
export function formatRow({ workload, kind, malloc, yardstick, results, failures }) {
  const columns = columnsOf(kinds[kind], results);
  const lines = alignColumns([
    columns.map(({ title }) => title),
    ...results.map((result) => columns.map(({ cell }) => cell(result))),
  ]);
  return [
    `${workload}  (ratios to ${yardstick}; malloc ${malloc})`,
    ...lines.map((line) => `  ${line}`),
    ...failures.map(({ subject, message }) => `  ${subject} FAILED: ${message}`),
    '',
  ].join('\n');
}

/**
 * @param {KindOfRow} kind
 * @param {readonly SubjectResult[]} results
 * @returns {Column[]}
 */
function columnsOf({ cost, counted }, results) {
  const compressed = results.some(({ replyBytes }) => replyBytes !== null);
  return [
    { title: '', cell: ({ subject }) => subject },
    { title: cost, cell: (result) => figure(result.cost.median) },
    { title: 'min–max', cell: (result) => rangeOf(result.cost, figure) },
    { title: 'ratio', cell: ({ costRatio }) => ratio(costRatio) },
    ...(counted ? rateColumns(counted) : []),
    ...(compressed ? [{ title: 'reply bytes', cell: replyBytesOf }] : []),
  ];
}

/**
 * @param {string} counted
 * @returns {Column[]}
 */
function rateColumns(counted) {
  return [
    { title: counted, cell: ({ perSecond }) => rate(perSecond.median) },
    { title: 'min–max', cell: ({ perSecond }) => rangeOf(perSecond, rate) },
    { title: 'ratio', cell: ({ rateRatio }) => ratio(rateRatio) },
    { title: 'load', cell: ({ subjectLoad }) => subjectLoad.toFixed(2) },
    { title: 'generator load', cell: generatorLoadOf },
  ];
}

/** @param {SubjectResult} result */
function generatorLoadOf({ generatorLoad }) {
  return `${generatorLoad.toFixed(2)}${generatorLoad > MAX_GENERATOR_LOAD ? ' !' : '  '}`;
}

/** @param {SubjectResult} result */
function replyBytesOf({ replyBytes }) {
  return replyBytes === null ? '-' : figure(replyBytes);
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
      .map(({ subject }) => `${workload} ${subject}`),
  );
  if (saturated.length === 0) return [];
  return [
    `! the generator used more than ${MAX_GENERATOR_LOAD * 100} % of its core, so what is counted in a second may be its own limit` +
      ` (CPU time stands): ${saturated.join('; ')}`,
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

/**
 * @param {Spread} spread
 * @param {(value: number) => string} format
 */
function rangeOf({ min, max }, format) {
  return `${format(min)}–${format(max)}`;
}

/** @param {number} value */
export function figure(value) {
  return Math.abs(value) < 100 ? value.toPrecision(3) : value.toFixed(0);
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
