// Runs the relay and a simulation, as two programs, and each of them again when it has ended. An operating system's service
// manager does the same.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const RESTART_DELAY = 1000;
const environment = { ...process.env, TOKEN: randomUUID(), PLUGS: 'yes' };
const ending = new AbortController();

/**
 * @param {string} program
 * @param {(line: string) => void} onLine hears what it prints
 */
async function keepRunning(program, onLine) {
  while (!ending.signal.aborted) {
    const child = fork(new URL(program, import.meta.url), { env: environment, silent: true });
    child.stderr.pipe(process.stderr);
    createInterface({ input: child.stdout }).on('line', onLine);
    const end = () => child.kill('SIGTERM');
    ending.signal.addEventListener('abort', end);
    await once(child, 'close');
    ending.signal.removeEventListener('abort', end);
    await wait(RESTART_DELAY, undefined, { signal: ending.signal }).catch(() => {});
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => ending.abort());

let simulation;
void keepRunning('relay.mjs', (line) => {
  console.log(line);
  const [, port] = /^Postern relays: http:\/\/localhost:(\d+)$/.exec(line) ?? [];
  if (port === undefined) return;
  environment.PORT = port; // The same when it is restarted, or the pages would not find it.
  environment.RELAY = `ws://localhost:${port}`;
  simulation ??= keepRunning('simulation.mjs', (words) => console.log(words));
});
