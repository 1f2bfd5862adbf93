import { spawnSync } from 'node:child_process';
import { pathOf } from './packages.mjs';

/** Installs what `rivals/package.json` names; it is no part of the workspace, so nobody else has to wait for it. */
export function installRivals() {
  console.log('Installing the rivals …');
  const pnpm = pathOf('../scripts/pnpm.mjs');
  const args = [
    '--dir',
    pathOf('rivals'),
    'install',
    '--ignore-workspace',
    '--frozen-lockfile',
    '--ignore-scripts',
  ];
  const { status } = spawnSync(process.execPath, [pnpm, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the rivals could not be installed: see above');
}
