import { defineConfig } from 'vitest/config';

// For runs from the root, as in `pnpm exec vitest run packages/core/test/protocol`.
export default defineConfig({
  test: { projects: ['{packages,internal,examples}/*/vitest.config.ts'] },
});
