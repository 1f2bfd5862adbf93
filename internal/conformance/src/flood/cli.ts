import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startServer } from '../start-server.js';
import { inMib, runFloodCases, type FloodResult } from './run-flood-cases.js';

const usage = `Attacks an echo server with floods and watches its memory. Each case starts a server of its own.

  --server NAME     postern-echo or ws-echo (default postern-echo)
  --style NAME      of postern-echo: listen or iterate (default listen)
  --only TEXT       only cases whose id contains TEXT

Ends with 1 when a case has failed.`;

const { values } = parseArgs({
  // pnpm hands on the `--` that separates its own options from ours.
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    server: { type: 'string', default: 'postern-echo' },
    style: { type: 'string', default: 'listen' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean' },
  },
});

if (values.help) {
  console.log(usage);
} else {
  const script = fileURLToPath(new URL(`../../servers/${values.server}.mjs`, import.meta.url));
  const args = values.server === 'postern-echo' ? ['--style', values.style] : [];
  const start = () => startServer(script, args);
  const results = await runFloodCases({ start, only: values.only, onResult: report });
  process.exitCode = results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

function report({ id, outcome, detail = '', growth, slowest }: FloodResult): void {
  const measured = `grew ${inMib(growth)} MiB, longest wait ${Math.round(slowest)} ms`;
  console.log(`${outcome} ${id}: ${measured}${detail === '' ? '' : `\n    ${detail}`}`);
}
