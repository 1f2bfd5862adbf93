import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { drawChart } from './chart.mjs';
import { formatTables } from './markdown-tables.mjs';
import { pathOf } from './packages.mjs';
import { mergeResults } from './results.mjs';

/** @import { Results } from './results.mjs' */

const folder = pathOf('results/');
const page = pathOf('../docs/performance.md');
const BEGIN = '<!-- begin results: written by `pnpm bench --publish` -->';
const END = '<!-- end results -->';

/**
 * Writes the results down for readers: `results/results.json`, a chart of them, and the tables in docs/performance.md.
 * Rows that were not measured this time stay as they were, where the machine and Node are the same.
 *
 * @param {Results} results
 * @param {readonly string[]} order names of all workloads
 */
export async function publish(results, order) {
  const file = `${folder}results.json`;
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const all = mergeResults(before, results, order);
  mkdirSync(folder, { recursive: true });
  await write(file, JSON.stringify(all, shortened));
  writeFileSync(`${folder}results.svg`, drawChart(all));
  await write(page, replaceBetween(readFileSync(page, 'utf8'), formatTables(all)));
  console.log(
    'written: bench/results/results.json, results.svg and the tables in docs/performance.md',
  );
}

/**
 * The way all files of the repository are laid out.
 *
 * @param {string} path
 * @param {string} text
 */
async function write(path, text) {
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

/**
 * What nobody reads is left out: each single start, and the digits behind the fifth.
 *
 * @param {string} key
 * @param {unknown} value
 */
function shortened(key, value) {
  if (key === 'samples') return undefined;
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(5))
    : value;
}

/**
 * @param {string} text
 * @param {string} tables
 * @throws {Error} when the page has no place for them
 */
export function replaceBetween(text, tables) {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`expected ${BEGIN} and ${END} in the page`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${tables}\n\n${text.slice(end)}`;
}
