import type { Clock } from '../../../src/connection/clock.js';

interface Timer {
  readonly callback: () => void;
  readonly at: number;
}

/** A clock that stands still until told to move. Intervals are kept, and never beat. */
export class ManualClock implements Clock {
  readonly #timers = new Set<unknown>();
  #now = 0;

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delay: number): unknown {
    const timer: Timer = { callback, at: this.#now + delay };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer);
  }

  setInterval(): unknown {
    return undefined;
  }

  clearInterval(): void {}

  /** Lets `duration` milliseconds pass, and calls what is due. */
  advance(duration: number): void {
    this.#now += duration;
    const due = [...(this.#timers as Set<Timer>)].filter(({ at }) => at <= this.#now);
    for (const timer of due.toSorted((one, other) => one.at - other.at)) {
      if (this.#timers.delete(timer)) timer.callback();
    }
  }
}
