import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';

import { CloseCode } from '../protocol/close-code.js';
import { checkCloseArguments } from '../protocol/close-frame.js';
import { PosternError, StateError } from '../protocol/errors.js';
import type { Role } from '../protocol/protocol.js';
import type { AcceptOptions, Admission, RefuseOptions } from './admission.js';
import { codecFor, type Agreed } from './agreed.js';
import { abnormalEnd, ConnectionClosedError, type CloseInfo } from './close-info.js';
import { Connection, type ConnectionOwner } from './connection.js';
import { closeChannel, errorChannel, openChannel, safeListener } from './diagnostics.js';
import { Inbox, type GuardedMessage, type InboxEnd, type Listener, type Message } from './inbox.js';
import { controlPayload, type MessageData } from './message-data.js';
import { MessageIterator } from './message-iterator.js';
import { forwardMessage, publishMessage, sendMessage, writeMessage } from './message-sender.js';
import {
  MAX_DURATION,
  resolveConnectionOptions,
  wholeNumber,
  type ConnectionSettings,
} from './options.js';
import type { PreparedMessage } from './prepared-message.js';
import type { Publication } from './publication.js';
import { printError } from './print-error.js';
import { HAD_ROOM, harmless, rejected, ROOM } from './settled.js';
import type {
  CloseOptions,
  ErrorListener,
  OverOptions,
  ReadOptions,
  WriteOptions,
} from './web-socket-options.js';

/** Where a WebSocket is in its life. */
export type WebSocketState = 'connecting' | 'open' | 'closing' | 'closed';

/** What a WebSocket tells whoever made it; one object for all connections of a server. */
export interface WebSocketHooks {
  readonly onError: ErrorListener;
  /** The socket is gone. */
  onClosed(ws: WebSocket): void;
}

// What servers, clients and relays do with a WebSocket that its users do not.

/** The opening handshake is done, and agreed on the given; `head` came along with it. */
export let openWebSocket: (
  ws: WebSocket,
  duplex: Duplex,
  head: readonly Buffer[],
  agreed: Agreed,
) => void;

/** Puts a server's WebSocket before its gate. */
export let setAdmission: (ws: WebSocket, admission: Admission) => void;

/** The opening handshake came to nothing. */
export let failHandshake: (ws: WebSocket, error: Error) => void;

/** Whether `listen` is on. */
export let isListening: (ws: WebSocket) => boolean;

/** Whether `result` is what `listen` returned, which never rejects. */
export let isListenResult: (ws: WebSocket, result: unknown) => boolean;

/** User code that serves this connection failed: 1011 to the peer, and `onError`. */
export let failByUser: (ws: WebSocket, error: unknown) => void;

/** Whether `error` only tells that this very connection has ended. */
export let isOrdinaryEnd: (ws: WebSocket, error: unknown) => boolean;

/** A message that goes to others too; whether it was taken. */
export let publishTo: (ws: WebSocket, publication: Publication) => boolean;

/** What comes from here on is only passed on. @throws {StateError} before acceptance. */
export let becomeRelayed: (ws: WebSocket) => void;

/** A message of the other side of a relay. */
export let forwardTo: (ws: WebSocket, message: unknown) => Promise<void>;

/** One end of a WebSocket connection. RFC 6455. */
export class WebSocket implements ConnectionOwner, InboxEnd, AsyncIterable<Message> {
  /** Which end this is. */
  readonly role: Role;
  readonly #settings: ConnectionSettings;
  readonly #hooks: WebSocketHooks;
  readonly #inbox: Inbox;
  #connection: Connection | undefined;
  #admission: Admission | undefined;
  #acceptance: Promise<void> | undefined;
  #subprotocol = '';
  /** What `listen` returned. */
  #listening: Promise<CloseInfo> | undefined;
  #handshakeError: Error | undefined;
  #closeInfo: CloseInfo | undefined;
  #isClosed = false;
  #closed: Promise<CloseInfo> | undefined;
  #resolveClosed: ((close: CloseInfo) => void) | undefined;
  #abort: AbortController | undefined;

  /** For the servers and clients of this library; use `serve`, `open` or `WebSocket.over`. */
  constructor(role: Role, settings: ConnectionSettings, hooks: WebSocketHooks) {
    this.role = role;
    this.#settings = settings;
    this.#hooks = hooks;
    this.#inbox = new Inbox(settings);
  }

  static {
    openWebSocket = (ws, duplex, head, agreed) => ws.#open(duplex, head, agreed);
    setAdmission = (ws, admission) => (ws.#admission = admission);
    failHandshake = (ws, error) => ws.#failHandshake(error);
    isListening = (ws) => ws.#inbox.isListening;
    isListenResult = (ws, result) => result !== undefined && result === ws.#listening;
    failByUser = (ws, error) => ws.#connection?.failByUser(error);
    becomeRelayed = (ws) => ws.#writable('relay').becomeRelayed();
    forwardTo = (ws, message) => forwardMessage(ws.#connection!, message);
    publishTo = (ws, publication) => ws.isOpen && publishMessage(ws.#connection!, publication);
    isOrdinaryEnd = (ws, error) =>
      error === ws.#handshakeError || ws.#connection?.isItsEnd(error) === true;
  }

  /**
   * A connection over any Duplex whose opening handshake is done, or that needs none.
   * @throws {TypeError} when `role` is neither `'server'` nor `'client'`, or an extension is not spoken here.
   * @throws {RangeError} when an option is out of its range; it names the option.
   */
  static over(duplex: Duplex, options: OverOptions): WebSocket {
    const { role, head, agreed = {}, onError = printError } = options;
    if (role !== 'server' && role !== 'client') {
      throw new TypeError(`role is ${String(role)}, expected 'server' or 'client'`);
    }
    const settings = resolveConnectionOptions(options);
    const hooks = { onError: safeListener(onError), onClosed: () => undefined };
    const ws = new WebSocket(role, settings, hooks);
    ws.#open(duplex, head === undefined ? [] : [Buffer.from(head)], agreed);
    return ws;
  }

  // What it is.

  /** Where it is in its life. */
  get state(): WebSocketState {
    if (this.#isClosed) return 'closed';
    if (this.#connection === undefined) return 'connecting';
    return this.#connection.isOpen ? 'open' : 'closing';
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#connection?.isOpen === true;
  }

  /** The subprotocol agreed on; `''` for none. RFC 6455, section 1.9. */
  get subprotocol(): string {
    return this.#subprotocol;
  }

  /** Bytes written and not yet given to the operating system, frame headers included. */
  get bufferedAmount(): number {
    return this.#connection?.outbox.bufferedAmount ?? 0;
  }

  /** Round trip of the last ping that was answered, in milliseconds; the heartbeat's pings count. */
  get latency(): number | undefined {
    return this.#connection?.latency;
  }

  /** How the connection ended, once that is known. */
  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo;
  }

  /** Resolves, and never rejects, once the socket is gone. */
  get closed(): Promise<CloseInfo> {
    this.#closed ??= this.#isClosed
      ? Promise.resolve(this.#closeInfo!)
      : new Promise((resolve) => (this.#resolveClosed = resolve));
    return this.#closed;
  }

  /** Aborts at the end of the connection, or of a handshake that came to nothing. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#closeInfo !== undefined) this.#abort.abort(this.endError());
    }
    return this.#abort.signal;
  }

  // The gate.

  /**
   * Lets the client in. The promise resolves when the 101 has gone to the socket; a second call returns it again.
   * @throws {TypeError} for a subprotocol that was not offered, or a header that must not be set.
   * @throws {HandshakeError} when the client left meanwhile, or something else answered; it has the status.
   */
  accept(options: AcceptOptions = {}): Promise<void> {
    if (this.#acceptance !== undefined) return this.#acceptance;
    if (this.#handshakeError !== undefined) return rejected(this.#handshakeError);
    const admission = this.#admission;
    if (admission === undefined) return ROOM;
    const acceptance = harmless(admission.accept(options));
    if (admission.isAccepted) this.#acceptance = acceptance;
    return acceptance;
  }

  /**
   * Turns the client away with an HTTP response. RFC 6455, section 4.2.2.
   * @throws {StateError} once the client has been let in or refused.
   * @throws {RangeError} when `status` is not from 300 to 599.
   */
  refuse(status: number, options: RefuseOptions = {}): void {
    if (this.#admission === undefined) {
      throw new StateError(
        'POSTERN_ERR_ALREADY_DECIDED',
        `refuse on a connection that is ${this.state}, expected one that is connecting`,
      );
    }
    this.#admission.refuse(status, options);
  }

  /** A first read lets the client in; the promise that nobody waits for is not kept. */
  #letIn(): void {
    const admission = this.#admission;
    if (admission?.isAccepted === false) void harmless(admission.accept({}));
  }

  // Reading.

  /**
   * The next message. Aborting the wait loses no message and closes nothing.
   * @throws {ConnectionClosedError} at the end; it tells how.
   * @throws {StateError} while another read is pending, or `listen` is on.
   */
  read(options?: ReadOptions): Promise<Message> {
    this.#letIn();
    return this.#inbox.read(options?.signal);
  }

  /** The next message, or how the connection ended. @throws {StateError} while something else reads. */
  readGuarded(): Promise<GuardedMessage> {
    this.#letIn();
    const message = this.#inbox.readGuarded();
    if (errorChannel.hasSubscribers) {
      message.then(({ ok }) => ok || this.#tellGuarded('readGuarded', this.endError()), ignore);
    }
    return message;
  }

  #tellGuarded(guarded: 'readGuarded' | 'writeGuarded', error: Error): void {
    if (errorChannel.hasSubscribers) errorChannel.publish({ ws: this, error, guarded });
  }

  /**
   * The message that is already there, or `undefined`.
   * @throws {StateError} while `listen` is on.
   */
  tryRead(): Message | undefined {
    this.#letIn();
    return this.#inbox.tryRead();
  }

  /** Messages until the connection ends, for whatever reason. Leaving the loop leaves the connection open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return new MessageIterator(() => {
      this.#letIn();
      return this.#inbox.next();
    });
  }

  /** The same as iteration, in arrays: all that is there, or that one chunk off the socket brings. */
  bursts(): AsyncIterableIterator<Message[], undefined> {
    return new MessageIterator(() => {
      this.#letIn();
      return this.#inbox.nextBurst();
    });
  }

  /**
   * Calls `listener` for every message; if it returns a promise, the next message waits for it. A throw or a
   * rejection closes the connection with 1011 and goes to `onError`. The promise resolves at the end.
   * @throws {StateError} while something else reads.
   */
  listen(listener: Listener): Promise<CloseInfo> {
    if (typeof listener !== 'function') {
      return rejected(new TypeError(`listener is ${typeof listener}, expected a function`));
    }
    try {
      this.#inbox.listen(listener);
    } catch (error) {
      return rejected(error);
    }
    this.#letIn();
    this.#listening = new Promise((resolve) => this.#inbox.whenDrained(resolve));
    return this.#listening;
  }

  // Writing.

  /**
   * Sends a message. Resolves at once while there is room, else when there is room again: it speaks of room, not
   * of delivery. A large Buffer is sent by reference and must not change until the promise has resolved.
   * @throws {StateError} before acceptance.
   * @throws {ConnectionClosedError} once the connection has ended or is ending.
   * @throws {PosternError} when the message was dropped: see the option `overflow`.
   * @throws {TypeError} for anything but a string or bytes.
   */
  write(data: MessageData | PreparedMessage, options?: WriteOptions): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return rejected(this.#notAccepted('write'));
    try {
      return writeMessage(connection, data, options);
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Sends a message; `false`, and no rejection, when the connection has ended or the message was dropped.
   * @throws {StateError | TypeError} for mistakes of the caller.
   */
  writeGuarded(data: MessageData | PreparedMessage, options?: WriteOptions): Promise<boolean> {
    const written = this.write(data, options);
    if (written === ROOM) return HAD_ROOM;
    return harmless(
      written.then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof PosternError) || error instanceof StateError) throw error;
          this.#tellGuarded('writeGuarded', error);
          return false;
        },
      ),
    );
  }

  /**
   * Sends a message without ever waiting. `false` when there is no more room: the message waits, up to
   * `maxSendBuffer`, and it is time to slow down; or when the connection has ended.
   * @throws {StateError} before acceptance.
   * @throws {TypeError} for anything but a string or bytes.
   */
  send(data: MessageData | PreparedMessage, options?: WriteOptions): boolean {
    const connection = this.#connection;
    if (connection === undefined) {
      if (this.#isClosed) return false;
      throw this.#notAccepted('send');
    }
    return sendMessage(connection, data, options);
  }

  /**
   * Sends a ping of at most 125 bytes; resolves with the round trip in milliseconds. A pong settles all older
   * pings too. RFC 6455, section 5.5.2.
   * @throws {StateError | ConnectionClosedError} before acceptance, and once the connection has ended or is ending.
   * @throws {TypeError | RangeError} for no string or bytes, above 125 bytes, and when 64 newer pings are unanswered.
   */
  ping(data?: MessageData): Promise<number> {
    try {
      const payload = data === undefined ? undefined : controlPayload(data);
      const connection = this.#writable('ping');
      return connection.isOpen ? connection.ping(payload) : rejected(connection.closedError());
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Sends a pong that nobody asked for, of at most 125 bytes. RFC 6455, section 5.5.3.
   * @throws {StateError | ConnectionClosedError | TypeError | RangeError} as `ping`, but for unanswered ones.
   */
  pong(data: MessageData = ''): Promise<void> {
    try {
      const payload = controlPayload(data);
      const connection = this.#writable('pong');
      if (!connection.isOpen) return rejected(connection.closedError());
      connection.pong(payload);
      return ROOM;
    } catch (error) {
      return rejected(error);
    }
  }

  #writable(method: string): Connection {
    if (this.#connection === undefined) throw this.#notAccepted(method);
    return this.#connection;
  }

  #notAccepted(method: string): Error {
    if (this.#handshakeError !== undefined) return this.endError();
    return new StateError(
      'POSTERN_ERR_NOT_ACCEPTED',
      `${method} before the client was let in: call accept() first`,
    );
  }

  // The end.

  /**
   * Begins the closing handshake; unread messages are dropped. Resolves when the socket is gone. Before acceptance
   * it refuses the client with 403. RFC 6455, section 7.
   * @throws {RangeError} for a code that must not be sent, a reason over 123 bytes, or a `timeout` out of range.
   * @throws {TypeError} when the code is no number, or the reason no string.
   */
  close(options: CloseOptions = {}): Promise<CloseInfo> {
    const { code = CloseCode.Normal, reason = '' } = options;
    try {
      checkCloseArguments(code, reason);
      const { timeout: given = this.#settings.closeTimeout } = options;
      const timeout = wholeNumber('timeout', given, 0, MAX_DURATION);
      if (this.#connection === undefined) this.#closeEarly({ code, reason, timeout });
      else this.#connection.beginClose(code, reason, timeout);
    } catch (error) {
      return rejected(error);
    }
    return this.closed;
  }

  /** Before the connection is open: turned away, or, once let in, closed as soon as it is open. */
  #closeEarly(options: CloseOptions): void {
    if (this.#admission === undefined) return;
    if (!this.#admission.isAccepted) this.#admission.refuse(403, {});
    else void this.accept().then(() => this.close(options), ignore);
  }

  /** Destroys the socket without a closing handshake; unread messages are dropped. */
  terminate(): void {
    this.#admission?.terminate();
    this.#inbox.discard();
    this.#connection?.destroy(
      abnormalEnd('local', new PosternError('POSTERN_ERR_TERMINATED', 'terminate() was called')),
    );
  }

  /** For `await using`: closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  [inspect.custom](): string {
    return `WebSocket(${this.role}, ${this.state.toUpperCase()})`;
  }

  // What comes from within.

  #open(duplex: Duplex, head: readonly Buffer[], agreed: Agreed): void {
    this.#admission = undefined;
    this.#subprotocol = agreed.subprotocol ?? '';
    const codec = codecFor(agreed, this.role, this.#settings.compression);
    this.#connection = new Connection(this, duplex, this.role, this.#inbox, this.#settings, codec);
    if (openChannel.hasSubscribers) openChannel.publish({ ws: this });
    this.#connection.start(head);
  }

  #failHandshake(error: Error): void {
    if (this.#connection !== undefined || this.#isClosed) return;
    this.#admission = undefined;
    this.#handshakeError = error;
    this.onEnding(abnormalEnd('local', error));
    this.onClosed();
  }

  /** For the inbox: how it ended, as readers and signals get it. */
  endError(): Error {
    return (
      this.#handshakeError ??
      this.#connection?.closedError() ??
      new ConnectionClosedError(this.#closeInfo!)
    );
  }

  /** For the connection. */
  onEnding(close: CloseInfo): void {
    this.#closeInfo = close;
    if (closeChannel.hasSubscribers) closeChannel.publish({ ws: this, close });
    this.#inbox.finish(this);
    this.#abort?.abort(this.endError());
  }

  /** For the connection. */
  onClosed(): void {
    this.#isClosed = true;
    this.#hooks.onClosed(this);
    this.#resolveClosed?.(this.#closeInfo!);
    this.#resolveClosed = undefined;
  }

  /** For the connection. */
  onUserError(error: unknown): void {
    if (errorChannel.hasSubscribers) errorChannel.publish({ ws: this, error });
    this.#hooks.onError(error, this);
  }
}

function ignore(): void {}
