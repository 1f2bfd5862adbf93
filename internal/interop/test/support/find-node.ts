import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

const nodes = fileURLToPath(new URL('../../../nodes/package.json', import.meta.url));

/** A release of Node that `internal/nodes` brings; if it has none, the reason why tests are skipped is printed. */
export function findNode(major: number): string | undefined {
  try {
    return createRequire(nodes).resolve(`node-${major}/bin/node`);
  } catch {
    console.warn(`skipped: internal/nodes has no Node ${major} for ${platform} on ${arch}`);
    return undefined;
  }
}
