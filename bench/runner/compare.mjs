import { alignColumns, figure, ratio } from './report.mjs';

/** @import { Results, Row, SubjectResult } from './results.mjs' */

const columns = ['', 'cost before', 'now', 'change', 'ratio before', 'now'];

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
    const old = before?.results.find(({ subject }) => subject === result.subject);
    return old ? [compareResult(now, old, result)] : [];
  });
}

/**
 * @param {Row} row
 * @param {SubjectResult} before
 * @param {SubjectResult} now
 */
function compareResult({ workload, malloc }, before, now) {
  const change = (now.cost.median / before.cost.median - 1) * 100;
  return [
    `${workload} (malloc ${malloc}) ${now.subject}`,
    figure(before.cost.median),
    figure(now.cost.median),
    `${change > 0 ? '+' : ''}${change.toFixed(0)} %`,
    ratio(before.costRatio),
    ratio(now.costRatio),
  ];
}
