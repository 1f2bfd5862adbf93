import type { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';

import type { AcceptOptions, Admission, RefuseOptions } from '../connection/admission.js';
import { handshakeChannel, tellHandshake, type HandshakeEvent } from '../connection/diagnostics.js';
import {
  failByUser,
  failHandshake,
  isListening,
  isListenResult,
  isOrdinaryEnd,
  openWebSocket,
  setAdmission,
  WebSocket,
  type WebSocketHooks,
} from '../connection/web-socket.js';
import { HandshakeError } from '../handshake/errors.js';
import type { ExtensionOffer } from '../handshake/header-grammar.js';
import { copyHeaders, type OutgoingHeaders } from '../handshake/outgoing-headers.js';
import { checkRefusal } from '../handshake/refusal.js';
import { checkAcceptedSubprotocol } from '../handshake/subprotocol.js';
import { checkAcceptHeaders } from '../handshake/switching-protocols.js';
import { StateError, type ErrorCode } from '../protocol/errors.js';
import { HandshakeRequest, type IncomingRequest } from './handshake-request.js';
import type { HandlerSettings } from './options.js';
import type { PendingHandshake, Registry } from './registry.js';

/**
 * Decides who comes in, before the 101. Accepting, or the first read, lets the client in; ending without that turns it
 * away. Once the client is in, the promise is the life of the connection.
 */
export type Gatekeeper<Context = unknown> = (
  request: HandshakeRequest<Context>,
  ws: WebSocket,
) => unknown;

/** What a gatekeeper's word leads to: a raw socket's own response, or one that goes through a framework. */
export interface Road {
  /** The client is let in: send the 101, then call `gate.open`. */
  onAccepted(gate: Gate, answer: GateAnswer): void;
  /** The client is turned away. */
  onRefused(status: number, options: RefuseOptions): void;
  /** The gatekeeper threw before it decided. */
  onThrown(gate: Gate, error: unknown): void;
  /** The client is to be cut off without an answer. */
  onTerminated(): void;
}

/** What all handshakes of one handler share. */
export interface GateKeeping {
  readonly settings: HandlerSettings;
  readonly registry: Registry;
  readonly hooks: WebSocketHooks;
}

/** What a handshake that may pass can be answered with. */
export interface HandshakeChoice {
  /** The subprotocols that the client offers. */
  readonly offered: readonly string[];
  /** What the handler's own list chose of them; `''` for none. */
  readonly selected: string;
  readonly extensions: readonly ExtensionOffer[];
}

/** What a client that is let in is answered. */
export interface GateAnswer {
  /** `''` for none. */
  readonly subprotocol: string;
  readonly extensions: readonly ExtensionOffer[];
  readonly headers: OutgoingHeaders | undefined;
}

type Phase = 'deciding' | 'accepted' | 'refused' | 'open' | 'failed';

/**
 * One client before the gate: runs the gatekeeper, carries its word to the road, and, once the client is in, ends the
 * connection when the gatekeeper ends.
 */
export class Gate implements Admission, PendingHandshake {
  readonly ws: WebSocket;
  readonly #keeping: GateKeeping;
  readonly #choice: HandshakeChoice;
  /** Dropped when the client is in: nothing of the request may live as long as the connection. */
  #road: Road | undefined;
  /** The request, for whoever has subscribed to `postern:handshake`. */
  #seen: HandshakeRequest | undefined;
  #phase: Phase = 'deciding';
  #subprotocol = '';
  #headers: OutgoingHeaders | undefined;
  #opened: Promise<void> | undefined;
  #resolveOpened: (() => void) | undefined;
  #rejectOpened: ((error: Error) => void) | undefined;
  #timer: unknown;
  #isRunning = false;
  #hasEnded = false;
  #thrown: { readonly error: unknown } | undefined;

  constructor(keeping: GateKeeping, choice: HandshakeChoice, road: Road) {
    this.#keeping = keeping;
    this.#choice = choice;
    this.#road = road;
    this.ws = new WebSocket('server', keeping.settings.connection, keeping.hooks);
    setAdmission(this.ws, this);
  }

  get isAccepted(): boolean {
    return this.#phase === 'accepted' || this.#phase === 'open';
  }

  /** Whether the client waits: for the gatekeeper's word, or for the 101. */
  get isPending(): boolean {
    return this.#phase === 'deciding' || this.#phase === 'accepted';
  }

  /** Runs the gatekeeper; afterwards the client may be in, turned away, or still waiting. */
  run<Context>(gatekeeper: Gatekeeper<Context>, request: IncomingRequest, context: Context): void {
    const { registry, settings } = this.#keeping;
    const light = new HandshakeRequest(request, context, settings.trustProxy, this.ws);
    registry.enter(this.ws, light);
    registry.gatekeeperBegan();
    if (handshakeChannel.hasSubscribers) this.#seen = light;
    this.#isRunning = true;
    try {
      this.#follow(gatekeeper(light, this.ws));
    } catch (error) {
      this.#onThrown(error);
    }
    this.#isRunning = false;
    if (this.#phase === 'accepted') this.#letIn();
  }

  #follow(result: unknown): void {
    // The promise of `listen` only says that the connection has ended: following it would keep this object until then.
    if (!isThenable(result) || isListenResult(this.ws, result)) {
      this.#onEnded();
      return;
    }
    // Somebody else's thenable may call back twice, or throw; a promise made of it does not.
    Promise.resolve(result).then(
      () => this.#onEnded(),
      (error: unknown) => this.#onThrown(error),
    );
  }

  /** From now on the answer is due within `handshakeTimeout`. */
  armDeadline(): void {
    const { handshakeTimeout, connection } = this.#keeping.settings;
    if (handshakeTimeout === 0 || !this.isPending) return;
    this.#timer = connection.clock.setTimeout(() => this.#onDeadline(), handshakeTimeout);
  }

  // What the gatekeeper says.

  accept(options: AcceptOptions): Promise<void> {
    if (this.#opened !== undefined) return this.#opened;
    const { subprotocol = this.#choice.selected, headers } = options;
    try {
      this.#requireDeciding('accept');
      checkAcceptedSubprotocol(subprotocol, this.#choice.offered);
      if (headers !== undefined) checkAcceptHeaders(headers);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#phase = 'accepted';
    this.#subprotocol = subprotocol;
    // What was checked is what goes out, whatever becomes of the caller's object meanwhile.
    this.#headers = headers && copyHeaders(headers);
    this.#opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    // While the gatekeeper is still in its first, synchronous part, `run` goes on from here.
    if (!this.#isRunning) queueMicrotask(() => this.#letIn());
    return this.#opened;
  }

  #letIn(): void {
    if (this.#phase !== 'accepted') return;
    const { extensions } = this.#choice;
    this.#road?.onAccepted(this, {
      subprotocol: this.#subprotocol,
      extensions,
      headers: this.#headers,
    });
  }

  refuse(status: number, options: RefuseOptions): void {
    this.#requireDeciding('refuse');
    checkRefusal(status, options.headers ?? {});
    if (options.body !== undefined && typeof options.body !== 'string') {
      throw new TypeError(`body is ${typeof options.body}, expected a string`);
    }
    const error = new HandshakeError(
      'POSTERN_ERR_HANDSHAKE_REFUSED',
      `the gatekeeper refused the client with ${status}`,
      { status, body: options.body },
    );
    this.#turnAway(error, status, options);
  }

  #requireDeciding(method: string): void {
    if (this.#phase === 'deciding') return;
    throw new StateError(
      'POSTERN_ERR_ALREADY_DECIDED',
      `${method} on a client that has been ${this.#phase}, expected one that waits`,
    );
  }

  #turnAway(error: HandshakeError, status: number, options: RefuseOptions): void {
    const road = this.#road;
    this.#phase = 'refused';
    this.#finish(error);
    road?.onRefused(status, options);
  }

  terminate(): void {
    const road = this.#road;
    this.fail('POSTERN_ERR_TERMINATED', 'terminate() was called during the opening handshake');
    road?.onTerminated();
  }

  drain(): void {
    if (this.#phase !== 'deciding') return;
    const message = 'the server is closing';
    const error = new HandshakeError('POSTERN_ERR_SERVER_CLOSING', message, { status: 503 });
    this.#turnAway(error, 503, { body: `${message}\n` });
  }

  // What becomes of it.

  /** The 101 has gone to `duplex`; `head` is what the client sent early. */
  open(duplex: Duplex, head: readonly Buffer[]): void {
    if (this.#phase !== 'accepted') return;
    this.#phase = 'open';
    const { registry } = this.#keeping;
    registry.add(this.ws);
    // Before the first message: early ones are read as the connection opens.
    this.#tell('accepted', undefined);
    const { extensions } = this.#choice;
    openWebSocket(this.ws, duplex, head, { subprotocol: this.#subprotocol, extensions });
    registry.onOpened(this.ws);
    this.#resolveOpened?.();
    this.#forget();
    if (this.#thrown !== undefined) this.#endByError(this.#thrown.error);
    // Whoever waits for `accept` has its turn first: a close that was asked for meanwhile has a code of its own.
    else if (this.#hasEnded && !isListening(this.ws)) queueMicrotask(() => this.#endLife());
  }

  #onDeadline(): void {
    if (!this.isPending) return;
    const message = `neither accepted nor refused within ${this.#keeping.settings.handshakeTimeout / 1000} s`;
    const error = new HandshakeError('POSTERN_ERR_HANDSHAKE_TIMEOUT', message, { status: 503 });
    this.#turnAway(error, 503, { body: `${message}\n` });
    this.#keeping.settings.onError(error, this.ws);
  }

  /** The handshake came to nothing by something else than the gatekeeper's word. */
  fail(code: ErrorCode, message: string, status?: number): void {
    if (this.#phase === 'open' || this.#phase === 'refused' || this.#phase === 'failed') return;
    this.#phase = 'failed';
    this.#finish(new HandshakeError(code, message, { status }));
  }

  #finish(error: HandshakeError): void {
    this.#rejectOpened?.(error);
    this.#tell(this.#phase === 'refused' ? 'refused' : 'failed', error);
    this.#forget();
    failHandshake(this.ws, error);
  }

  #tell(outcome: HandshakeEvent['outcome'], error: HandshakeError | undefined): void {
    const request = this.#seen;
    if (request === undefined) return;
    const { connections } = this.#keeping.registry;
    const isIn = outcome === 'accepted';
    tellHandshake({
      role: 'server',
      ws: this.ws,
      request,
      outcome,
      status: isIn ? 101 : error?.status,
      subprotocol: isIn ? this.#subprotocol : '',
      connections,
      error,
    });
  }

  /** From here on nothing of the request is held. */
  #forget(): void {
    const { registry, settings } = this.#keeping;
    settings.connection.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#road = undefined;
    this.#seen = undefined;
    this.#headers = undefined;
    this.#opened = undefined;
    this.#resolveOpened = undefined;
    this.#rejectOpened = undefined;
    registry.deletePending(this);
  }

  // How the gatekeeper ends.

  #onEnded(): void {
    this.#hasEnded = true;
    this.#keeping.registry.gatekeeperEnded();
    if (this.#phase === 'deciding') this.refuse(403, {});
    else if (this.#phase === 'open') this.#endLife();
  }

  #endLife(): void {
    if (!isListening(this.ws)) void this.ws.close();
  }

  #onThrown(error: unknown): void {
    this.#keeping.registry.gatekeeperEnded();
    if (this.#phase === 'deciding') this.#failByGatekeeper(error);
    else if (this.#phase === 'accepted') this.#thrown = { error };
    else this.#endByError(error);
  }

  #failByGatekeeper(error: unknown): void {
    const road = this.#road;
    this.#phase = 'failed';
    this.#finish(
      new HandshakeError('POSTERN_ERR_GATEKEEPER', 'the gatekeeper threw', {
        status: 500,
        cause: error,
      }),
    );
    road?.onThrown(this, error);
  }

  #endByError(error: unknown): void {
    if (isOrdinaryEnd(this.ws, error)) return;
    if (this.#phase === 'open') failByUser(this.ws, error);
    else this.#keeping.settings.onError(error, this.ws);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
