// `npm run bench`: sets up, builds, measures. Arguments are passed on to the benchmark.
import { runPnpm } from './pnpm.mjs';
import { build, setUp } from './set-up.mjs';

await setUp();
await build();
const { code } = await runPnpm([
  '--silent',
  '--filter',
  '@postern/bench',
  'run',
  'bench',
  ...process.argv.slice(2),
]);
process.exitCode = code;
