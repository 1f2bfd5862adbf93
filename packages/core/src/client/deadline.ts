import type { Clock } from '../connection/clock.js';
import { HandshakeError } from '../handshake/errors.js';
import { whenAborted } from './when-aborted.js';

/** Ends an opening handshake that takes too long, or that its caller gives up. */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  readonly #timer: unknown;
  readonly #forgetSignal: (() => void) | undefined;
  #isOver = false;

  /** `timeout` is in milliseconds, 0 for none; `given` is the caller's signal, not aborted yet. */
  constructor(clock: Clock, timeout: number, given: AbortSignal | undefined) {
    this.#clock = clock;
    this.#forgetSignal = given && whenAborted(given, () => this.#abort.abort(given.reason));
    if (timeout > 0) this.#timer = clock.setTimeout(() => this.#onTimeout(timeout), timeout);
  }

  /** Aborts with what `open` is to reject with. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether time was up, and not the caller's patience. */
  get isOver(): boolean {
    return this.#isOver;
  }

  #onTimeout(timeout: number): void {
    if (this.signal.aborted) return;
    this.#isOver = true;
    const message = `expected an answer to the opening handshake within ${timeout} ms, got none`;
    this.#abort.abort(new HandshakeError('POSTERN_ERR_HANDSHAKE_TIMEOUT', message));
  }

  /** From here on neither time nor the caller's signal matters. */
  lift(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#forgetSignal?.();
  }
}
