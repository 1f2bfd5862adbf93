import { cpus, release, totalmem, type } from 'node:os';
import { spreadOf } from './statistics.mjs';

/** @import { Sample } from './measure.mjs' */
/** @import { Options } from './options.mjs' */
/** @import { Spread } from './statistics.mjs' */

/**
 * One server in one row. Ratios are to the yardstick in the same row; above 1 is better than it, in both.
 *
 * @typedef {object} ServerResult
 * @property {string} server
 * @property {Spread} cpuMicros
 * @property {Spread} messagesPerSecond
 * @property {number | null} cpuRatio null where the yardstick failed
 * @property {number | null} throughputRatio
 * @property {number} serverLoad median
 * @property {number} generatorLoad median
 * @property {number} rss median, in bytes
 * @property {Sample[]} samples in the order of the rounds
 */

/**
 * @typedef {object} Row
 * @property {string} workload
 * @property {'default' | 'fixed'} malloc
 * @property {ServerResult[]} results
 * @property {{ server: string, message: string }[]} failures
 */

/**
 * What `--json` writes.
 *
 * @typedef {object} Results
 * @property {string} date
 * @property {object} machine
 * @property {Record<string, string>} versions
 * @property {object} settings
 * @property {Row[]} rows
 */

/**
 * @param {Map<string, Sample[]>} samples by server, each at least one
 * @param {string} yardstick
 * @returns {ServerResult[]}
 */
export function summarize(samples, yardstick) {
  const base = samples.get(yardstick);
  const baseCpu = base && medianOf(base, 'cpuMicros');
  const baseRate = base && medianOf(base, 'messagesPerSecond');
  return [...samples].map(([server, taken]) => {
    const cpuMicros = spreadOf(taken.map((sample) => sample.cpuMicros));
    const messagesPerSecond = spreadOf(taken.map((sample) => sample.messagesPerSecond));
    return {
      server,
      cpuMicros,
      messagesPerSecond,
      cpuRatio: baseCpu === undefined ? null : baseCpu / cpuMicros.median,
      throughputRatio: baseRate === undefined ? null : messagesPerSecond.median / baseRate,
      serverLoad: medianOf(taken, 'serverLoad'),
      generatorLoad: medianOf(taken, 'generatorLoad'),
      rss: medianOf(taken, 'rss'),
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
  return spreadOf(samples.map((sample) => sample[key])).median;
}
