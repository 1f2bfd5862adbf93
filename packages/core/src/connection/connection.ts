import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Codec } from '../deflate/codec.js';
import { CloseCode } from '../protocol/close-code.js';
import { closePayload, MAX_CLOSE_REASON, type CloseStatus } from '../protocol/close-frame.js';
import { PosternError, ProtocolError } from '../protocol/errors.js';
import { Opcode } from '../protocol/opcode.js';
import { Protocol, type ProtocolSink, type Role } from '../protocol/protocol.js';
import { readText, type TextBytes } from '../protocol/text-bytes.js';
import {
  abnormalEnd,
  closeTimedOut,
  ConnectionClosedError,
  isErrorOf,
  networkEnd,
  type CloseInfo,
} from './close-info.js';
import { Compression, type CompressionOwner } from './compression.js';
import { messageChannel, tellControl, tellReceived } from './diagnostics.js';
import { enterDataEvent, leaveDataEvent, type Flushable } from './flush-schedule.js';
import type { Inbox, InboxOwner } from './inbox.js';
import { Liveness, type Vitals } from './liveness.js';
import type { SenderOwner } from './message-sender.js';
import type { ConnectionSettings } from './options.js';
import { Outbox, type OutboxOwner } from './outbox.js';
import { Pings } from './pings.js';
import type { PulseMember } from './pulse.js';
import { hearAll, hearErrors, type StreamListener } from './stream-listeners.js';

/** Why reading has stopped, as bits: reading goes on when none is left. */
const Halt = { Output: 1, Unread: 2, Inflating: 4 } as const;

/** What a connection tells its WebSocket. */
export interface ConnectionOwner {
  /** The closing handshake is through, or the socket gone: how it ended is known from here on. */
  onEnding(close: CloseInfo): void;
  /** The socket is gone. */
  onClosed(): void;
  /** User code failed; `error` is for `onError`. */
  onUserError(error: unknown): void;
}

/**
 * The one place where a protocol meets a stream: it feeds chunks to the protocol, hands messages to the inbox,
 * answers pings and close frames, stops reading when it must, and sees to the end. It alone sends.
 */
export class Connection
  implements
    ProtocolSink,
    CompressionOwner,
    SenderOwner,
    InboxOwner,
    OutboxOwner,
    StreamListener,
    PulseMember,
    Vitals
{
  pulseIndex = -1;
  readonly role: Role;
  readonly outbox: Outbox;
  readonly compression: Compression | undefined;
  readonly liveness: Liveness;
  readonly settings: ConnectionSettings;
  /** The WebSocket. */
  readonly ws: ConnectionOwner;
  readonly #stream: Duplex;
  readonly #protocol: Protocol;
  readonly #inbox: Inbox;
  /** Made for the first ping. */
  #pings: Pings | undefined;
  /** A chunk of a socket is ours to unmask in place; one of another Duplex may be somebody's own bytes. */
  readonly #copiesChunks: boolean;
  #halt = 0;
  /** What comes is only passed on: see `relay`. */
  #isRelayed = false;
  /** `close` has been called; the close frame may still wait for messages that are being compressed. */
  #isLeaving = false;
  #close: CloseInfo | undefined;
  #closeTimer: unknown;
  #gone = false;
  #networkError: Error | undefined;
  /** The newest ping that came while output was blocked (section 5.5.3: only that one need be answered). */
  #owedPong: Buffer | undefined;

  constructor(
    ws: ConnectionOwner,
    stream: Duplex,
    role: Role,
    inbox: Inbox,
    settings: ConnectionSettings,
    codec: Codec | undefined,
  ) {
    // First of all: a stream without a listener for errors ends the process.
    hearErrors(stream, this);
    this.role = role;
    this.ws = ws;
    this.#stream = stream;
    this.#inbox = inbox;
    this.settings = settings;
    this.#copiesChunks = !(stream instanceof Socket);
    this.#protocol = new Protocol(this, {
      role,
      allowCompressed: codec !== undefined,
      maxMessageSize: settings.maxMessageSize,
      maxFragments: settings.maxFragments,
    });
    this.outbox = new Outbox(this, stream, role, settings.highWaterMark);
    this.compression = codec && new Compression(this, this.outbox, codec, settings.maxMessageSize);
    this.liveness = new Liveness(settings);
    inbox.attach(this);
  }

  get isOpen(): boolean {
    return this.#protocol.state === 'open' && !this.#isLeaving;
  }

  /** Round trip of the last ping that was answered, in milliseconds. */
  get latency(): number | undefined {
    return this.#pings?.latency;
  }

  /** Starts reading; `head` is what the peer sent along with its handshake. */
  start(head: readonly Buffer[]): void {
    const stream = this.#stream;
    this.settings.pulse.add(this);
    for (const chunk of head) if (chunk.length > 0) this.receive(chunk);
    if (stream.destroyed) this.onStreamClose();
    if (this.#gone) return;
    hearAll(stream);
    if (stream.readableEnded) this.onStreamEnd();
    if (this.#halt === 0) stream.resume();
  }

  /**
   * A chunk off the stream; with `lent`, the first so many bytes of a buffer that is another connection's after the call.
   * The way of every message begins here.
   */
  receive(chunk: Buffer, lent?: number): void {
    this.liveness.heard();
    const before = enterDataEvent(this.outbox);
    try {
      if (lent !== undefined) this.#protocol.receiveLent(chunk, lent);
      else this.#protocol.receive(this.#copiesChunks ? Buffer.from(chunk) : chunk);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#endTurn(before);
    }
  }

  /** What else brings messages does it as a chunk does. */
  #inTurn(deliver: () => void): void {
    const before = enterDataEvent(this.outbox);
    try {
      deliver();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#endTurn(before);
    }
  }

  /** The messages of one turn have been delivered: what was written meanwhile leaves. Also when `onError` throws. */
  #endTurn(before: Flushable | undefined): void {
    leaveDataEvent(before);
    this.#inbox.endOfBurst();
    if (this.#inbox.isHandingOn) this.outbox.flushAfterMicrotasks();
    else this.outbox.endOfEvent();
  }

  /** What comes from here on is only passed on: text stays bytes, and our own output stops no reading. */
  becomeRelayed(): void {
    this.#isRelayed = true;
    this.#protocol.keepTextAsBytes();
    this.#goOn(Halt.Output);
  }

  // What the protocol says.

  onMessage(data: string | Buffer | TextBytes, size: number): void {
    this.liveness.received();
    if (messageChannel.hasSubscribers) tellReceived(this.ws, data, size);
    this.#inbox.push(data, size);
  }

  onCompressedMessage(payload: Buffer, text: boolean): void {
    if (this.isOpen) this.compression!.inflate(payload, text);
  }

  onPing(payload: Buffer): void {
    if (messageChannel.hasSubscribers) tellControl(this.ws, 'received', 'ping', payload);
    if (this.#protocol.closeSent) return;
    if (this.outbox.isBlocked) this.#owedPong = Buffer.from(payload);
    else this.outbox.writeControl(Opcode.Pong, payload);
  }

  onPong(payload: Buffer): void {
    // First, so that whoever hears of the pong finds its round trip in `latency`.
    this.#pings?.settle(payload);
    if (messageChannel.hasSubscribers) tellControl(this.ws, 'received', 'pong', payload);
  }

  onClose(status: CloseStatus): void {
    const answered = this.#protocol.closeSent;
    const close: CloseInfo = {
      code: status.code,
      reason: status.reason,
      wasClean: true,
      initiator: answered ? 'local' : 'peer',
      cause: undefined,
    };
    if (!answered) this.#sendClose(status.code, '');
    this.#ending(close);
  }

  // What compression says.

  onInflated(payload: Buffer, text: boolean): void {
    this.onMessage(text ? readText(payload, !this.#isRelayed) : payload, payload.length);
  }

  onInflating(): void {
    this.#stop(Halt.Inflating);
  }

  onInflatedLater(payload: Buffer, text: boolean): void {
    if (!this.isOpen) return;
    this.#inTurn(() => this.onInflated(payload, text));
    this.#goOn(Halt.Inflating);
  }

  onInflateError(error: unknown): void {
    this.#fail(error);
  }

  // What the inbox and the outbox say.

  onUnread(): void {
    this.#stop(Halt.Unread);
  }

  onRead(): void {
    this.#goOn(Halt.Unread);
  }

  onListenerError(error: unknown): void {
    this.failByUser(error);
  }

  onBlocked(): void {
    this.liveness.blocked(this.outbox.progress);
    // Only a server stops: if both ends did, two bulk senders would wait for each other for ever. In a relay each side
    // is held back by the other alone, for the same reason.
    if (this.role === 'server' && !this.#isRelayed) this.#stop(Halt.Output);
  }

  onRoom(): void {
    const owed = this.#owedPong;
    this.#owedPong = undefined;
    if (owed !== undefined && this.isOpen) this.outbox.writeControl(Opcode.Pong, owed);
    this.#goOn(Halt.Output);
  }

  onWriteError(error: Error): void {
    this.onStreamError(error);
  }

  #stop(reason: number): void {
    if (this.#protocol.state !== 'open') return;
    if (this.#halt === 0) {
      this.#protocol.halt();
      this.#stream.pause();
    }
    this.#halt |= reason;
  }

  #goOn(reason: number): void {
    if (this.#halt === 0) return;
    this.#halt &= ~reason;
    if (this.#halt !== 0) return;
    this.#inTurn(() => this.#protocol.resume());
    this.liveness.heard();
    if (this.#halt === 0 && !this.#gone) this.#stream.resume();
  }

  // Sending.

  /** A ping; the promise resolves with the round trip in milliseconds. */
  ping(payload: Uint8Array | undefined): Promise<number> {
    this.#pings ??= new Pings(this.settings.clock);
    const { bytes, pong } = this.#pings.create(payload);
    if (messageChannel.hasSubscribers) tellControl(this.ws, 'sent', 'ping', bytes);
    this.outbox.writeControl(Opcode.Ping, bytes);
    return pong;
  }

  pong(payload: Uint8Array): void {
    if (messageChannel.hasSubscribers) tellControl(this.ws, 'sent', 'pong', payload);
    this.outbox.writeControl(Opcode.Pong, payload);
  }

  /** Why nothing can be written any more. */
  closedError(): ConnectionClosedError {
    return new ConnectionClosedError(this.#close ?? stillClosing(), this);
  }

  // The end.

  /** Begins the closing handshake, or goes on with one that has begun. Unread messages are dropped. */
  beginClose(code: number, reason: string, timeout: number): void {
    if (this.#gone) return;
    if (this.isOpen) {
      this.#inbox.discard();
      this.#isLeaving = true;
      if (this.compression === undefined) this.#sendClose(code, reason);
      else this.compression.whenIdle(() => this.#sendCloseUnlessSent(code, reason));
      // We must read on to see the peer's close frame.
      this.#goOn(this.#halt);
    }
    this.#armCloseTimer(timeout);
  }

  /** The peer's own may have come while messages were being compressed. */
  #sendCloseUnlessSent(code: number, reason: string): void {
    if (this.#protocol.state === 'open') this.#sendClose(code, reason);
  }

  #sendClose(code: number, reason: string): void {
    this.#protocol.sendClose();
    this.#owedPong = undefined;
    this.outbox.writeControl(Opcode.Close, closePayload(code, reason));
  }

  /** The closing handshake is through, or failed: nothing is read any more, the socket is to end. */
  #ending(close: CloseInfo): void {
    this.#decide(close);
    this.#armCloseTimer(this.settings.closeTimeout);
    // The server ends the socket first, and the client waits for it (section 7.1.1).
    if (this.role === 'server' || !close.wasClean) this.outbox.end();
    else this.outbox.flush();
    this.#readToTheEnd();
  }

  /** A socket closed over unread bytes would reset, and the peer might lose our close frame. */
  #readToTheEnd(): void {
    this.#halt = 0;
    this.#stream.resume();
  }

  #decide(close: CloseInfo): void {
    if (this.#close !== undefined) return;
    this.#close = close;
    this.#pings?.end(() => this.closedError());
    // Nothing may follow a close frame, not even what is being compressed.
    this.compression?.release(() => this.closedError());
    this.ws.onEnding(close);
  }

  #armCloseTimer(timeout: number): void {
    if (this.#closeTimer !== undefined || this.#gone) return;
    this.#closeTimer = this.settings.clock.setTimeout(
      () => this.destroy(closeTimedOut(timeout)),
      timeout,
    );
  }

  /** The one place where what the protocol throws is caught. */
  #fail(error: unknown): void {
    if (!(error instanceof ProtocolError)) {
      this.failByUser(error);
      return;
    }
    this.fail(error.closeCode, error.message, error);
  }

  /** Fails the connection: the peer is told why, what it sends is of no interest any more (section 7.1.7). */
  fail(code: number, reason: string, cause: Error): void {
    if (this.#gone || this.#close !== undefined) return;
    this.#sendCloseUnlessSent(code, reason.slice(0, MAX_CLOSE_REASON));
    this.#protocol.end();
    this.#ending({ code, reason, wasClean: false, initiator: 'local', cause });
  }

  /** User code failed: 1011 to the peer, the error to `onError`, unless it is only how this connection ended. */
  failByUser(error: unknown): void {
    if (this.isItsEnd(error)) return;
    // Also where the peer has ended already: what has failed is called no more.
    this.#inbox.discard();
    this.beginClose(CloseCode.InternalError, '', this.settings.closeTimeout);
    this.ws.onUserError(error);
  }

  /** Whether `error` only tells that this connection has ended. */
  isItsEnd(error: unknown): boolean {
    return isErrorOf(error, this);
  }

  /** Destroys the socket now; `close` says why, should nothing else have been the end before. */
  destroy(close: CloseInfo): void {
    if (this.#gone) return;
    this.#decide(close);
    this.#stream.destroy();
    this.#onGone();
  }

  #onGone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#protocol.end();
    this.settings.pulse.remove(this);
    this.settings.clock.clearTimeout(this.#closeTimer);
    this.outbox.close();
    this.ws.onClosed();
  }

  // What the stream says.

  onStreamError(error: Error): void {
    this.#networkError ??= error;
    if (this.#gone) return;
    this.destroy(this.#close ?? networkEnd(this.#networkError));
  }

  onStreamDrain(): void {
    this.outbox.onDrain();
  }

  /** The peer sends no more. Without a close frame that is no clean end. */
  onStreamEnd(): void {
    if (this.#close === undefined) {
      this.#protocol.end();
      this.#ending(networkEnd(this.#networkError));
    } else this.outbox.end();
  }

  onStreamClose(): void {
    if (this.#gone) return;
    if (this.#close === undefined) this.#decide(networkEnd(this.#networkError));
    this.#onGone();
  }

  // What time says.

  onBeat(): void {
    if (this.#close !== undefined) return;
    const verdict = this.liveness.judge(this);
    if (verdict === undefined) return;
    if (verdict.act === 'giveUp') this.giveUp(verdict.cause);
    else if (verdict.act === 'fail') this.#fail(verdict.cause);
    else if (!this.isOpen) return;
    else if (verdict.act === 'ping') void this.ping(undefined);
    else this.beginClose(CloseCode.Normal, 'idle', this.settings.closeTimeout);
  }

  // For liveness.

  get isReading(): boolean {
    return this.#halt === 0;
  }

  get isMidMessage(): boolean {
    return this.#protocol.isMidMessage;
  }

  get outputProgress(): number | undefined {
    return this.outbox.isBlocked ? this.outbox.progress : undefined;
  }

  /** The peer is taken for dead: it would not see a close frame. */
  giveUp(cause: PosternError): void {
    this.destroy(abnormalEnd('local', cause));
  }
}

/** What is known of an end while the closing handshake that this side began is not through. */
function stillClosing(): CloseInfo {
  const message = 'this side has begun the closing handshake';
  return abnormalEnd('local', new PosternError('POSTERN_ERR_CLOSING', message));
}
