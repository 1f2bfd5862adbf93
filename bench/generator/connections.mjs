/**
 * The other side of the connection bench, a process of its own: `handshakes` opens and closes connections, `hold` opens
 * some and keeps them, `drop` lets them go. One command a line on stdin, one line of JSON back. It ends with stdin.
 */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { isSwitched, openingHandshake } from './opening-handshake.mjs';

const AT_ONCE = 16;

/** A masked close frame with code 1000; the masking key is 0. */
const CLOSE = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);

/** @type {import('node:net').Socket[]} */
let held = [];

/** @param {number} port */
function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(openingHandshake(port)));
    let response = '';
    const onData = (/** @type {Buffer} */ data) => {
      response += data.toString('latin1');
      try {
        if (!isSwitched(response)) return;
      } catch (error) {
        reject(error);
        return;
      }
      socket.off('data', onData);
      resolve(socket);
    };
    socket.on('data', onData).on('error', reject);
  });
}

/** @param {number} port */
async function openAndClose(port) {
  const socket = await open(port);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', () => {}).on('end', () => socket.end());
  socket.write(CLOSE);
  await closed;
}

/**
 * @param {number} count
 * @param {() => Promise<unknown>} once
 */
async function repeat(count, once) {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await once();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** @type {Record<string, (command: { port: number, count: number }) => unknown>} */
const commands = {
  handshakes: async ({ port, count }) => {
    await repeat(count, () => openAndClose(port));
    return { done: true };
  },
  hold: async ({ port, count }) => {
    await repeat(count, async () => held.push(await open(port)));
    return { held: held.length };
  },
  drop: () => {
    for (const socket of held) socket.destroy();
    held = [];
    return { held: 0 };
  },
};

/** @param {unknown} answer */
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** @param {string} line */
const obey = async (line) => {
  try {
    const command = JSON.parse(line);
    say(await commands[command.command]?.(command));
  } catch (error) {
    say({ error: String(error) });
  }
};

createInterface({ input: process.stdin })
  .on('line', (line) => void obey(line))
  .on('close', () => process.exit());
