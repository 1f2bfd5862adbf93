import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Most tests start programs of their own: on a machine with much to do, that takes a while.
export default mergeConfig(base, defineConfig({ test: { testTimeout: 30_000 } }));
