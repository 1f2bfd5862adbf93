// The plainest echo server, in a process of its own that tells its parent what it weighs.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

import { serve } from '@postern/core';

const server = await serve({
  port: 0,
  host: '127.0.0.1',
  compression: process.argv.includes('--compression'),
  websocket: (request, ws) => ws.listen((data) => ws.write(data)),
});

/** In MiB since the last `reset`; Linux alone knows. */
function peak() {
  const found = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(found?.[1]) / 1024;
}

const answers = {
  measure() {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, external } = process.memoryUsage();
    return {
      rss: rss / 1_048_576,
      used: (heapUsed + external) / 1_048_576,
      peak: peak(),
      cpu: (user + system) / 1000,
      descriptors: readdirSync('/proc/self/fd').length,
      connections: server.connections.size,
    };
  },
  reset() {
    writeFileSync('/proc/self/clear_refs', '5');
  },
};

process.on('message', (/** @type {keyof typeof answers} */ question) => {
  process.send?.({ answer: answers[question]() ?? true });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ answer: server.port });
