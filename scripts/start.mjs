// `npm start`: everything that the examples need, then the page that offers them all. PORT chooses its port.
// `npm start -- chat` runs that one alone; what follows its name is handed to it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findExamples } from '../examples/index/examples.mjs';
import { root } from './pnpm.mjs';
import { build, setUp } from './set-up.mjs';

const [name, ...args] = process.argv.slice(2);
const program = programOf(name);

await setUp();
await build();

// It runs in this very process, so that no signal and no exit code is lost on the way.
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

process.argv = [process.execPath, program, ...args];
await import(pathToFileURL(program).href);

/** @param {string | undefined} wanted */
function programOf(wanted) {
  if (wanted === undefined) return join(root, 'examples', 'index', 'server.mjs');
  const examples = findExamples();
  const example = examples.find((each) => each.name === wanted);
  if (example) return example.program;
  console.error(`There is no example “${wanted}”. There are:`);
  for (const each of examples) console.error(`  ${each.name.padEnd(20)} ${each.sentence}`);
  process.exit(1);
}
