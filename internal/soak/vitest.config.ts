import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Patience for a machine that does much else: nothing here is asserted about speed.
export default mergeConfig(base, defineConfig({ test: { testTimeout: 60_000 } }));
