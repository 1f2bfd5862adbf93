import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Programs are started, which takes its time on a busy machine.
export default mergeConfig(base, defineConfig({ test: { testTimeout: 30_000 } }));
