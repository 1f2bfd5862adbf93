import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, toolEnvironment } from './pnpm.mjs';
import { runCommand } from './run-command.mjs';

const TIMEOUT = 10 * 60_000;
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const reporter = join(root, 'scripts', 'count-reporter.mjs');

/**
 * One vitest run of the package in `folder`, on the Node given by its path.
 *
 * @param {string} folder relative to the repository's
 * @param {object} [options]
 * @param {string | undefined} [options.node] this one by default
 * @param {readonly string[]} [options.args] more arguments, as to choose files; all by default
 * @returns {Promise<import('./suites.mjs').Outcome>}
 */
export async function runVitest(folder, { node = process.execPath, args = [] } = {}) {
  const scratch = await mkdtemp(join(tmpdir(), 'postern-'));
  const countsFile = join(scratch, 'counts.json');
  try {
    const command = [vitest, 'run', ...args, '--reporter=minimal', `--reporter=${reporter}`];
    const env = { ...toolEnvironment(), POSTERN_COUNTS: countsFile };
    const run = await runCommand(node, command, { cwd: join(root, folder), env, timeout: TIMEOUT });
    return judge(run, await readCounts(countsFile));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @returns {Promise<{ passed: number, failed: number, skipped: import('./suites.mjs').Skip[] }>}
 */
async function readCounts(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: [] }; // It crashed before the end: `judge` sees that.
  }
}

/**
 * @param {{ ok: boolean, output: string }} run
 * @param {{ passed: number, failed: number, skipped: import('./suites.mjs').Skip[] }} counts
 * @returns {import('./suites.mjs').Outcome}
 */
function judge({ ok, output }, { passed, failed, skipped }) {
  const none = passed + failed + skipped.length === 0;
  if (ok && none) return { passed, failed: 1, skipped, output: `no test was run\n${output}` };
  // A run that ends badly without a failed test has crashed, or never began.
  return { passed, failed: ok || failed > 0 ? failed : 1, skipped, output };
}
