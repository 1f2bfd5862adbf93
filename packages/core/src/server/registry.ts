import type { Clock } from '../connection/clock.js';
import { wholeNumber } from '../connection/options.js';
import { handshakeChannel, tellHandshake } from '../connection/diagnostics.js';
import type { WebSocket } from '../connection/web-socket.js';
import { CloseCode } from '../protocol/close-code.js';
import { HandshakeError } from '../handshake/errors.js';
import { refusal, type Refusal } from '../handshake/refusal.js';
import { checkCloseArguments } from '../protocol/close-frame.js';
import { addressOf, undecidedRequest, type IncomingRequest } from './handshake-request.js';
import { Capacity, type CapacityLimits } from './capacity.js';

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

/** @throws {RangeError} for a code that must not be sent, or a grace time out of range. */
export function resolveDrainOptions(options: DrainOptions = {}): Required<DrainOptions> {
  const { code = CloseCode.GoingAway, grace = DEFAULT_GRACE } = options;
  checkCloseArguments(code, '');
  return { code, grace: wholeNumber('grace', grace, 0, 2 ** 31 - 1) };
}

/** What everyone is told, and how long they have to answer. */
interface Goodbye {
  readonly code: number;
  readonly timeout: number;
}

/** How a server stands, and what it has done since it began. */
export interface ServerStats {
  /** Open connections. */
  readonly connections: number;
  /** Opening handshakes under way. */
  readonly pendingHandshakes: number;
  /** Gatekeepers whose promise has not settled. */
  readonly runningGatekeepers: number;
  /** Clients let in so far. */
  readonly accepted: number;
  /** Clients turned away so far, or gone before they were let in. */
  readonly refused: number;
  /** Unsent output of all connections, in bytes. */
  readonly bufferedBytes: number;
}

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
  readonly #capacity: Capacity;
  readonly #pending = new Set<PendingHandshake>();
  #gatekeepers = 0;
  #accepted = 0;
  #refused = 0;
  #closing: Promise<void> | undefined;
  #goodbye: Goodbye | undefined;
  #timer: unknown;
  #onEmpty: (() => void) | undefined;

  constructor(clock: Clock, limits: CapacityLimits) {
    this.#clock = clock;
    this.#capacity = new Capacity(limits);
  }

  /** What has happened so far, and how things stand. */
  stats(): ServerStats {
    let bufferedBytes = 0;
    for (const ws of this.connections) bufferedBytes += ws.bufferedAmount;
    return {
      connections: this.connections.size,
      pendingHandshakes: this.#pending.size,
      runningGatekeepers: this.#gatekeepers,
      accepted: this.#accepted,
      refused: this.#refused,
      bufferedBytes,
    };
  }

  /**
   * Why the client that sent `request` cannot be taken on, whatever a gatekeeper would say; undefined when it can.
   * `counted` says how often it is among those under way itself.
   */
  refusalFor(request: IncomingRequest, trustProxy: boolean, counted = 0): Refusal | undefined {
    if (this.isClosing) return refusal(503, 'the server is closing\n');
    const address = this.#capacity.countsAddresses ? addressOf(request, trustProxy) : '';
    return this.#capacity.refusalFor(address, this.connections.size, this.#pending.size - counted);
  }

  /** A client was turned away before it came to a gatekeeper. */
  onTurnedAway(request: IncomingRequest, { status, body }: Refusal, trustProxy = false): void {
    this.#refused += 1;
    if (!handshakeChannel.hasSubscribers) return;
    const code = 'POSTERN_ERR_HANDSHAKE_REFUSED';
    tellHandshake({
      role: 'server',
      ws: undefined,
      request: undecidedRequest(request, trustProxy),
      outcome: 'refused',
      status,
      subprotocol: '',
      connections: this.connections,
      error: new HandshakeError(code, body.trim() || `refused with ${status}`, { status, body }),
    });
  }

  /** The handshake of `ws` begins. */
  enter(ws: WebSocket, request: { readonly clientAddress: string }): void {
    if (this.#capacity.countsAddresses) this.#capacity.enter(ws, request.clientAddress);
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
    this.#accepted += 1;
    Set.prototype.add.call(this.connections, ws);
  }

  /** It is open. Whoever was let in just before everyone was told goodbye is told, too. */
  onOpened(ws: WebSocket): void {
    if (this.#goodbye !== undefined) void ws.close(this.#goodbye);
  }

  /** It has ended, or its handshake came to nothing. */
  delete(ws: WebSocket): void {
    this.#capacity.leave(ws);
    if (!Set.prototype.delete.call(this.connections, ws)) this.#refused += 1;
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
    const { code, grace } = resolveDrainOptions(options);
    if (this.#closing !== undefined) return this.#closing;
    // First of all: whoever hears of it below may call this once more.
    this.#closing = new Promise((resolve) => (this.#onEmpty = resolve));
    this.#drain({ code, timeout: grace });
    return this.#closing;
  }

  #drain(goodbye: Goodbye): void {
    this.#goodbye = goodbye;
    this.#timer = this.#clock.setTimeout(() => this.#giveUp(), goodbye.timeout);
    for (const handshake of this.#pending) handshake.drain();
    this.#sayGoodbye([...this.connections], goodbye);
    // After this turn: `isClosing` must be true for whoever comes in meanwhile.
    queueMicrotask(() => this.#checkEmpty());
  }

  #sayGoodbye(connections: readonly WebSocket[], goodbye: Goodbye): void {
    // All are told within the grace time, or the last would be cut off untold.
    const over = Math.min(SPREAD_OVER, goodbye.timeout / 2);
    if (connections.length <= SPREAD_ABOVE || over === 0) {
      closeEach(connections, goodbye);
      return;
    }
    const share = Math.ceil(connections.length / SPREAD_STEPS);
    for (let step = 0; step < SPREAD_STEPS; step += 1) {
      const part = connections.slice(step * share, (step + 1) * share);
      this.#clock.setTimeout(() => closeEach(part, goodbye), (step * over) / SPREAD_STEPS);
    }
  }

  /** The grace time is over. A gatekeeper cannot be ended from outside: it is left to itself. */
  #giveUp(): void {
    for (const ws of this.connections) ws.terminate();
    this.#finish();
  }

  #checkEmpty(): void {
    if (this.#onEmpty === undefined) return;
    if (this.connections.size > 0 || this.#pending.size > 0 || this.#gatekeepers > 0) return;
    this.#finish();
  }

  #finish(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }
}

function closeEach(connections: readonly WebSocket[], goodbye: Goodbye): void {
  for (const ws of connections) void ws.close(goodbye);
}
