import { Buffer } from 'node:buffer';

/**
 * Frames in one buffer, in the order in which they are sent, again and again: any run of up to `depth` of them is one
 * slice of it, and so one write.
 */
export class FrameCycle {
  /** How many frames there are. */
  length;

  #depth;
  #bytes;
  #starts;
  /** @type {(Buffer | undefined)[]} */
  #slices;

  /**
   * @param {readonly Buffer[]} frames
   * @param {number} depth
   */
  constructor(frames, depth) {
    this.length = frames.length;
    this.#depth = depth;
    // The first ones once more at the end, so that a slice never has to wrap around.
    const more = Array.from({ length: depth }, (_, index) => frames[index % frames.length]);
    this.#bytes = Buffer.concat([...frames, ...more]);
    this.#starts = startsOf([...frames, ...more]);
    this.#slices = Array.from({ length: frames.length * (depth + 1) });
  }

  /**
   * The bytes of `count` frames from the frame `first` on.
   *
   * @param {number} first from 0 to `length` - 1
   * @param {number} count from 1 to `depth`
   * @returns {Buffer}
   */
  run(first, count) {
    // A new view for every write costs about as much as the write's own bookkeeping.
    return (this.#slices[first * (this.#depth + 1) + count] ??= this.#slice(first, count));
  }

  /**
   * @param {number} first
   * @param {number} count
   */
  #slice(first, count) {
    return this.#bytes.subarray(this.#starts[first], this.#starts[first + count]);
  }
}

/**
 * Where each part begins when they stand in one buffer; the last entry is the end.
 *
 * @param {readonly Buffer[]} parts
 */
export function startsOf(parts) {
  const starts = new Float64Array(parts.length + 1);
  parts.forEach((part, index) => {
    starts[index + 1] = starts[index] + part.length;
  });
  return starts;
}
