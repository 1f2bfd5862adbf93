import { Buffer } from 'node:buffer';
import { constants, deflateRawSync } from 'node:zlib';
import { DeflatedReplies } from './deflated-replies.mjs';
import { FrameCycle } from './frame-cycle.mjs';
import { TEXT, encodeFrame, newMaskingKey } from './frame.mjs';
import { makePayload } from './payload.mjs';
import { randomNumbers } from './random-numbers.mjs';

/** @import { Workload } from '../runner/workloads.mjs' */
/** @import { Script } from './echo-script.mjs' */

/** The farthest that a compressed message may refer back (RFC 1951, section 3.2.5). */
const WINDOW = 32_768;

// Three windows: no message is found again in what both sides remember.
const MIN_CYCLE_BYTES = 3 * WINDOW;
const MIN_CYCLE = 4;

/** The empty block at the end that permessage-deflate leaves out (RFC 7692, section 7.2.1). */
const TAIL = 4;

/**
 * Compressed messages, and the compressed replies to them (RFC 7692). With context takeover a message refers to the ones
 * before it in the cycle, so each connection first sends as many as fill a window, each compressed by itself.
 *
 * @implements {Script}
 */
export class DeflateScript {
  cycle;
  depth;
  priming;
  replyBytes;
  #texts;
  #history;
  #size;
  #alone;
  #frames;
  #random = randomNumbers(0x9e3779b9);

  /**
   * @param {Workload} workload of one size
   * @param {{ takeover: boolean }} agreed whether messages may refer to those before them
   */
  constructor({ payload, sizes: [size = 0], depth, priming }, { takeover }) {
    this.depth = depth;
    this.cycle = Math.max(MIN_CYCLE, depth, Math.ceil(MIN_CYCLE_BYTES / size));
    this.priming = priming ?? Math.ceil(WINDOW / size);
    this.#size = size;
    this.#texts = Array.from({ length: this.cycle }, () =>
      makePayload(payload, size, this.#random),
    );
    this.#history = Buffer.concat([...this.#texts, ...this.#texts]);
    this.#alone = this.#texts.map((text) => this.#frame(deflate(text)));
    const referring = this.#texts.map((text, index) =>
      takeover ? this.#frame(deflate(text, this.#before(index))) : this.#alone[index],
    );
    this.#frames = new FrameCycle(referring, depth);
    this.replyBytes = size;
  }

  /**
   * @param {number} first
   * @param {number} count
   */
  frames(first, count) {
    return this.#frames.run(first, count);
  }

  /**
   * A message that refers to nothing.
   *
   * @param {number} index
   */
  primingFrame(index) {
    return this.#alone[index];
  }

  /** @param {number} first */
  expect(first) {
    const { cycle } = this;
    return new DeflatedReplies({
      first,
      cycle,
      text: (index) => this.#texts[index],
      before: (index) => this.#before(index),
    });
  }

  /**
   * What both sides remember when the message `index` comes.
   *
   * @param {number} index
   */
  #before(index) {
    const end = (this.cycle + index) * this.#size;
    return this.#history.subarray(Math.max(0, end - WINDOW), end);
  }

  /** @param {Buffer} payload */
  #frame(payload) {
    const maskingKey = newMaskingKey(this.#random);
    return encodeFrame({ opcode: TEXT, fin: true, compressed: true, payload, maskingKey });
  }
}

/**
 * @param {Buffer} text
 * @param {Buffer} [dictionary]
 */
function deflate(text, dictionary) {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary && { dictionary }) };
  const bytes = deflateRawSync(text, options);
  return bytes.subarray(0, bytes.length - TAIL);
}
