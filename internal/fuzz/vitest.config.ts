import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// The runs are bounded by their count, not by time: patience for a machine that does much else.
export default mergeConfig(base, defineConfig({ test: { testTimeout: 60_000 } }));
