import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

export default mergeConfig(
  base,
  defineConfig({
    test: {
      // Programs are started, which takes its time on a busy machine.
      testTimeout: 30_000,
      // Loading four frameworks and eight rivals anew for each file takes longer than the tests.
      isolate: false,
    },
  }),
);
