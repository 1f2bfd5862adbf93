import { readFileSync, writeFileSync } from 'node:fs';
import { formatComparison } from './runner/compare.mjs';
import { parseOptions, usage } from './runner/options.mjs';
import { findPinning } from './runner/pinning.mjs';
import { installRivals } from './runner/install-rivals.mjs';
import { Progress } from './runner/progress.mjs';
import { formatRow, warningsOf } from './runner/report.mjs';
import { publish } from './runner/publish.mjs';
import { resultsOf } from './runner/results.mjs';
import { planRows, runRow } from './runner/run-rows.mjs';
import { packageVersions, subjectsOf, unavailable } from './runner/subjects.mjs';
import { mainWorkloads, oddWorkloads, selectWorkloads } from './runner/workloads.mjs';

/** @import { Options } from './runner/options.mjs' */
/** @import { Results } from './runner/results.mjs' */
/** @import { Subject } from './runner/subjects.mjs' */

const workloadNames = [...mainWorkloads, ...oddWorkloads].map(({ name }) => name);

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {Options} options */
async function main(options) {
  if (options.help) return console.log(usage);
  if (options.rivals === 'all') installRivals();
  if (options.list) return printNames(options);

  const plans = planRows(workloadsOf(options), options.malloc);
  const rows = plans.map((plan) => ({ plan, ...subjectsOf(plan.workload, wanted(options)) }));
  const { pinned, pin } = findPinning();
  if (!pinned) console.log('NOT PINNED: no taskset, or a single core. Figures will wander.');
  printMissing(rows.flatMap(({ missing }) => missing));
  const starts = rows.reduce((sum, { available }) => sum + available.length, 0);
  const progress = new Progress(starts * options.rounds);
  const onStart = (/** @type {string} */ step) => progress.step(step);
  const results = [];
  for (const { plan, available } of rows) {
    const row = await runRow(plan, { subjects: available, options, pin, onStart });
    progress.clear();
    console.log(formatRow(row));
    results.push(row);
  }
  const versions = packageVersions(rows.flatMap(({ available }) => available));
  await finish(resultsOf({ rows: results, options, pinned, versions }), options);
}

/** @param {Options} options odd workloads are measured when they are named, or to verify */
function workloadsOf({ only, verify }) {
  const all = [...mainWorkloads, ...oddWorkloads];
  return only.length > 0 ? selectWorkloads(all, only) : verify ? all : mainWorkloads;
}

/** @param {Options} options */
function wanted({ servers, rivals }) {
  return { servers, rivals: rivals !== 'none' };
}

/** @param {Subject[]} missing */
function printMissing(missing) {
  const reasons = missing.map(({ name, needs }) => `${name} is left out: ${reasonOf(needs)}`);
  for (const reason of new Set([...reasons, ...unavailable])) console.log(reason);
  console.log('');
}

/** @param {Subject['needs']} needs */
function reasonOf(needs) {
  const packages = needs.map(({ name }) => name).join(' and ');
  const installed = needs.some(({ from }) => from === 'rivals');
  return `needs ${packages}, ${installed ? 'which --rivals all installs' : 'installed and built'}`;
}

/**
 * @param {Results} results
 * @param {Options} options
 */
async function finish(results, { json, compare, publish: publishing }) {
  for (const warning of warningsOf(results.rows)) console.log(warning);
  if (compare) console.log(formatComparison(JSON.parse(readFileSync(compare, 'utf8')), results));
  if (json) writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
  if (publishing) await publish(results, workloadNames);
  if (results.rows.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

/** @param {Options} options */
function printNames(options) {
  for (const workload of [...mainWorkloads, ...oddWorkloads]) {
    const { available } = subjectsOf(workload, wanted(options));
    console.log(`${workload.name.padEnd(26)} ${available.map(({ name }) => name).join(', ')}`);
  }
}
