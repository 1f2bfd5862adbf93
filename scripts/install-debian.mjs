// What the tests use of Debian. As a command it installs all of it: `node scripts/install-debian.mjs`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.mjs';

/** One line for each package: its name, and what wants it. They skip themselves where it is missing. */
const packages = [{ name: 'chromium', use: 'browser tests' }];

/** Installs what is missing, where that is possible; says what is not, and why. Never rejects. */
export async function installDebianPackages() {
  const obstacle = findObstacle();
  const missing = obstacle === 'not Debian' ? packages : await findMissing();
  if (missing.length === 0) return;
  const failure = obstacle ?? (await install(missing.map(({ name }) => name)));
  if (!failure) return;
  for (const { name, use } of missing)
    console.log(`Not installed: ${name}, for ${use} (${failure})`);
}

function findObstacle() {
  if (!isDebian()) return 'not Debian';
  if (process.getuid?.() !== 0)
    return 'not root; `sudo node scripts/install-debian.mjs` installs it';
  return undefined;
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

async function findMissing() {
  const { output } = await runCommand('dpkg-query', [
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\n',
  ]);
  const installed = new Set(output.split('\n').filter((line) => line.endsWith(' installed')));
  return packages.filter(({ name }) => !installed.has(`${name} installed`));
}

/**
 * @param {string[]} names
 * @returns {Promise<string | undefined>} why it did not work
 */
async function install(names) {
  console.log(`Installing from Debian: ${names.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'];
  const update = await runCommand('apt-get', [...options, 'update'], { env });
  if (!update.ok) return `apt-get update failed: ${lastLine(update.output)}`;
  const result = await runCommand(
    'apt-get',
    [...options, '--no-install-recommends', 'install', ...names],
    { env },
  );
  return result.ok ? undefined : `apt-get install failed: ${lastLine(result.output)}`;
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await installDebianPackages();
