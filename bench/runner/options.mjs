import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * @typedef {'default' | 'fixed' | 'both'} MallocMode
 */

/**
 * Those that have to be installed: left out, taken where they are installed, or installed first.
 *
 * @typedef {'none' | 'installed' | 'all'} Rivals
 */

/**
 * What the command line asks for. Durations are in milliseconds.
 *
 * @typedef {object} Options
 * @property {string[]} only
 * @property {string[]} servers
 * @property {Rivals} rivals
 * @property {number} rounds
 * @property {number} warmUp
 * @property {number} duration
 * @property {MallocMode} malloc
 * @property {boolean} verify
 * @property {string | undefined} json
 * @property {boolean} publish
 * @property {string | undefined} compare
 * @property {boolean} list
 * @property {boolean} help
 */

export const usage = `pnpm bench [options]

  --only NAME        only these workloads: echo-16, echo-1k-c64-d16, … (may be repeated)
  --servers NAME     only servers and clients whose names begin so, and the yardstick (may be repeated)
  --rivals WHICH     Bun, Deno, websocket, faye-websocket and the add-ons of ws: none, installed (default), or all,
                     which installs them into bench/rivals first (200 MB)
  --rounds N         starts of each server per workload; default 3
  --seconds S        measured time of one start; default 0.5
  --warm-up S        time before that, thrown away; default 0.8
  --quick            one round of 0.3 s after 0.2 s: a look, not a measurement
  --malloc MODE      from 1 KiB up: fixed (default), default, or both, one row each
  --verify           compare every byte of every reply, and add workloads of odd sizes and fragments
  --json FILE        write the results
  --publish          write them to bench/results, with a chart, and into docs/performance.md; rows that were not
                     measured now stay as they were
  --compare FILE     show what changed since the results in this file
  --list             name the workloads and servers
  --help
`;

/** @type {readonly MallocMode[]} */
const mallocModes = ['default', 'fixed', 'both'];
/** @type {readonly Rivals[]} */
const rivalChoices = ['none', 'installed', 'all'];

/**
 * @param {string[]} args without the program
 * @returns {Options}
 * @throws {TypeError | RangeError} when an argument is unknown or out of range
 */
export function parseOptions(args) {
  const { values } = parseArgs({
    // pnpm hands on the `--` of `pnpm bench -- --quick`.
    args: args.filter((argument) => argument !== '--'),
    options: {
      only: { type: 'string', multiple: true, default: [] },
      servers: { type: 'string', multiple: true, default: [] },
      rivals: { type: 'string', default: 'installed' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      quick: { type: 'boolean', default: false },
      malloc: { type: 'string', default: 'fixed' },
      verify: { type: 'boolean', default: false },
      json: { type: 'string' },
      publish: { type: 'boolean', default: false },
      compare: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { only, servers, quick, verify, publish, list, help } = values;
  return {
    only,
    servers,
    verify,
    publish,
    list,
    help,
    rounds: Math.ceil(numberOf('rounds', values.rounds ?? (quick ? '1' : '3'), 100)),
    duration: 1000 * numberOf('seconds', values.seconds ?? (quick ? '0.3' : '0.5'), 60),
    warmUp: 1000 * numberOf('warm-up', values['warm-up'] ?? (quick ? '0.2' : '0.8'), 60),
    rivals: oneOf('rivals', values.rivals, rivalChoices),
    malloc: oneOf('malloc', values.malloc, mallocModes),
    json: pathOf(values.json),
    compare: pathOf(values.compare),
  };
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} max
 */
function numberOf(name, text, max) {
  const value = Number(text);
  if (value > 0 && value <= max) return value;
  throw new RangeError(`--${name} is ${text}, expected a number above 0 and at most ${max}`);
}

/**
 * @template {string} T
 * @param {string} name
 * @param {string} text
 * @param {readonly T[]} choices
 * @returns {T}
 */
function oneOf(name, text, choices) {
  const choice = choices.find((each) => each === text);
  if (choice) return choice;
  throw new RangeError(`--${name} is ${text}, expected one of ${choices.join(', ')}`);
}

/** @param {string | undefined} path from where the user stands, which is not where pnpm runs us */
function pathOf(path) {
  return path === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? '.', path);
}
