// What the tests use of Debian. As a command it installs all of it: `node scripts/install-debian.mjs`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.mjs';

/** @typedef {{ name: string, use: string }} DebianPackage */

/**
 * One line for each package: its name, and what wants it. They skip themselves where it is missing.
 *
 * @type {readonly DebianPackage[]}
 */
const packages = [
  { name: 'chromium', use: 'browser tests' },
  { name: 'firefox-esr', use: 'browser tests' },
  { name: 'python3-websockets', use: 'interop tests' },
  { name: 'python3-aiohttp', use: 'interop tests' },
  { name: 'gcc', use: 'interop tests with libwebsockets' },
  { name: 'libc6-dev', use: 'interop tests with libwebsockets' },
  { name: 'libwebsockets-dev', use: 'interop tests' },
  { name: 'nginx', use: 'interop tests behind a proxy' },
  { name: 'haproxy', use: 'interop tests behind a proxy' },
  { name: 'tinyproxy', use: "tests of the client's proxies" },
];

/** Installs what is missing, where that is possible; says what is not, and why. Never rejects. */
export async function installDebianPackages() {
  const debian = isDebian();
  const missing = debian ? await findMissing(packages) : packages;
  if (missing.length === 0) return;
  const obstacle = debian ? await tryInstall(missing) : 'this is not Debian';
  const still = debian ? await findMissing(missing) : missing;
  for (const { name, use } of still)
    console.log(`Not installed: ${name}, for ${use} (${obstacle})`);
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** @param {readonly DebianPackage[]} wanted */
async function findMissing(wanted) {
  const { output } = await runCommand('dpkg-query', [
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\n',
  ]);
  const installed = new Set(output.split('\n'));
  return wanted.filter(({ name }) => !installed.has(`${name} installed`));
}

/**
 * @param {readonly DebianPackage[]} missing
 * @returns {Promise<string>} why some may still be missing
 */
async function tryInstall(missing) {
  if (process.getuid?.() !== 0)
    return 'not root: `sudo node scripts/install-debian.mjs` installs it';
  const names = missing.map(({ name }) => name);
  console.log(`Installing from Debian: ${names.join(', ')} …`);
  await aptGet(['update']);
  const failure = await aptGet(['install', ...names]);
  if (!failure || names.length === 1) return failure ?? '';
  // One that cannot be had must not keep the others away.
  for (const name of names) await aptGet(['install', name]);
  return failure;
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<string | undefined>} why it did not work
 */
async function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = [
    '-q',
    '-y',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=120',
    '-o',
    'Acquire::Retries=2',
  ];
  const { ok, output } = await runCommand('apt-get', [...options, ...args], { env });
  return ok ? undefined : `apt-get: ${lastLine(output)}`;
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await installDebianPackages();
