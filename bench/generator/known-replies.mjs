import { Buffer } from 'node:buffer';
import { startsOf } from './frame-cycle.mjs';

/** @import { Replies } from './echo-script.mjs' */

/** @type {WeakMap<readonly Buffer[], { bytes: Buffer, ends: Float64Array }>} */
const joined = new WeakMap();

/**
 * Replies whose every byte is known beforehand: they are counted by their bytes, and nothing is parsed.
 *
 * @implements {Replies}
 */
export class KnownReplies {
  #bytes;
  #ends;
  #next;
  // Bytes of the cycle that have arrived.
  #position;

  /**
   * @param {readonly Buffer[]} replies one cycle of them; every connection is given the same array
   * @param {number} first
   */
  constructor(replies, first) {
    const { bytes, ends } = join(replies);
    this.#bytes = bytes;
    this.#ends = ends;
    this.#next = first;
    this.#position = first === 0 ? 0 : ends[first - 1];
  }

  /**
   * Where every reply passes: nothing is allocated, and the cost is per chunk, hardly per message.
   *
   * @param {Buffer} bytes
   * @param {number} length
   * @param {boolean} verifying
   */
  take(bytes, length, verifying) {
    if (verifying) this.#verify(bytes, length);
    const ends = this.#ends;
    let position = this.#position + length;
    let next = this.#next;
    let completed = 0;
    while (ends[next] <= position) {
      completed++;
      if (++next === ends.length) {
        next = 0;
        position -= this.#bytes.length;
      }
    }
    this.#position = position;
    this.#next = next;
    return completed;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} length
   */
  #verify(bytes, length) {
    let from = this.#position;
    for (let offset = 0; offset < length; from = 0) {
      const count = Math.min(length - offset, this.#bytes.length - from);
      if (bytes.compare(this.#bytes, from, from + count, offset, offset + count) !== 0) {
        throw new Error('a reply differs from the message that was sent');
      }
      offset += count;
    }
  }
}

/** @param {readonly Buffer[]} replies */
function join(replies) {
  let all = joined.get(replies);
  if (!all) {
    all = { bytes: Buffer.concat(replies), ends: startsOf(replies).slice(1) };
    joined.set(replies, all);
  }
  return all;
}
