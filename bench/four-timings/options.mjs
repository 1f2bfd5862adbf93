import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** @typedef {'Node' | 'Chromium' | 'Firefox'} ClientName */

/**
 * @typedef {object} Options
 * @property {ClientName[]} clients
 * @property {number} messages of each size
 * @property {string | undefined} out folder for the results and the pictures
 * @property {string | undefined} from results of an earlier run
 * @property {boolean} help
 */

/** @type {readonly ClientName[]} */
export const clientNames = ['Node', 'Chromium', 'Firefox'];

const MESSAGES = 200;
const QUICK = 20;

export const usage = `pnpm bench:four-timings [options]

  --only NAME      who echoes: node, chromium, firefox (may be repeated); default all that are here
  --messages N     of each size; default ${MESSAGES}
  --quick          ${QUICK} messages: a look, not a measurement
  --out FOLDER     write results.json, results.txt and the pictures
  --from FILE      measure nothing: show, and with --out draw, the results in this file
  --help
`;

/**
 * @param {string[]} args without the program
 * @returns {Options}
 * @throws {TypeError | RangeError} when an argument is unknown or out of range
 */
export function parseOptions(args) {
  const { values } = parseArgs({
    // pnpm hands on the `--` of `pnpm bench:four-timings -- --quick`.
    args: args.filter((argument) => argument !== '--'),
    options: {
      only: { type: 'string', multiple: true, default: [] },
      messages: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    clients: values.only.length === 0 ? [...clientNames] : values.only.map(clientNamed),
    messages: countOf(values.messages ?? String(values.quick ? QUICK : MESSAGES)),
    out: pathOf(values.out),
    from: pathOf(values.from),
    help: values.help,
  };
}

/** @param {string} text */
function clientNamed(text) {
  const name = clientNames.find((known) => known.toLowerCase() === text.toLowerCase());
  if (name) return name;
  throw new RangeError(
    `--only is ${text}, expected one of ${clientNames.join(', ').toLowerCase()}`,
  );
}

/** @param {string} text */
function countOf(text) {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 10_000) return count;
  throw new RangeError(`--messages is ${text}, expected a whole number from 1 to 10000`);
}

/** @param {string | undefined} path from where the user stands, which is not where pnpm runs us */
function pathOf(path) {
  return path === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? '.', path);
}
