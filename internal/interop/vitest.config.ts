import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Browsers and proxies are slow to start on a machine that does much else.
export default mergeConfig(
  base,
  defineConfig({ test: { testTimeout: 30_000, hookTimeout: 60_000 } }),
);
