// A good client in a process of its own: it asks ten times a second, and notes how long it waits at most.
import { setTimeout as delay } from 'node:timers/promises';

import { open } from '@postern/core';

let longest = 0;
const over = new AbortController();
process.on('message', () => over.abort());

await open(`ws://127.0.0.1:${process.argv[2]}`, async (ws) => {
  while (!over.signal.aborted) {
    const begin = performance.now();
    await ws.write('good');
    if ((await ws.read()) !== 'good') throw new Error('wrong bytes for the good client');
    longest = Math.max(longest, performance.now() - begin);
    await delay(100);
  }
});
process.send?.(longest, () => process.disconnect());
