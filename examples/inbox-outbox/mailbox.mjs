import { Queue } from './queue.mjs';

/** @typedef {import('@postern/core').Message} Message */
/** @typedef {import('@postern/core').WebSocket} WebSocket */

/**
 * A connection as two queues: what comes in is in the inbox, what is put into the outbox goes out. When the connection ends,
 * both queues end; when the outbox is ended, the connection closes after the last of it.
 *
 * @param {WebSocket} ws
 */
export function mailbox(ws) {
  /** @type {Queue<Message>} */
  const inbox = new Queue();
  /** @type {Queue<Message>} */
  const outbox = new Queue();
  void fill(inbox, ws);
  void drain(outbox, ws);
  void ws.closed.then(() => outbox.end());
  return { inbox, outbox };
}

/**
 * The reader. While the inbox is full it does not read, and in the end the peer waits, too.
 *
 * @param {Queue<Message>} inbox
 * @param {WebSocket} ws
 */
async function fill(inbox, ws) {
  for await (const message of ws) await inbox.put(message);
  inbox.end();
}

/**
 * The writer. While the network is slow it waits for room, the outbox fills, and whoever puts something into it waits.
 *
 * @param {Queue<Message>} outbox
 * @param {WebSocket} ws
 */
async function drain(outbox, ws) {
  for await (const message of outbox) await ws.writeGuarded(message);
  await ws.close();
}
