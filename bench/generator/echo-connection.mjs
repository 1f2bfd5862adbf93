import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { isSwitched, openingHandshake } from './opening-handshake.mjs';

/** @import { Socket } from 'node:net' */
/** @import { EchoScript } from './echo-script.mjs' */

const MIN_READ = 16_384;
const MAX_READ = 262_144;

/**
 * What all connections of one load share, and what the load learns from them.
 *
 * @typedef {object} Phase
 * @property {boolean} sending false: let what is in flight come back, send nothing more
 * @property {boolean} verifying compare every byte of every reply
 * @property {number} messages complete replies since the phase began
 * @property {number} reads chunks they came in
 * @property {() => void} onIdle a connection has nothing in flight any more
 */

/**
 * @typedef {object} EchoConnectionOptions
 * @property {number} port on 127.0.0.1
 * @property {boolean} raw without WebSockets: the peer sends the very bytes back
 * @property {EchoScript} script
 * @property {number} offset where in the script's cycle this connection begins
 * @property {number} writeSize largest piece written at once, in bytes
 * @property {Phase} phase
 */

/**
 * One connection that keeps `depth` messages in flight: for every complete reply it sends one message more.
 * It knows the length of each reply beforehand, so it counts bytes and parses nothing. Whatever goes wrong is thrown
 * from the socket's events: a load that failed in part is no measurement, its process should end.
 */
export class EchoConnection {
  /** Messages sent whose reply is not complete. */
  inFlight = 0;

  #script;
  #phase;
  #writeSize;
  #nextMessage;
  #nextReply;
  // Bytes of the cycle of replies that have arrived.
  #position;
  #socket;
  /** @type {(bytes: Buffer, length: number) => void} */
  #receive = () => {};

  /** @param {EchoConnectionOptions} options */
  constructor({ port, script, offset, writeSize, phase }) {
    this.#script = script;
    this.#phase = phase;
    this.#writeSize = writeSize;
    this.#nextMessage = this.#nextReply = offset;
    this.#position = offset === 0 ? 0 : script.replyEnds[offset - 1];
    this.#socket = this.#dial(port);
  }

  /**
   * Opens a connection; the opening handshake is done when it resolves.
   *
   * @param {EchoConnectionOptions} options
   * @returns {Promise<EchoConnection>}
   */
  static open(options) {
    return new Promise((resolve) => {
      const connection = new EchoConnection(options);
      connection.#open(options, () => resolve(connection));
    });
  }

  /** Fills the window: sends `depth` messages. */
  start() {
    this.#send(this.#script.depth);
  }

  /** Ends the connection without a closing handshake. */
  destroy() {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {}).destroy();
  }

  /**
   * @param {number} port
   * @returns {Socket}
   */
  #dial(port) {
    // One read buffer per connection, filled again and again: no stream, no allocation for a chunk.
    const { replies, cycle, depth } = this.#script;
    const window = (replies.length / cycle) * depth;
    const buffer = Buffer.allocUnsafeSlow(Math.max(MIN_READ, Math.min(MAX_READ, 2 * window)));
    const callback = (/** @type {number} */ length) => {
      this.#receive(buffer, length);
      return true;
    };
    const socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: { buffer, callback },
    });
    return socket.on('end', () => {
      throw new Error('the server ended a connection');
    });
  }

  /**
   * @param {EchoConnectionOptions} options
   * @param {() => void} onOpen
   */
  #open({ raw, port }, onOpen) {
    let response = '';
    const counting = () => {
      this.#receive = this.#count;
      onOpen();
    };
    this.#receive = (bytes, length) => {
      response += bytes.toString('latin1', 0, length);
      if (isSwitched(response)) counting();
    };
    this.#socket.on('connect', raw ? counting : () => this.#socket.write(openingHandshake(port)));
  }

  /**
   * Where every reply passes: nothing is allocated, and the cost is per chunk, hardly per message.
   *
   * @param {Buffer} bytes
   * @param {number} length
   */
  #count(bytes, length) {
    const { cycle, replies, replyEnds } = this.#script;
    if (this.#phase.verifying) this.#verify(bytes, length);
    let position = this.#position + length;
    let next = this.#nextReply;
    let completed = 0;
    while (replyEnds[next] <= position) {
      completed++;
      if (++next === cycle) {
        next = 0;
        position -= replies.length;
      }
    }
    this.#position = position;
    this.#nextReply = next;
    this.#phase.reads++;
    if (completed > 0) this.#complete(completed);
  }

  /** @param {number} completed */
  #complete(completed) {
    const phase = this.#phase;
    this.inFlight -= completed;
    if (this.inFlight < 0) throw new Error('more bytes came back than were asked for');
    phase.messages += completed;
    if (phase.sending) this.#send(completed);
    else if (this.inFlight === 0) phase.onIdle();
  }

  /** @param {number} count */
  #send(count) {
    const { cycle } = this.#script;
    const frames = this.#script.frames(this.#nextMessage, count);
    this.#nextMessage = (this.#nextMessage + count) % cycle;
    this.inFlight += count;
    if (frames.length <= this.#writeSize) this.#socket.write(frames);
    else this.#writePieces(frames);
  }

  /** @param {Buffer} frames */
  #writePieces(frames) {
    for (let start = 0; start < frames.length; start += this.#writeSize) {
      this.#socket.write(frames.subarray(start, start + this.#writeSize));
    }
  }

  /**
   * @param {Buffer} bytes
   * @param {number} length
   */
  #verify(bytes, length) {
    const { replies } = this.#script;
    let from = this.#position;
    for (let offset = 0; offset < length; from = 0) {
      const count = Math.min(length - offset, replies.length - from);
      if (bytes.compare(replies, from, from + count, offset, offset + count) !== 0) {
        throw new Error('a reply differs from the message that was sent');
      }
      offset += count;
    }
  }
}
