// `npm test`: everything that a fresh machine needs, then everything that proves the project.
// Names choose suites: `node scripts/test.mjs lint unit` runs those whose name holds one of the words,
// and the build.
import { installDebianPackages } from './install-debian.mjs';
import { stopWithCommands } from './run-command.mjs';
import { setUp } from './set-up.mjs';
import { stages } from './suites.mjs';

/** @typedef {import('./suites.mjs').Suite} Suite */

const total = { passed: 0, failed: 0, skipped: 0 };
const words = process.argv.slice(2);

stopWithCommands();
try {
  await setUp();
  await installDebianPackages();
  console.log(`Node ${process.versions.node} on ${process.platform}, ${process.arch}\n`);
  for (const stage of stages()) {
    const lanes = stage.lanes.map((lane) => lane.filter(isChosen));
    await runLanes(lanes, stage.width);
  }
} catch (error) {
  total.failed++;
  console.error(error);
}
if (total.passed + total.failed === 0) {
  total.failed++;
  console.error('no suite was run');
}
console.log(`\n${counts(total.passed, total.failed, total.skipped)}`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** @param {Suite} suite */
function isChosen({ name }) {
  return words.length === 0 || name === 'build' || words.some((word) => name.includes(word));
}

/**
 * @param {Suite[][]} lanes
 * @param {number} width how many at a time
 */
async function runLanes(lanes, width) {
  const waiting = [...lanes];
  const runner = async () => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
      for (const suite of lane) await runSuite(suite);
    }
  };
  await Promise.all(Array.from({ length: width }, runner));
}

/** @param {Suite} suite */
async function runSuite({ name, run }) {
  const begin = performance.now();
  const { passed, failed, skipped, output } = await run();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped.length;
  if (failed > 0) console.log(`\n${output.trimEnd()}\n`);
  console.log(
    `${failed > 0 ? '✗' : '✓'} ${name}: ${counts(passed, failed, skipped.length)} (${seconds} s)`,
  );
  for (const line of skipLines(skipped, output)) console.log(`    ${line}`);
}

/**
 * What was skipped, and why: as the tests say it, and as a line that begins with `skipped` and that one of them printed.
 *
 * @param {import('./suites.mjs').Skip[]} skipped
 * @param {string} output
 */
function skipLines(skipped, output) {
  const told = skipped.map(({ name, reason }) => `skipped ${name}${reason ? `: ${reason}` : ''}`);
  return new Set([...told, ...(output.match(/^skipped\b.*$/gm) ?? [])]);
}

/**
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 */
function counts(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
