import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Browsers and proxies are slow to start on a machine that does much else. Half of the work is done by the peers, in
// processes of their own.
export default mergeConfig(
  base,
  defineConfig({ test: { maxWorkers: 2, testTimeout: 30_000, hookTimeout: 60_000 } }),
);
