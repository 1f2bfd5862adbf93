// `npm run bench:four-timings`: sets up, builds, measures. Arguments are passed on.
import { runPnpm } from '../../scripts/pnpm.mjs';
import { build, setUp } from '../../scripts/set-up.mjs';

await setUp();
await build();
const bench = ['--silent', '--filter', '@postern/bench', 'run', 'bench:four-timings'];
const { code } = await runPnpm([...bench, ...process.argv.slice(2)]);
process.exitCode = code;
