import { setTimeout as wait } from 'node:timers/promises';

/** What the two ends agree on in the opening handshake. */
export const subprotocol = 'count';

const LAST = 10;

/** A close code of this subprotocol; 4000 to 4999 are free for such use. RFC 6455, section 7.4.2. */
const NOT_THE_NEXT = 4000;

/** A breath before each number, in milliseconds. */
const BREATH = 200;

/**
 * Counts to ten with the peer, in turns: whoever hears a number says the next. Server and client both run this.
 *
 * @param {import('@postern/core').WebSocket} ws
 * @param {number} next the number that the peer has to say
 * @param {import('@postern/logger').WebSocketLogger} log
 */
export async function count(ws, next, log) {
  for await (const heard of ws) {
    if (heard !== String(next)) {
      log.warn(`hears ${JSON.stringify(heard)}, expected ${next}`);
      return ws.close({ code: NOT_THE_NEXT, reason: `expected ${next}` });
    }
    if (next === LAST) return log.wslog(`hears ${next}`);
    log.wslog(`hears ${next}, says ${next + 1}`);
    await say(ws, next + 1);
    next += 2;
    if (next > LAST) return;
  }
}

/**
 * @param {import('@postern/core').WebSocket} ws
 * @param {number} number
 */
export async function say(ws, number) {
  await wait(BREATH);
  await ws.write(String(number));
}
