import type { Clock } from '../connection/clock.js';

interface Timer {
  readonly callback: () => void;
  due: number;
  /** For an interval, how often. */
  readonly every: number | undefined;
}

/** A clock that stands still until it is told to move: for deadlines and heartbeats in tests, without waiting. */
export interface FakeClock extends Clock {
  /**
   * Moves the time on by `duration` milliseconds and runs the timers that fall due, in their order. Between two
   * timers everything that is under way in memory, promises and in-memory sockets, gets its turn.
   */
  advance(duration: number): Promise<void>;
  /** How many timers are set. */
  readonly pendingTimers: number;
}

/** A clock at 0 that stands still. Give it to `serve`, `pair` and others as the option `clock`. */
export function fakeClock(): FakeClock {
  return new StandingClock();
}

class StandingClock implements FakeClock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  get pendingTimers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delay: number): Timer {
    return this.#add(callback, delay, undefined);
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  setInterval(callback: () => void, delay: number): Timer {
    return this.#add(callback, delay, Math.max(1, delay));
  }

  clearInterval(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  #add(callback: () => void, delay: number, every: number | undefined): Timer {
    const timer = { callback, due: this.#now + Math.max(0, delay), every };
    this.#timers.add(timer);
    return timer;
  }

  async advance(duration: number): Promise<void> {
    const until = this.#now + duration;
    await settle();
    for (let timer = this.#nextDue(until); timer !== undefined; timer = this.#nextDue(until)) {
      this.#now = Math.max(this.#now, timer.due);
      if (timer.every === undefined) this.#timers.delete(timer);
      else timer.due += timer.every;
      timer.callback();
      await settle();
    }
    this.#now = until;
  }

  #nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > until) continue;
      // They stand in the order of their making.
      if (next === undefined || timer.due < next.due) next = timer;
    }
    return next;
  }
}

/** Turns of the event loop enough for a message to go both ways in memory. */
const TURNS = 4;

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
