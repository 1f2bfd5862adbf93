import type { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { RefuseOptions } from '../connection/admission.js';
import { HandshakeError } from '../handshake/errors.js';
import { refusal, type Refusal } from '../handshake/refusal.js';
import { isUpgrade } from '../handshake/server-handshake.js';
import { acceptHeaders } from '../handshake/switching-protocols.js';
import type { ErrorCode } from '../protocol/errors.js';
import type { Gate, GateAnswer, Road } from '../server/gate.js';
import { handshakeKey } from '../server/negotiate.js';
import type { IncomingRequest } from '../server/handshake-request.js';
import type { HandlerSettings } from '../server/options.js';
import type { PendingHandshake, Registry } from '../server/registry.js';
import { turnedAway, type Decision } from './decision.js';
import { EarlyBytes } from './early-bytes.js';
import { endSocket, refuseSocket } from './refuse-socket.js';
import { replayBody } from './replayed-body.js';
import { ReplayedSocket } from './replayed-socket.js';
import { bytesWritten, ignore, settleSocket } from './upgraded-socket.js';

/** What a client that has left would be answered, were it there: only logs see it. */
const CLIENT_CLOSED_REQUEST = 499;

const LEFT = 'the client left before it was let in';

/** These say of a 200 without a body what a 101 must not say. */
const ENTITY_HEADERS = ['content-length', 'content-type', 'transfer-encoding', 'etag', 'trailer'];

/** What a chain has in common for all its handshakes. */
export interface ChainRules {
  readonly settings: HandlerSettings;
  readonly registry: Registry;
  /** Whether a 404 means that the request may be another listener's. */
  mayBeForeign(): boolean;
}

/**
 * One upgrade request on its way through a framework's chain. The framework answers an accepted client with an empty
 * 200, which becomes the 101 as its head is written, with everything that the chain has set on it: cookies, headers,
 * a session that had to be saved first. Any other answer goes out as it is.
 */
export class ChainHandshake implements Road, PendingHandshake {
  /** As it came, before any middleware rewrote it. */
  readonly request: IncomingMessage;
  /** Whether a WebSocket is asked for; another protocol's request goes through the chain as an ordinary one. */
  readonly isUpgrade: boolean;
  readonly #rules: ChainRules;
  /** Those of the server; once a handler was reached, its own. */
  #settings: HandlerSettings;
  readonly #socket: Duplex;
  readonly #early: EarlyBytes;
  /** Reads as the request; what the chain answers is written to it. */
  readonly replayed: ReplayedSocket<ChainHandshake>;
  #gate: Gate | undefined;
  #decide: ((decision: Decision) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;
  #acceptance: GateAnswer | undefined;
  /** The chain's response, until all is settled. */
  #response: ServerResponse | undefined;
  #isSwitching = false;
  /** Whether it has been said that the client was turned away before a gatekeeper was asked. */
  #isTold = false;
  #isAnswered = false;
  #isSettled = false;
  #ended: Decision | undefined;
  #startedAt = 0;
  readonly #writtenBefore: number;
  #timer: unknown;

  constructor(rules: ChainRules, request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#rules = rules;
    this.#settings = rules.settings;
    this.request = request;
    this.#socket = socket;
    this.#writtenBefore = bytesWritten(socket);
    this.#early = new EarlyBytes(socket, head);
    this.replayed = new ReplayedSocket<ChainHandshake>(socket, request, this);
    this.replayed.on('error', ignore);
    this.isUpgrade = isUpgrade(request);
    if (!this.isUpgrade) replayBody(request, socket, head, this.replayed);
  }

  /** The client's own socket, for whoever asks a request for it. */
  get socket(): Duplex {
    return this.#socket;
  }

  /** From here on the client is watched and the deadline runs. */
  start(): void {
    this.#startedAt = this.#settings.connection.clock.now();
    if (!this.isUpgrade) this.#early.watch(() => this.#onLeft());
    else if (!this.#rules.mayBeForeign()) this.#early.hold(() => this.#onLeft());
    this.replayed.once('finish', () => this.#onEnded());
    this.replayed.once('close', () => this.#onAborted());
    this.#armDeadline();
  }

  #armDeadline(): void {
    const { connection, handshakeTimeout } = this.#settings;
    const { clock } = connection;
    clock.clearTimeout(this.#timer);
    if (handshakeTimeout === 0 || this.#isSettled) return;
    const passed = clock.now() - this.#startedAt;
    this.#timer = clock.setTimeout(
      () => this.#onDeadline(),
      Math.max(0, handshakeTimeout - passed),
    );
  }

  /** The gatekeeper is to decide; the promise is its word, or rejects with what it threw. */
  judge(gate: Gate, settings: HandlerSettings, run: () => void): Promise<Decision> {
    this.#gate = gate;
    const { handshakeTimeout } = this.#settings;
    this.#settings = settings;
    if (settings.handshakeTimeout !== handshakeTimeout) this.#armDeadline();
    // Until here it may have been another listener's request, whose bytes were not ours to read.
    if (this.#rules.mayBeForeign()) this.#early.hold(() => this.#onLeft());
    const decision = new Promise<Decision>((resolve, reject) => {
      this.#decide = resolve;
      this.#fail = reject;
    });
    run();
    return decision;
  }

  /** The client is turned away without a gatekeeper: by the rules before it, or by the chain. */
  tellTurnedAway(
    request: IncomingRequest,
    refused: Refusal,
    { trustProxy }: HandlerSettings = this.#settings,
  ): void {
    if (this.#isTold || this.#gate !== undefined || !this.isUpgrade) return;
    this.#isTold = true;
    this.#rules.registry.onTurnedAway(request, refused, trustProxy);
  }

  /** Whether a gatekeeper has been asked already: a chain may reach two handlers, and only one can have the client. */
  get isJudged(): boolean {
    return this.#gate !== undefined;
  }

  /** What the chain is to answer when nobody is there any more to be let in: the client has left, or was told 503. */
  get ended(): Decision | undefined {
    return this.#isTaken() ? turnedAway(404, {}, '') : this.#ended;
  }

  /** Whether another listener of the server, one who took his time, has answered: not all that was written is ours. */
  #isTaken(): boolean {
    if (this.#gate !== undefined || !this.#rules.mayBeForeign()) return false;
    const written = bytesWritten(this.#socket) - this.#writtenBefore;
    return 'bytesWritten' in this.#socket && written !== this.replayed.passedOn;
  }

  #leftToOthers(): boolean {
    const isTaken = this.#isTaken();
    if (isTaken) this.#leave();
    return isTaken;
  }

  /** Another listener's request: it gets no answer of ours. */
  #leave(): void {
    this.#letGo();
    this.#settle();
  }

  // What the gate says.

  onAccepted(gate: Gate, answer: GateAnswer): void {
    this.#acceptance = answer;
    this.#decide?.({ accepted: true, status: 200 });
  }

  onRefused(status: number, { headers = {}, body = '' }: RefuseOptions): void {
    this.#decide?.(turnedAway(status, headers, body));
  }

  onThrown(gate: Gate, error: unknown): void {
    this.#fail?.(error);
  }

  onTerminated(): void {
    this.#socket.destroy();
  }

  // What the chain says.

  /**
   * Watches the chain's response. An own property, since Express swaps the prototype of a response; and as its head
   * is written, since Koa's error path removes the headers that were set before.
   */
  watch(response: ServerResponse): void {
    const writeHead = response.writeHead;
    response.writeHead = (...args: unknown[]) => {
      const [status] = args as [number];
      if (this.#acceptance !== undefined && (status === 101 || (status >= 200 && status < 300))) {
        return this.#switchProtocols(response, writeHead, args);
      }
      if (status >= 200) this.#onAnswered(status);
      this.#isAnswered = true;
      // Headers that come along with the status would win over ours.
      setHeaders(response, args.at(-1));
      response.setHeader('Connection', 'close');
      const rest = args.filter((each) => typeof each !== 'object');
      return Reflect.apply(writeHead, response, rest) as ServerResponse;
    };
    this.#response = response;
    response.once('finish', () => {
      // After whatever else waits for the response: loggers and hooks see the 101 before the connection opens.
      if (this.#isSwitching) process.nextTick(() => this.#open());
    });
  }

  #switchProtocols(
    response: ServerResponse,
    writeHead: ServerResponse['writeHead'],
    args: readonly unknown[],
  ): ServerResponse {
    const { subprotocol, extensions, headers } = this.#acceptance!;
    setHeaders(response, args.at(-1));
    for (const name of ENTITY_HEADERS) response.removeHeader(name);
    this.#isAnswered = true;
    this.#isSwitching = true;
    response.writeHead = writeHead;
    const accepted = acceptHeaders(handshakeKey(this.request), subprotocol, extensions, headers);
    for (const name in accepted) {
      // The chain's own cookies stay: a session's is one of them.
      if (name.toLowerCase() === 'set-cookie') response.appendHeader(name, accepted[name]!);
      else response.setHeader(name, accepted[name]!);
    }
    return writeHead.call(response, 101);
  }

  #onAnswered(status: number): void {
    const isUnknown = status === 404 && this.#gate === undefined && this.#rules.mayBeForeign();
    if (isUnknown || this.#isTaken()) {
      this.#leave();
      return;
    }
    const message = `the client was answered with ${status} before it was let in`;
    this.#gate?.fail('POSTERN_ERR_HANDSHAKE_ANSWERED', message, status);
  }

  /** The 101 has gone: the socket is the connection's. */
  #open(): void {
    const socket = this.#socket;
    const gate = this.#gate!;
    this.replayed.handOver();
    if (socket.destroyed) {
      gate.fail('POSTERN_ERR_HANDSHAKE_ABORTED', LEFT);
    } else {
      settleSocket(socket);
      gate.open(socket, this.#early.take());
      // The connection listens for errors itself.
      socket.off('error', ignore);
    }
    // Not before: a server that is closing waits for whoever is pending, then for whoever is in.
    this.#settle();
  }

  /** An answer other than the 101 has gone, in full. */
  #onEnded(): void {
    if (this.#isSettled) return;
    // Without a response it was Node's parser that refused the request.
    const status = this.#response?.statusCode ?? 400;
    this.tellTurnedAway(this.request, refusal(status, ''));
    this.#settle();
    this.#early.release();
    endSocket(this.#settings, this.#socket);
    this.replayed.destroy();
  }

  // What else may come.

  /** The chain, or Node's parser, has destroyed the socket of its request. */
  #onAborted(): void {
    if (!this.#isSettled && !this.#isSwitching) this.#onLeft();
  }

  /** The chain sees what it would see of a GET: the request aborted, the response closed. */
  #onLeft(): void {
    if (this.#isSettled || this.#leftToOthers()) return;
    this.#settle();
    this.replayed.handOver();
    this.#socket.destroy();
    this.#gate?.fail('POSTERN_ERR_HANDSHAKE_ABORTED', LEFT);
    this.#end(turnedAway(CLIENT_CLOSED_REQUEST, {}, ''));
  }

  #onDeadline(): void {
    if (this.#leftToOthers()) return;
    const message = `neither accepted nor refused within ${this.#settings.handshakeTimeout / 1000} s`;
    const ws = this.#gate?.ws;
    this.#answerItself(message, 'POSTERN_ERR_HANDSHAKE_TIMEOUT');
    this.#settings.onError(
      new HandshakeError('POSTERN_ERR_HANDSHAKE_TIMEOUT', message, { status: 503 }),
      ws,
    );
  }

  /** The server is closing. A gatekeeper that has been asked is told by its gate, and the framework answers. */
  drain(): void {
    if (this.#gate !== undefined) this.#gate.drain();
    else this.#answerItself('the server is closing', 'POSTERN_ERR_SERVER_CLOSING');
  }

  /** 503 past the chain, which has not come to an answer. */
  #answerItself(message: string, code: ErrorCode): void {
    if (this.#isSettled || this.#leftToOthers()) return;
    this.#letGo();
    this.#settle();
    this.#early.release();
    if (this.#isAnswered) this.#socket.destroy();
    else refuseSocket(this.#settings, this.#socket, 503, { body: `${message}\n` });
    this.#gate?.fail(code, message, 503);
    this.tellTurnedAway(this.request, refusal(503, `${message}\n`));
    this.#end(turnedAway(503, {}, `${message}\n`));
  }

  /** Ends the chain's request without touching the client's socket, which Node would destroy along with it. */
  #letGo(): void {
    if (this.#response !== undefined) {
      this.#response.req.socket = this.replayed as unknown as IncomingMessage['socket'];
    }
    this.replayed.handOver();
  }

  #end(decision: Decision): void {
    this.#ended = decision;
    this.#decide?.(decision);
  }

  #settle(): void {
    this.#isSettled = true;
    this.#response = undefined;
    this.#settings.connection.clock.clearTimeout(this.#timer);
    this.#rules.registry.deletePending(this);
  }
}

/** The headers that came along with the status, where everything that looks at a response finds them. */
function setHeaders(response: ServerResponse, headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return;
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) response.setHeader(name, value as string);
    }
    return;
  }
  // Names and values in turn, or in pairs.
  const flat: unknown[] = Array.isArray(headers[0]) ? headers.flat() : headers;
  const names = flat.filter((each, index) => index % 2 === 0).map(String);
  for (const name of names) response.removeHeader(name);
  for (const [index, name] of names.entries()) {
    response.appendHeader(name, flat[index * 2 + 1] as string);
  }
}
