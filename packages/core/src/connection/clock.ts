/** Where timers and the time come from; `@postern/core/testing` has one that stands still until told to move. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `callback` once, `delay` milliseconds from now. */
  setTimeout(callback: () => void, delay: number): unknown;
  /** Stops a timer of `setTimeout`; `undefined`, or one that has run, changes nothing. */
  clearTimeout(timer: unknown): void;
  /** Calls `callback` every `delay` milliseconds. */
  setInterval(callback: () => void, delay: number): unknown;
  /** Stops a timer of `setInterval`; `undefined` changes nothing. */
  clearInterval(timer: unknown): void;
}

/** Real time. Its timers never keep the process alive: sockets do that. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (callback, delay) => setInterval(callback, delay).unref(),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
};
