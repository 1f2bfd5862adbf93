import { cpus, release, totalmem, type } from 'node:os';
import { spreadOf } from './statistics.mjs';

/** @import { Malloc, Sample } from './measure.mjs' */
/** @import { Options } from './options.mjs' */
/** @import { Spread } from './statistics.mjs' */
/** @import { Kind } from './workloads.mjs' */

/**
 * One program in one row. Ratios are to the yardstick in the same row; above 1 is better than it, in both.
 *
 * @typedef {object} SubjectResult
 * @property {string} subject
 * @property {Spread} cost in the unit of the row's kind
 * @property {Spread} perSecond
 * @property {number | null} costRatio null where the yardstick failed
 * @property {number | null} rateRatio null there too, and where nothing is counted
 * @property {number} subjectLoad median
 * @property {number} generatorLoad median
 * @property {number} rss median, in bytes
 * @property {number | null} replyBytes median, where replies are compressed
 * @property {Sample[]} samples in the order of the rounds
 */

/**
 * @typedef {object} Row
 * @property {string} date when it was measured
 * @property {string} workload
 * @property {Kind} kind
 * @property {string} yardstick
 * @property {Malloc} malloc
 * @property {SubjectResult[]} results
 * @property {{ subject: string, message: string }[]} failures
 */

/**
 * What `--json` writes.
 *
 * @typedef {object} Results
 * @property {string} date
 * @property {{ cpu: string, cores: number, memory: number, system: string }} machine
 * @property {Record<string, string>} versions
 * @property {{ rounds: number, warmUp: number, duration: number, malloc: string, verify: boolean, pinned: boolean }} settings
 * @property {Row[]} rows
 */

/**
 * @param {Map<string, Sample[]>} samples by program, each at least one
 * @param {string} yardstick
 * @returns {SubjectResult[]}
 */
export function summarize(samples, yardstick) {
  const base = samples.get(yardstick);
  const baseCost = base ? medianOf(base, 'cost') : null;
  const baseRate = base ? medianOf(base, 'perSecond') : null;
  return [...samples].map(([subject, taken]) => {
    const cost = spreadOf(taken.map((sample) => sample.cost));
    const perSecond = spreadOf(taken.map((sample) => sample.perSecond));
    return {
      subject,
      cost,
      perSecond,
      costRatio: baseCost === null ? null : baseCost / cost.median,
      rateRatio: baseRate ? perSecond.median / baseRate : null,
      subjectLoad: medianOf(taken, 'subjectLoad'),
      generatorLoad: medianOf(taken, 'generatorLoad'),
      rss: medianOf(taken, 'rss'),
      replyBytes: taken[0]?.replyBytes === undefined ? null : medianOf(taken, 'replyBytes'),
      samples: taken,
    };
  });
}

/**
 * @param {{ rows: Row[], options: Options, pinned: boolean, versions: Record<string, string> }} run
 * @returns {Results}
 */
export function resultsOf({ rows, options, pinned, versions }) {
  const { rounds, warmUp, duration, malloc, verify } = options;
  return {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: { node: process.version, ...versions },
    settings: { rounds, warmUp, duration, malloc, verify, pinned },
    rows,
  };
}

/**
 * Rows that were measured again take the place of the old ones. Nothing is kept from another machine or another Node.
 *
 * @param {Results | undefined} before
 * @param {Results} now
 * @param {readonly string[]} order names of workloads
 * @returns {Results}
 */
export function mergeResults(before, now, order) {
  const same =
    before?.versions['node'] === now.versions['node'] &&
    JSON.stringify(before?.machine) === JSON.stringify(now.machine);
  if (!before || !same) return now;
  const kept = before.rows.filter(
    (old) => !now.rows.some((row) => row.workload === old.workload && row.malloc === old.malloc),
  );
  const place = ({ workload = '' }) => order.indexOf(workload);
  const rows = [...kept, ...now.rows].toSorted((a, b) => place(a) - place(b));
  return { ...now, versions: { ...before.versions, ...now.versions }, rows };
}

function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    system: `${type()} ${release()}`,
  };
}

/**
 * @param {Sample[]} samples
 * @param {keyof Sample} key
 */
function medianOf(samples, key) {
  return spreadOf(samples.map((sample) => sample[key] ?? 0)).median;
}
