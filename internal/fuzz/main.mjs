// `pnpm fuzz`: mutation fuzzing. See README.md.
import { parseArgs } from 'node:util';

import { readInput } from './src/corpus.mjs';
import { fuzz } from './src/fuzz.mjs';
import { targets } from './src/targets.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string' },
    replay: { type: 'string' },
  },
});
const chosen = targets.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  console.error(`--only: expected one of ${targets.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
if (values.replay === undefined) await hunt();
else await replay(values.replay);

async function hunt() {
  const seed = Number(values.seed);
  const milliseconds = (Number(values.seconds) * 1000) / chosen.length;
  if (!Number.isFinite(seed) || !(milliseconds > 0)) {
    console.error('--seed and --seconds: expected numbers');
    process.exit(2);
  }
  console.log(`seed ${seed}`);
  for (const target of chosen) {
    const end = performance.now() + milliseconds;
    const report = await fuzz(target, { seed, isOver: () => performance.now() >= end });
    const { inputs, words, findings } = report;
    console.log(
      `${target.name}: ${inputs} inputs, ${words} kinds of outcome, ${findings.length} findings`,
    );
    for (const { error, command } of findings) {
      process.exitCode = 1;
      console.log(`  ${error.message.split('\n')[0]}\n    ${command}`);
    }
  }
}

/** @param {string} file */
async function replay(file) {
  for (const target of chosen)
    console.log(`${target.name}: ${await target.judge(readInput(file))}`);
}
