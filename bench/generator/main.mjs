/**
 * The load generator, a process of its own: takes one command a line on stdin, `open`, `run` or `close`, and answers
 * each with one line of JSON on stdout. It ends with stdin. After an error it says so and ends.
 */
import { createInterface } from 'node:readline';
import { EchoLoad } from './echo-load.mjs';

/** @type {EchoLoad | undefined} */
let load;

/** @type {Record<string, (command: any) => unknown>} */
const commands = {
  open: async (command) => {
    load = await EchoLoad.open(command);
    return { open: true };
  },
  run: (command) => load?.run(command),
  close: () => {
    load?.close();
    return { closed: true };
  },
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
