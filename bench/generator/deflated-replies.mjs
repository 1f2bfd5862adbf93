import { Buffer } from 'node:buffer';
import { constants, inflateRawSync } from 'node:zlib';
import { COMPRESSED, FIN, TEXT } from './frame.mjs';
import { FrameReader } from './frame-reader.mjs';

/** @import { Replies } from './echo-script.mjs' */
/** @import { Frame } from './frame-reader.mjs' */

/**
 * @typedef {object} Expected
 * @property {number} first
 * @property {number} cycle
 * @property {(index: number) => Buffer} text
 * @property {(index: number) => Buffer} before the text that the compressed one may refer to
 */

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const PLAIN_TEXT = FIN | TEXT;
const COMPRESSED_TEXT = FIN | COMPRESSED | TEXT;

/**
 * Compressed replies: how long each is, is the server's choice. Inflated only to verify.
 *
 * @implements {Replies}
 */
export class DeflatedReplies {
  /** Of all replies so far, headers included. */
  bytes = 0;

  #expected;
  #next;
  #reader = new FrameReader();

  /** @param {Expected} expected */
  constructor(expected) {
    this.#expected = expected;
    this.#next = expected.first;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} length
   * @param {boolean} verifying
   */
  take(bytes, length, verifying) {
    let completed = 0;
    this.bytes += length;
    this.#reader.read(bytes, length, verifying, (frame) => {
      if (verifying) this.#verify(frame);
      this.#next = (this.#next + 1) % this.#expected.cycle;
      completed++;
    });
    return completed;
  }

  /** @param {Frame} frame */
  #verify({ first, payload }) {
    if (first !== COMPRESSED_TEXT) {
      const found = first === PLAIN_TEXT ? 'not compressed' : 'not one frame of text';
      throw new Error(`a reply is ${found}`);
    }
    const text = inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      dictionary: this.#expected.before(this.#next),
    });
    if (!text.equals(this.#expected.text(this.#next))) {
      throw new Error('a reply differs from the message that was sent');
    }
  }
}
