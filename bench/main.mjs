import { readFileSync, writeFileSync } from 'node:fs';
import { formatComparison } from './runner/compare.mjs';
import { parseOptions, usage } from './runner/options.mjs';
import { findPinning } from './runner/pinning.mjs';
import { Progress } from './runner/progress.mjs';
import { formatRow, warningsOf } from './runner/report.mjs';
import { resultsOf } from './runner/results.mjs';
import { planRows, runRow } from './runner/run-rows.mjs';
import { packageVersions, selectServers } from './runner/servers.mjs';
import { echoWorkloads, oddWorkloads, selectWorkloads } from './runner/workloads.mjs';

/** @import { Options } from './runner/options.mjs' */
/** @import { Results } from './runner/results.mjs' */
/** @import { Server } from './runner/servers.mjs' */

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {Options} options */
async function main(options) {
  if (options.help) return console.log(usage);
  const { available, missing } = selectServers(options.servers);
  if (options.list) return printNames([...echoWorkloads, ...oddWorkloads], available, missing);

  const plans = planRows(workloadsOf(options), options.malloc);
  const { pinned, pin } = findPinning();
  printIntroduction({ pinned, missing });
  const rows = [];
  const progress = new Progress(plans.length * available.length * options.rounds);
  const onStart = (/** @type {string} */ step) => progress.step(step);
  for (const plan of plans) {
    const row = await runRow(plan, { servers: available, options, pin, onStart });
    progress.clear();
    console.log(formatRow(row));
    rows.push(row);
  }
  const versions = packageVersions(available);
  finish(resultsOf({ rows, options, pinned, versions }), options);
}

/** @param {Options} options odd workloads are measured when they are named, or to verify */
function workloadsOf({ only, verify }) {
  const all = [...echoWorkloads, ...oddWorkloads];
  return only.length > 0 ? selectWorkloads(all, only) : verify ? all : echoWorkloads;
}

/** @param {{ pinned: boolean, missing: Server[] }} run */
function printIntroduction({ pinned, missing }) {
  if (!pinned) console.log('NOT PINNED: no taskset, or a single core. Figures will wander.');
  for (const { name, needs } of missing) {
    console.log(`${name} is left out: needs ${needs.join(' and ')}, installed and built`);
  }
  console.log('');
}

/**
 * @param {Results} results
 * @param {Options} options
 */
function finish(results, { json, compare }) {
  for (const warning of warningsOf(results.rows)) console.log(warning);
  if (compare) console.log(formatComparison(JSON.parse(readFileSync(compare, 'utf8')), results));
  if (json) writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
  if (results.rows.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

/**
 * @param {readonly { name: string }[]} workloads
 * @param {readonly Server[]} available
 * @param {readonly Server[]} missing
 */
function printNames(workloads, available, missing) {
  console.log(`workloads\n  ${workloads.map(({ name }) => name).join('\n  ')}`);
  console.log(`servers\n  ${available.map(({ name }) => name).join('\n  ')}`);
  console.log(`cannot run here\n  ${missing.map(({ name }) => name).join('\n  ')}`);
}
