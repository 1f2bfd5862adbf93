import type { Clock } from '../connection/clock.js';
import { wholeNumber } from '../connection/options.js';
import type { WebSocket } from '../connection/web-socket.js';
import { CloseCode } from '../protocol/close-code.js';
import { checkCloseArguments } from '../protocol/close-frame.js';

/** How everything that serves is closed. */
export interface DrainOptions {
  /**
   * The close code that everyone is told.
   * @default 1001
   */
  readonly code?: number;
  /**
   * How long closing handshakes and gatekeepers may take, in milliseconds; what is left then is terminated.
   * @default 10_000
   */
  readonly grace?: number;
}

/** A handshake that has not been decided. */
export interface PendingHandshake {
  /** Refuses it with 503: the server is closing. */
  drain(): void;
}

/** Above this many connections the goodbyes are spread, so that not everybody comes back at the same moment. */
const SPREAD_ABOVE = 1000;

/** Over how long, in milliseconds, and in how many steps. */
const SPREAD_OVER = 1000;
const SPREAD_STEPS = 20;

const DEFAULT_GRACE = 10_000;

/** A Set that only its registry changes. */
class ConnectionSet extends Set<WebSocket> {
  override add(): never {
    throw new TypeError('connections is read-only');
  }
  override delete(): never {
    throw new TypeError('connections is read-only');
  }
  override clear(): never {
    throw new TypeError('connections is read-only');
  }
}

/** Everyone whom one server has let in, or has still to decide on. */
export class Registry {
  readonly connections: ReadonlySet<WebSocket> = new ConnectionSet();
  readonly #clock: Clock;
  readonly #pending = new Set<PendingHandshake>();
  #gatekeepers = 0;
  #closing: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether new handshakes are to be refused with 503. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  addPending(handshake: PendingHandshake): void {
    this.#pending.add(handshake);
  }

  deletePending(handshake: PendingHandshake): void {
    this.#pending.delete(handshake);
    this.#checkEmpty();
  }

  add(ws: WebSocket): void {
    Set.prototype.add.call(this.connections, ws);
  }

  delete(ws: WebSocket): void {
    Set.prototype.delete.call(this.connections, ws);
    this.#checkEmpty();
  }

  gatekeeperBegan(): void {
    this.#gatekeepers += 1;
  }

  gatekeeperEnded(): void {
    this.#gatekeepers -= 1;
    this.#checkEmpty();
  }

  /**
   * Tells everyone that the server is going away, and waits for closing handshakes and gatekeepers.
   * @throws {RangeError} for a code that must not be sent, or a grace time out of range.
   */
  close(options: DrainOptions = {}): Promise<void> {
    const { code = CloseCode.GoingAway, grace = DEFAULT_GRACE } = options;
    checkCloseArguments(code, '');
    wholeNumber('grace', grace, 0, 2 ** 31 - 1);
    this.#closing ??= this.#drain(code, grace);
    return this.#closing;
  }

  async #drain(code: number, grace: number): Promise<void> {
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    const timer = this.#clock.setTimeout(() => this.#giveUp(), grace);
    for (const handshake of this.#pending) handshake.drain();
    this.#sayGoodbye([...this.connections], code, grace);
    // After this turn: `isClosing` must be true for whoever comes in meanwhile.
    queueMicrotask(() => this.#checkEmpty());
    await empty;
    this.#clock.clearTimeout(timer);
  }

  #sayGoodbye(connections: readonly WebSocket[], code: number, timeout: number): void {
    const share = Math.ceil(connections.length / SPREAD_STEPS);
    if (connections.length <= SPREAD_ABOVE) {
      for (const ws of connections) void ws.close({ code, timeout });
      return;
    }
    for (let step = 0; step < SPREAD_STEPS; step += 1) {
      const part = connections.slice(step * share, (step + 1) * share);
      this.#clock.setTimeout(
        () => this.#closeEach(part, code, timeout),
        (step * SPREAD_OVER) / SPREAD_STEPS,
      );
    }
  }

  #closeEach(connections: readonly WebSocket[], code: number, timeout: number): void {
    for (const ws of connections) void ws.close({ code, timeout });
  }

  /** The grace time is over. A gatekeeper cannot be ended from outside: it is left to itself. */
  #giveUp(): void {
    for (const ws of this.connections) ws.terminate();
    this.#onEmpty?.();
  }

  #checkEmpty(): void {
    if (this.#onEmpty === undefined) return;
    if (this.connections.size > 0 || this.#pending.size > 0 || this.#gatekeepers > 0) return;
    this.#onEmpty();
    this.#onEmpty = undefined;
  }
}
