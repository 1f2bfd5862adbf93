import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Hono's logger colours what it prints, and a test reads that.
export default mergeConfig(base, defineConfig({ test: { env: { NO_COLOR: '1' } } }));
