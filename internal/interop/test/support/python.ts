import { spawnSync } from 'node:child_process';

/** Debian's own, not one that came first in PATH: its packages are the ones that are installed. */
export const PYTHON = '/usr/bin/python3';

/** Whether Debian's Python has the package; if not, the reason why its tests are skipped is printed. */
export function pythonHas(name: string): boolean {
  const found = spawnSync(PYTHON, ['-c', `import ${name}`]).status === 0;
  if (!found) console.warn(`skipped: ${PYTHON} has no ${name} (Debian package python3-${name})`);
  return found;
}
