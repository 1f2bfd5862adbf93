/** Stretches shorter than this are the watch's own, in milliseconds. */
const SHORT = 0.02;

/**
 * Times every turn of the event loop. It keeps the loop turning all the time, so CPU time means nothing beside it.
 */
export class LoopWatch {
  /** @type {number[]} */
  #turns = [];
  #last = performance.now();

  constructor() {
    const turn = () => {
      const now = performance.now();
      if (now - this.#last > SHORT) this.#turns.push(now - this.#last);
      this.#last = performance.now();
      setImmediate(turn);
    };
    turn();
  }

  /** @returns {number[]} the turns since it was last asked, the longest first, in milliseconds */
  take() {
    const turns = this.#turns.toSorted((a, b) => b - a);
    this.#turns = [];
    return turns.slice(0, 10_000);
  }
}
