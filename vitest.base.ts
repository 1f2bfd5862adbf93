import { defineConfig } from 'vitest/config';

/** What the vitest configuration of every package starts from. */
export const base = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 10_000,
    hookTimeout: 20_000,
  },
});
