/**
 * The echoing side in Node: `node node-client.mjs ws://…`. Every binary message is answered by an empty one and then by
 * itself, with the time of arrival and of the reply kept; a text message is answered by those times. It ends with stdin.
 */
import { setImmediate } from 'node:timers/promises';
import { open } from '@postern/core';
import { nanoseconds } from '../clock.mjs';
import { MAX_MESSAGE_SIZE } from '../model/sizes.mjs';

/** @import { WebSocket } from '@postern/core' */

const EMPTY = Buffer.alloc(0);

/** @type {[received: number, replied: number][]} */
let times = [];

process.stdin.on('end', () => process.exit()).resume();
await open(process.argv[2] ?? '', echo, { maxMessageSize: MAX_MESSAGE_SIZE });

/** @param {WebSocket} ws */
function echo(ws) {
  process.stdout.write('{}\n');
  return ws.listen(async (data) => {
    const received = nanoseconds();
    if (typeof data === 'string') return sendTimes(ws);
    await ws.write(EMPTY);
    // In the same turn it would share a write with the echo, and wait for its masking.
    await setImmediate();
    const replied = nanoseconds();
    times.push([received, replied]);
    await ws.write(data);
  });
}

/** @param {WebSocket} ws */
async function sendTimes(ws) {
  const log = JSON.stringify(times);
  times = [];
  await ws.write(log);
}
