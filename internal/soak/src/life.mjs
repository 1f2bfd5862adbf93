import { setTimeout as delay } from 'node:timers/promises';

import { RawConnection } from './raw-connection.mjs';
import { below, frame, randomBytes, randomText } from './wire.mjs';

/** @typedef {{ messages: number, bytes: number, connections: number, resets: number, errors: string[] }} Tally */

const Opcode = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 };
const FIN = 0x80;
const PAUSE = 1500;

/**
 * One seat of the soak: connections one after another, until `isOver`. Whatever goes wrong is an error of the tally.
 *
 * @param {number} port
 * @param {() => boolean} isOver
 * @param {Tally} tally
 */
export async function live(port, isOver, tally) {
  await delay(below(1000));
  while (!isOver() && tally.errors.length < 20) {
    try {
      await liveOnce(port, isOver, tally);
    } catch (error) {
      tally.errors.push(error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * @param {number} port
 * @param {() => boolean} isOver
 * @param {Tally} tally
 */
async function liveOnce(port, isOver, tally) {
  tally.connections += 1;
  const connection = await RawConnection.open(port);
  while (!isOver()) {
    if (below(40) === 0) return leave(connection, tally);
    await converse(connection, tally);
    await delay(below(PAUSE));
  }
  await close(connection);
}

/**
 * Sends one to four messages, pings among their fragments, and holds every byte of the answer against them.
 *
 * @param {RawConnection} connection
 * @param {Tally} tally
 */
async function converse(connection, tally) {
  const messages = Array.from({ length: 1 + below(4) }, makeMessage);
  const frames = messages.flatMap(fragment);
  const sending = connection.send(Buffer.concat(frames));
  for (const { opcode, payload } of messages) {
    const echo = await nextMessage(connection);
    if (echo.first !== (FIN | opcode)) throw new Error(`wrong first byte: ${echo.first}`);
    if (!echo.payload.equals(payload)) throw new Error(`wrong bytes in ${payload.length}`);
    tally.messages += 1;
    tally.bytes += payload.length;
  }
  await sending;
}

function makeMessage() {
  const size = [0, below(126), below(126), below(3000), below(3000), below(65_536)][below(6)] ?? 0;
  const binary = below(2) === 0;
  const payload = binary ? randomBytes(size) : randomText(size);
  return { opcode: binary ? Opcode.Binary : Opcode.Text, payload };
}

/** @param {{ opcode: number, payload: Buffer }} message */
function fragment({ opcode, payload }) {
  const frames = [];
  let at = 0;
  for (let left = below(5); left > 0; left -= 1) {
    const next = at + below(payload.length - at + 1);
    frames.push(frame(at === 0 && frames.length === 0 ? opcode : 0, payload.subarray(at, next), 0));
    at = next;
    if (below(3) === 0) frames.push(frame(Opcode.Ping, Buffer.from('are you there?')));
  }
  const begun = frames.length > 0;
  frames.push(frame(begun ? Opcode.Continuation : opcode, payload.subarray(at)));
  return frames;
}

/** @param {RawConnection} connection */
async function nextMessage(connection) {
  for (;;) {
    const found = await connection.frame();
    if (found.first === (FIN | Opcode.Ping)) {
      await connection.send(frame(Opcode.Pong, found.payload));
    } else if (found.first !== (FIN | Opcode.Pong)) return found;
    else if (found.payload.toString() !== 'are you there?')
      throw new Error('wrong bytes in a pong');
  }
}

/**
 * Ends a connection in one of the ways there are.
 *
 * @param {RawConnection} connection
 * @param {Tally} tally
 */
async function leave(connection, tally) {
  const way = below(4);
  if (way === 0) return close(connection);
  if (way === 1) {
    connection.socket.end();
    return connection.gone();
  }
  tally.resets += 1;
  if (way === 2)
    await connection.send(frame(Opcode.Binary, randomBytes(5000)).subarray(0, below(5000)));
  connection.socket.resetAndDestroy();
  return connection.gone();
}

/** @param {RawConnection} connection */
async function close(connection) {
  await connection.send(frame(Opcode.Close, Buffer.from([0x03, 0xe8])));
  const { first, payload } = await nextMessage(connection);
  if (first !== (FIN | Opcode.Close)) throw new Error(`expected a close frame, got ${first}`);
  if (payload.toString('hex') !== '03e8') throw new Error('wrong bytes in a close frame');
  await connection.gone();
}
