/**
 * Pseudo-random numbers that are the same for the same seed on every machine. Not for secrets.
 */
export class Random {
  #state;

  /** @param {number} seed an integer */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /**
   * An integer from 0 up to, and without, `bound`.
   *
   * @param {number} bound
   */
  below(bound) {
    return Math.floor((this.#next() / 2 ** 32) * bound);
  }

  /** @param {number} chances true once in so many times, on average */
  oneIn(chances) {
    return this.below(chances) === 0;
  }

  /**
   * @template Item
   * @param {readonly Item[]} items at least one
   * @returns {Item}
   */
  pick(items) {
    return /** @type {Item} */ (items[this.below(items.length)]);
  }

  /** @param {number} length */
  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  // splitmix32.
  #next() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }
}

/**
 * The random numbers that belong to an input: whatever a judgement chooses, it chooses again at the next.
 *
 * @param {Uint8Array} input
 */
export function randomOf(input) {
  let hash = 0x811c9dc5;
  for (const byte of input) hash = Math.imul(hash ^ byte, 0x01000193);
  return new Random(hash);
}
