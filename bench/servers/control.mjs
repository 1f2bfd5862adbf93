/**
 * How the runner talks with a program: the program prints its first line, `{"port":…}` of a server, then answers each
 * line on stdin with its own CPU time and memory. It ends with stdin, so nothing outlives its runner.
 */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { asked } from './modes.mjs';
import { LoopWatch } from './loop-watch.mjs';

const watch = asked('loop') ? new LoopWatch() : undefined;

/**
 * @param {{ port: number } | string | null} address as `server.address()` has it
 */
export function announce(address) {
  if (address === null || typeof address === 'string') throw new TypeError('expected a TCP server');
  say({ port: address.port });
  obey();
}

/** Answers the runner from now on; what a client does once all its connections are open. */
export function obey() {
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      // Only where the program was started so that it can.
      if (JSON.parse(line).collect) globalThis.gc?.();
      say({ cpu: process.cpuUsage(), memory: process.memoryUsage(), loop: watch?.take() });
    })
    .on('close', () => process.exit());
}

/** @param {unknown} answer */
export function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
