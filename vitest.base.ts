import { defineConfig } from 'vitest/config';

/** What the vitest configuration of every package starts from. */
export const base = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // So that a test can ask for a garbage collection: `globalThis.gc`.
    execArgv: ['--expose-gc'],
    testTimeout: 10_000,
    hookTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: [['text', { skipFull: true }]],
      reportOnFailure: true,
      thresholds: { lines: 97, branches: 97 },
    },
  },
});
