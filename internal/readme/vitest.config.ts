import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Each program is a process of its own, on a machine that may have others.
export default mergeConfig(base, defineConfig({ test: { testTimeout: 60_000 } }));
