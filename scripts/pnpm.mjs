// The pnpm that `packageManager` in package.json pins, kept inside the repository.
// As a command it passes its arguments on: `node scripts/pnpm.mjs exec vitest run`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.mjs';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const version = packageManager.split('@')[1];
const tools = join(root, '.tools');
const home = join(tools, `pnpm-${version}`);
const entry = join(home, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');

/**
 * The environment in which `pnpm` is the pinned one and what the workspace installed is found.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment() {
  const bins = [join(root, 'node_modules', '.bin'), join(home, 'node_modules', '.bin')];
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  if (!process.stdout.isTTY && !env.FORCE_COLOR) env.NO_COLOR = '1';
  env.PATH = [...bins, process.env.PATH].join(delimiter);
  // What npm was told about its own output is not meant for the tools below.
  for (const name of ['npm_config_loglevel', 'npm_config_silent', 'npm_config_prefix'])
    delete env[name];
  return env;
}

/** Runs the pinned pnpm in the repository's folder. */
export function runPnpm(/** @type {readonly string[]} */ args, { show = true } = {}) {
  return runCommand(process.execPath, [entry, ...args], {
    cwd: root,
    env: toolEnvironment(),
    show,
  });
}

/** Fetches the pinned pnpm through npm, unless it is there. */
export async function ensurePnpm() {
  if (existsSync(entry)) return;
  console.log(`Fetching pnpm ${version} into .tools/ …`);
  mkdirSync(tools, { recursive: true });
  // Made aside and moved, so that an interrupted run leaves nothing half done.
  const scratch = mkdtempSync(join(tools, 'fetch-'));
  try {
    await fetchInto(scratch);
    if (!existsSync(entry)) renameSync(scratch, home);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function fetchInto(/** @type {string} */ folder) {
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ];
  const { ok, output } = await runNpm([...args, `pnpm@${version}`]);
  if (!ok) throw new Error(`pnpm ${version} could not be fetched through npm:\n${output}`);
}

function runNpm(/** @type {readonly string[]} */ args) {
  const npm = process.env.npm_execpath;
  const env = toolEnvironment();
  if (npm?.endsWith('npm-cli.js'))
    return runCommand(process.execPath, [npm, ...args], { cwd: tools, env });
  return runCommand('npm', args, { cwd: tools, env });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensurePnpm();
  const { status } = spawnSync(process.execPath, [entry, ...process.argv.slice(2)], {
    env: toolEnvironment(),
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
