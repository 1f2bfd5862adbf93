// `npm start`: everything that the demo needs, then the demo. PORT chooses its port.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './pnpm.mjs';
import { build, setUp } from './set-up.mjs';

const demo = join(root, 'examples', 'minimal-server', 'server.mjs');

await setUp();
await build();

// The demo runs in this very process, so that no signal and no exit code is lost on the way.
// A terminal's Ctrl+C arrives twice, from the terminal and passed on by npm. The second one must neither
// cut short what the first began nor meet a process that has just let go of its listeners.
const ECHO = 300;
const IMPATIENCE = 1000;
let firstSignal = 0;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    firstSignal ||= Date.now();
    if (Date.now() - firstSignal > IMPATIENCE) process.exit(130);
    setTimeout(() => {}, ECHO);
  });
}

process.argv = [process.execPath, demo];
await import(pathToFileURL(demo).href);
