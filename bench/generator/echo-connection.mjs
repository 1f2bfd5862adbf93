/** @import { Buffer } from 'node:buffer' */
/** @import { Socket } from 'node:net' */
/** @import { Script } from './echo-script.mjs' */

/**
 * What all connections of one load share.
 *
 * @typedef {object} Phase
 * @property {boolean} verifying compare every byte of every reply
 * @property {number} reads chunks that replies came in
 * @property {(connection: EchoConnection, completed: number) => void} onReplies
 */

/**
 * @typedef {object} EchoConnectionOptions
 * @property {Script} script
 * @property {number} offset where in the script's cycle this connection begins
 * @property {number} [writeSize] largest piece written at once, in bytes
 * @property {Phase} phase
 */

/** One connection: sends messages of its script and counts their replies. */
export class EchoConnection {
  /** Messages sent whose reply is not complete. */
  inFlight = 0;
  /** Complete replies since it was opened. */
  received = 0;

  #socket;
  #script;
  #phase;
  #writeSize;
  #nextMessage;
  #replies;

  /**
   * @param {Socket} socket
   * @param {EchoConnectionOptions} options
   */
  constructor(socket, { script, offset, writeSize = Infinity, phase }) {
    const { cycle, priming } = script;
    const first = (((offset - priming) % cycle) + cycle) % cycle;
    this.#socket = socket;
    this.#script = script;
    this.#phase = phase;
    this.#writeSize = writeSize;
    this.#nextMessage = first;
    this.#replies = script.expect(first);
  }

  /** Bytes of all replies so far, where the script does not know them beforehand. */
  get replyBytes() {
    return this.#replies.bytes ?? 0;
  }

  /** Sends what must come before anything is measured, so that the server remembers what later messages refer to. */
  prime() {
    const { priming, cycle } = this.#script;
    this.inFlight += priming;
    for (let count = 0; count < priming; count++) {
      this.#socket.write(this.#script.primingFrame(this.#nextMessage));
      this.#nextMessage = (this.#nextMessage + 1) % cycle;
    }
  }

  /** @param {number} count of messages, at most the script's `depth` */
  send(count) {
    const { cycle } = this.#script;
    const frames = this.#script.frames(this.#nextMessage, count);
    this.#nextMessage = (this.#nextMessage + count) % cycle;
    this.inFlight += count;
    if (frames.length <= this.#writeSize) this.#socket.write(frames);
    else this.#writePieces(frames);
  }

  /**
   * What arrived.
   *
   * @param {Buffer} bytes
   * @param {number} length
   */
  receive(bytes, length) {
    const phase = this.#phase;
    const completed = this.#replies.take(bytes, length, phase.verifying);
    phase.reads++;
    if (completed === 0) return;
    this.inFlight -= completed;
    this.received += completed;
    if (this.inFlight < 0) throw new Error('more bytes came back than were asked for');
    phase.onReplies(this, completed);
  }

  /** Ends the connection without a closing handshake. */
  destroy() {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {}).destroy();
  }

  /** @param {Buffer} frames */
  #writePieces(frames) {
    for (let start = 0; start < frames.length; start += this.#writeSize) {
      this.#socket.write(frames.subarray(start, start + this.#writeSize));
    }
  }
}
