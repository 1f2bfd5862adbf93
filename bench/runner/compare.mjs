import { alignColumns, micros, ratio } from './report.mjs';

/** @import { Results, Row, ServerResult } from './results.mjs' */

const columns = ['', 'CPU µs before', 'now', 'change', 'x CPU before', 'now'];

/**
 * What changed between two runs. The CPU time tells it where the machine was equally quiet in both, the ratio to the
 * yardstick where it was not.
 *
 * @param {Results} before
 * @param {Results} now
 * @returns {string}
 */
export function formatComparison(before, now) {
  const lines = now.rows.flatMap((row) => compareRow(before.rows.find(sameRow(row)), row));
  if (lines.length === 0) return `no row in common with the results of ${before.date}`;
  return [`compared with ${before.date}`, ...alignColumns([columns, ...lines])].join('\n');
}

/** @param {Row} row */
function sameRow({ workload, malloc }) {
  return (/** @type {Row} */ other) => other.workload === workload && other.malloc === malloc;
}

/**
 * @param {Row | undefined} before
 * @param {Row} now
 * @returns {string[][]}
 */
function compareRow(before, now) {
  return now.results.flatMap((result) => {
    const old = before?.results.find(({ server }) => server === result.server);
    return old ? [compareResult(now, old, result)] : [];
  });
}

/**
 * @param {Row} row
 * @param {ServerResult} before
 * @param {ServerResult} now
 */
function compareResult({ workload, malloc }, before, now) {
  const change = (now.cpuMicros.median / before.cpuMicros.median - 1) * 100;
  return [
    `${workload} (malloc ${malloc}) ${now.server}`,
    micros(before.cpuMicros.median),
    micros(now.cpuMicros.median),
    `${change > 0 ? '+' : ''}${change.toFixed(0)} %`,
    ratio(before.cpuRatio),
    ratio(now.cpuRatio),
  ];
}
