import { FrameReader } from './frame-reader.mjs';
import { KnownReplies } from './known-replies.mjs';

/** @import { Buffer } from 'node:buffer' */
/** @import { Replies } from './echo-script.mjs' */

/** @typedef {{ first: number, payload: Buffer }} Message its first byte as in a frame, and its payload unmasked */

/**
 * The replies of a client: their lengths are known, their bytes only behind a masking key of the client's choice.
 *
 * @implements {Replies}
 */
export class MaskedReplies {
  #counted;
  #expected;
  #next;
  #reader = new FrameReader();

  /**
   * @param {readonly Buffer[]} replies one cycle of them, behind any masking key
   * @param {readonly Message[]} expected the same without
   * @param {number} first
   */
  constructor(replies, expected, first) {
    this.#counted = new KnownReplies(replies, first);
    this.#expected = expected;
    this.#next = first;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} length
   * @param {boolean} verifying
   */
  take(bytes, length, verifying) {
    if (verifying) this.#reader.read(bytes, length, true, (message) => this.#verify(message));
    const completed = this.#counted.take(bytes, length, false);
    if (!verifying) this.#next = (this.#next + completed) % this.#expected.length;
    return completed;
  }

  /** @param {Message} message */
  #verify({ first, payload }) {
    const expected = this.#expected[this.#next];
    if (first !== expected.first || !payload.equals(expected.payload)) {
      throw new Error('a reply differs from the message that was sent');
    }
    this.#next = (this.#next + 1) % this.#expected.length;
  }
}
