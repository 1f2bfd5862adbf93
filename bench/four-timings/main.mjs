import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LineProcess } from '../runner/line-process.mjs';
import { cores, findPinning } from '../runner/pinning.mjs';
import { clientAvailable, startClient } from './echo/clients.mjs';
import { workOf, measure } from './measure.mjs';
import { analyze } from './model/analysis.mjs';
import { parseOptions, usage } from './options.mjs';
import { Progress } from './progress.mjs';
import { formatResults, USUAL_WIDTH } from './report/format-results.mjs';
import { coreVersion, describeMachine } from './report/results.mjs';
import { writeResults } from './report/write-results.mjs';

/** @import { Pin } from '../runner/pinning.mjs' */
/** @import { ClientName, Options } from './options.mjs' */
/** @import { Results } from './report/results.mjs' */

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {Options} options */
async function main(options) {
  if (options.help) return console.log(usage);
  const results = options.from
    ? JSON.parse(readFileSync(options.from, 'utf8'))
    : await measureAll(options);
  console.log(formatResults(results, process.stdout.columns ?? USUAL_WIDTH));
  if (options.out) await writeResults(results, options.out);
}

/**
 * @param {Options} options
 * @returns {Promise<Results>}
 */
async function measureAll({ clients, messages }) {
  const machine = describeMachine();
  const names = clients.filter((name) => clientAvailable(name));
  const { pinned, pin } = findPinning();
  const progress = new Progress(names.length * workOf(messages));
  /** @type {Results} */
  const results = {
    date: new Date().toISOString(),
    machine,
    versions: { Postern: coreVersion(), Node: process.version },
    settings: { messages, pinned },
    clients: [],
  };
  try {
    for (const name of names) {
      const { version, findings } = await measureClient(name, { messages, pin, progress });
      results.versions[name] = version;
      results.clients.push({ client: name, ...findings });
    }
  } finally {
    progress.end();
  }
  return results;
}

/**
 * @param {ClientName} name
 * @param {{ messages: number, pin: Pin, progress: Progress }} run
 */
async function measureClient(name, { messages, pin, progress }) {
  const program = fileURLToPath(new URL('sender.mjs', import.meta.url));
  const sender = new LineProcess('the server', pin(cores.server, [process.execPath, program]));
  try {
    const { port } = await sender.answer();
    const client = await startClient(name, { port, pin });
    try {
      await sender.ask({ command: 'wait' });
      const measurement = await measure(sender, messages, (work, size) =>
        progress.step(work, `${name}, ${size.toLocaleString('en')} bytes`),
      );
      await sender.ask({ command: 'leave' });
      const findings = analyze(measurement, { sharedClock: name === 'Node' });
      return { version: client.version, findings };
    } finally {
      await client.end();
    }
  } finally {
    await sender.end();
  }
}
