/**
 * How long to wait before the next attempt: exponential, with full jitter, so that clients that lost the same server do
 * not come back together. Any time from nothing to the bound is as likely as another, and the bound doubles.
 */
export class Backoff {
  readonly #minDelay: number;
  readonly #maxDelay: number;
  #bound: number;

  /** Both in milliseconds. */
  constructor(minDelay: number, maxDelay: number) {
    this.#minDelay = minDelay;
    this.#maxDelay = maxDelay;
    this.#bound = Math.min(minDelay, maxDelay);
  }

  /** Milliseconds to wait; `atLeast` is what the server asks for. Never more than the longest delay. */
  next(atLeast = 0): number {
    const delay = Math.floor(Math.random() * this.#bound);
    this.#bound = Math.min(this.#bound * 2, this.#maxDelay);
    return Math.min(Math.max(delay, atLeast), this.#maxDelay);
  }

  /** All is well: the next wait is short again. */
  reset(): void {
    this.#bound = Math.min(this.#minDelay, this.#maxDelay);
  }
}
