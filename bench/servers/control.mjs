/**
 * How the runner talks with a server: the server prints `{"port":…}`, then answers each line on stdin with its own
 * CPU time and memory. It ends with stdin, so no server outlives its runner.
 */
import { createInterface } from 'node:readline';

/**
 * @param {{ port: number } | string | null} address as `server.address()` has it
 */
export function announce(address) {
  if (address === null || typeof address === 'string') throw new TypeError('expected a TCP server');
  say({ port: address.port });
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      // Only where the server was started with --expose-gc.
      if (JSON.parse(line).collect) globalThis.gc?.();
      say({ cpu: process.cpuUsage(), memory: process.memoryUsage() });
    })
    .on('close', () => process.exit());
}

/** @param {unknown} answer */
function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
