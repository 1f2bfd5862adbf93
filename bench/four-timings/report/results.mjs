import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** @import { ClientName } from '../options.mjs' */
/** @import { Findings } from '../model/analysis.mjs' */

/**
 * What `results.json` holds. Times are in nanoseconds, sizes in bytes.
 *
 * @typedef {object} Results
 * @property {string} date
 * @property {{ cpu: string, cores: number, memory: number, system: string, load: number }} machine with its load average when the run began
 * @property {Record<string, string>} versions
 * @property {{ messages: number, pinned: boolean }} settings
 * @property {({ client: ClientName } & Findings)[]} clients
 */

/** Of the minute before; to be taken before anything is started. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    system: `${type()} ${release()}`,
    load: loadavg()[0] ?? 0,
  };
}

/** @returns {string} */
export function coreVersion() {
  const path = new URL('../package.json', import.meta.resolve('@postern/core'));
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

/**
 * Two lines for under every table and picture.
 *
 * @param {Results} results
 */
export function provenance({ date, machine, versions }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    [
      date.slice(0, 10),
      `${machine.cores} cores ${machine.cpu}`,
      machine.system,
      `load average ${machine.load.toFixed(1)} before the run`,
    ].join(', '),
    programs.join(', '),
  ];
}
