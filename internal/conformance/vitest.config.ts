import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// One file at a time: each of them keeps sixteen connections and more busy, and judges silence.
export default mergeConfig(
  base,
  defineConfig({ test: { fileParallelism: false, testTimeout: 240_000, hookTimeout: 60_000 } }),
);
