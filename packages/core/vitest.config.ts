import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// The pure rooms have no excuse: every line and every branch has its test.
const whole = { lines: 100, branches: 100 };

export default mergeConfig(
  base,
  defineConfig({ test: { coverage: { thresholds: { 'src/{protocol,handshake}/**': whole } } } }),
);
