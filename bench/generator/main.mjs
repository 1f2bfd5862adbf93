/**
 * The load generator, a process of its own: takes one command a line on stdin and answers each with one line of JSON on
 * stdout. It ends with stdin. After an error it says so and ends.
 */
import { createInterface } from 'node:readline';
import { acceptLoad } from './accept-load.mjs';
import { hold, openAndClose } from './connections.mjs';
import { openLoad } from './open-load.mjs';

/** @import { Load } from './load.mjs' */

/** @type {Load | Promise<Load> | undefined} */
let load;

/** @type {Record<string, (command: any) => unknown>} */
const commands = {
  open: async (command) => {
    load = await openLoad(command);
    return { open: true };
  },
  listen: async ({ workload }) => {
    const { port, load: accepted } = await acceptLoad(workload);
    load = accepted;
    return { port };
  },
  run: async (command) => (await load)?.run(command),
  close: async () => {
    (await load)?.close();
    return { closed: true };
  },
  handshakes: openAndClose,
  hold,
};

/** @param {unknown} answer */
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** @param {unknown} error */
const fail = (error) => {
  say({ error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
};

// Without a runner that listens there is nothing left to do, or to say.
process.stdout.on('error', () => process.exit(1));
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

/** @param {string} line */
const obey = async (line) => {
  const command = JSON.parse(line);
  say(await commands[command.command]?.(command));
};

createInterface({ input: process.stdin })
  .on('line', (line) => void obey(line))
  .on('close', () => process.exit());
