import { parseArgs } from 'node:util';
import type { CaseResult } from './case.js';
import { divergences, skipReasons } from './divergences.js';
import { runServerCases } from './run-server-cases.js';

const usage = `Drives an echo server through the cases of RFC 6455, over raw sockets.

  --server URL            ws://host:port/path of the plainest echo handler
  --max-message-size N    largest message that it accepts, in bytes (default 1048576)
  --only TEXT             only cases whose id contains TEXT
  --concurrency N         cases at the same time (default 16)
  --timeout N             milliseconds of silence that are a failure (default 3000)
  --json                  all results as JSON
  --divergences           the failed cases as a JSON list, as in expected/

Ends with 1 when a case that RFC 6455 demands has failed.`;

const { values } = parseArgs({
  // pnpm hands on the `--` that separates its own options from ours.
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    server: { type: 'string' },
    'max-message-size': { type: 'string' },
    only: { type: 'string' },
    concurrency: { type: 'string' },
    timeout: { type: 'string' },
    json: { type: 'boolean' },
    divergences: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (values.help || values.server === undefined) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const results = await runServerCases({ url: values.server, ...runOptions() });
  report(results);
  process.exitCode = results.some(breaksTheRfc) ? 1 : 0;
}

function runOptions(): Record<string, number | string> {
  const given = {
    maxMessageSize: toNumber(values['max-message-size']),
    concurrency: toNumber(values.concurrency),
    timeout: toNumber(values.timeout),
    only: values.only,
  };
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, number | string] => entry[1] !== undefined,
    ),
  );
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function breaksTheRfc({ outcome, severity }: CaseResult): boolean {
  return outcome === 'failed' && severity === 'must';
}

function report(results: readonly CaseResult[]): void {
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else if (values.divergences) console.log(JSON.stringify(divergences(results), null, 2));
  else reportInWords(results);
}

function reportInWords(results: readonly CaseResult[]): void {
  for (const result of results) {
    if (result.outcome === 'failed') console.log(describe(result));
  }
  for (const reason of skipReasons(results)) console.log(reason);
  const passed = results.filter(({ outcome }) => outcome === 'passed').length;
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  console.log(`${passed} passed, ${failed} failed, ${results.length - passed - failed} skipped`);
}

function describe({ id, title, severity, detail, bytes }: CaseResult): string {
  const sent = bytes === undefined || bytes === '' ? '' : `\n    sent ${bytes}`;
  return `${severity === 'must' ? 'FAILED' : 'differs'} ${id}: ${title}\n    ${detail}${sent}`;
}
