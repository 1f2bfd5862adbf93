import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePnpm, root, runPnpm } from './pnpm.mjs';

const stamp = join(root, 'node_modules', '.set-up');

/** Brings the workspace's dependencies to what the lockfile says; quick when they are there already. */
export async function setUp() {
  requireNode();
  await ensurePnpm();
  const wanted = lockfileHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing the dependencies …');
  const { ok } = await runPnpm([
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
    '--loglevel=warn',
  ]);
  if (!ok) throw new Error('pnpm install failed: see above');
  writeFileSync(stamp, wanted);
}

/**
 * Builds what is published; turbo skips what has not changed.
 *
 * @throws {Error} when the sources do not compile; the message says where.
 */
export async function build() {
  const { ok, output } = await runPnpm(['exec', 'turbo', 'run', 'build'], { show: false });
  if (!ok) throw new Error(`the build failed:\n${output}`);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Node ${process.versions.node} is too old: 20.19 or newer is needed`);
}

function lockfileHash() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    hash.update(readFileSync(join(root, file)));
  return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}
