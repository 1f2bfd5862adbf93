import type { Buffer } from 'node:buffer';

import { StateError } from '../protocol/errors.js';
import type { TextBytes } from '../protocol/text-bytes.js';
import type { CloseInfo } from './close-info.js';
import { rejected, ROOM } from './settled.js';

/** A received message: a string for text, bytes for binary. */
export type Message = string | Buffer;

/** What `listen` calls for each message. */
export type Listener = (data: Message) => unknown;

/** What `readGuarded` resolves with. */
export type GuardedMessage =
  { readonly ok: true; readonly data: Message } | { readonly ok: false; readonly close: CloseInfo };

/** What an inbox tells its connection. */
export interface InboxOwner {
  /** Stop reading: more is unread than the bounds allow. */
  onUnread(): void;
  /** Everything has been read. */
  onRead(): void;
  /** A listener threw, or its promise rejected. */
  onListenerError(error: unknown): void;
}

/** How it ended. The error is only made for whoever gets to see it: its stack costs 15 µs. */
export interface InboxEnd {
  readonly closeInfo: CloseInfo | undefined;
  /** Resolves when the socket is gone. */
  readonly closed: Promise<CloseInfo>;
  endError(): Error;
}

export interface InboxLimits {
  readonly maxUnreadBytes: number;
  readonly maxUnreadMessages: number;
}

/** Whoever waits for the next message. `kind` says in which shape it is wanted. */
interface Waiter {
  readonly kind: 'read' | 'guarded' | 'iterate' | 'burst';
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  /** Rejecting the promise must not become an unhandled rejection. */
  promise: Promise<unknown> | undefined;
}

/** The queue of a connection that has not needed one: most never do. */
const NONE: never[] = [];

/** An empty queue keeps no more slots than this. */
const SLOTS_KEPT = 64;

/** After this many messages a queue that never was empty moves back to its beginning. */
const SLOTS_PASSED = 1024;

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/**
 * Messages on their way to whoever reads: a listener, which is called directly, or one waiting promise. The first
 * message of a burst goes straight to the waiter and the rest is queued before its microtask runs, so a burst costs
 * one wake-up.
 */
export class Inbox {
  readonly #limits: InboxLimits;
  #owner: InboxOwner | undefined;
  // A queue by indices: nothing moves in a burst, and it starts at 0 again when it is empty.
  #messages: Message[] = NONE;
  #sizes: number[] = NONE;
  #head = 0;
  #tail = 0;
  #unreadBytes = 0;
  #listener: Listener | undefined;
  /** Whether the listener's promise for an earlier message is pending, and that message's size. */
  #busy = false;
  #busyBytes = 0;
  #waiter: Waiter | undefined;
  #full = false;
  #discarding = false;
  #end: InboxEnd | undefined;
  #onDrained: ((closed: Promise<CloseInfo>) => void) | undefined;

  constructor(limits: InboxLimits) {
    this.#limits = limits;
  }

  /** Whether `listen` is on. */
  get isListening(): boolean {
    return this.#listener !== undefined;
  }

  /** Whether the listener's promise stands before messages that are here: one that has settled lets them out at once. */
  get isHandingOn(): boolean {
    return this.#busy && this.#head < this.#tail;
  }

  get unreadBytes(): number {
    return this.#unreadBytes + this.#busyBytes;
  }

  get unreadMessages(): number {
    return this.#tail - this.#head + (this.#busy ? 1 : 0);
  }

  /** The connection is open: from here on it hears when reading must stop and may go on. */
  attach(owner: InboxOwner): void {
    this.#owner = owner;
  }

  /** Takes a message whose payload was `size` bytes. */
  push(message: Message | TextBytes, size: number): void {
    // Only a relay gets `TextBytes`, and it knows.
    const data = message as Message;
    if (this.#discarding) return;
    if (this.#head === this.#tail) {
      if (this.#listener !== undefined && !this.#busy) {
        const result = this.#call(this.#listener, data);
        if (result === undefined) return;
        this.#busyWith(size);
        void this.#attend(result);
        return;
      }
      if (this.#waiter !== undefined && this.#waiter.kind !== 'burst') {
        this.#wake(data);
        return;
      }
    }
    if (this.#messages === NONE) {
      this.#messages = [];
      this.#sizes = [];
    }
    this.#messages[this.#tail] = data;
    this.#sizes[this.#tail] = size;
    this.#tail += 1;
    this.#unreadBytes += size;
    this.#checkFull();
  }

  #checkFull(): void {
    if (this.#full) return;
    if (
      this.unreadBytes <= this.#limits.maxUnreadBytes &&
      this.unreadMessages < this.#limits.maxUnreadMessages
    ) {
      return;
    }
    this.#full = true;
    this.#owner?.onUnread();
  }

  #shift(): Message {
    const head = this.#head;
    const data = this.#messages[head]!;
    // The slot outlives the message, and must not keep it.
    this.#messages[head] = '';
    this.#unreadBytes -= this.#sizes[head]!;
    this.#head = head + 1;
    if (this.#head === this.#tail) this.#reset();
    else if (this.#head === SLOTS_PASSED) this.#moveBack();
    return data;
  }

  #moveBack(): void {
    this.#messages = this.#messages.slice(this.#head, this.#tail);
    this.#sizes = this.#sizes.slice(this.#head, this.#tail);
    this.#tail -= this.#head;
    this.#head = 0;
  }

  #reset(): void {
    if (this.#messages.length > SLOTS_KEPT) {
      this.#messages = [];
      this.#sizes = [];
    }
    this.#head = 0;
    this.#tail = 0;
    this.#unreadBytes = 0;
    this.#relieve();
  }

  /** The low mark is empty: a queue that is read one by one would else stop and start the socket all the time. */
  #relieve(): void {
    if (!this.#full || this.#busyBytes > this.#limits.maxUnreadBytes) return;
    this.#full = false;
    process.nextTick(onRead, this);
  }

  /** For `onRead`: reading goes on, unless the inbox has filled up again. */
  announceRead(): void {
    if (!this.#full) this.#owner?.onRead();
  }

  /** Calls the listener; returns what the next message must wait for. */
  #call(listener: Listener, data: Message): PromiseLike<unknown> | undefined {
    try {
      const result: unknown = listener(data);
      // Compared by identity: `(message) => ws.write(message)` costs no promise while there is room.
      if (result !== undefined && result !== ROOM && isThenable(result)) return result;
    } catch (error) {
      this.#owner?.onListenerError(error);
    }
    return undefined;
  }

  #busyWith(size: number): void {
    this.#busy = true;
    this.#busyBytes = size;
    this.#checkFull();
  }

  /**
   * Waits for what the listener returned, and hands on what is queued. One function goes on for as long as there is
   * something to wait for: a third cheaper for an `async` listener than a `then` of its own for each message.
   */
  async #attend(result: PromiseLike<unknown> | undefined): Promise<void> {
    let awaited = result;
    while (awaited !== undefined) {
      try {
        await awaited;
      } catch (error) {
        this.#owner?.onListenerError(error);
      }
      this.#busy = false;
      this.#busyBytes = 0;
      if (this.#head === this.#tail) this.#relieve();
      awaited = this.#deliverQueued();
    }
    this.#checkDrained();
  }

  /** Hands what is queued to the listener, for as long as it does not wait; returns what it waits for. */
  #deliverQueued(): PromiseLike<unknown> | undefined {
    while (this.#listener !== undefined && !this.#busy && this.#head < this.#tail) {
      const size = this.#sizes[this.#head]!;
      const result = this.#call(this.#listener, this.#shift());
      if (result === undefined) continue;
      this.#busyWith(size);
      return result;
    }
    return undefined;
  }

  /** Resolves the waiter with `data`. */
  #wake(data: Message): void {
    const waiter = this.#waiter!;
    this.#waiter = undefined;
    (waiter.resolve as (value: unknown) => void)(shaped(waiter.kind, data));
  }

  /** The data event is over: whoever waits for a burst gets what it brought. */
  endOfBurst(): void {
    if (this.#waiter === undefined || this.#head === this.#tail) return;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    (waiter.resolve as (value: unknown) => void)({ value: this.#shiftAll(), done: false });
  }

  #shiftAll(): Message[] {
    const messages = this.#messages.slice(this.#head, this.#tail);
    this.#messages.length = 0;
    this.#reset();
    return messages;
  }

  /** The first unread message, if one is there. */
  tryRead(): Message | undefined {
    if (this.#listener !== undefined) throw listenIsOn();
    if (this.#head === this.#tail) return undefined;
    return this.#shift();
  }

  read(signal: AbortSignal | undefined): Promise<Message> {
    const mistake = this.#mistake();
    if (mistake !== undefined) return rejected(mistake);
    if (signal?.aborted === true) return rejected(signal.reason);
    if (this.#head < this.#tail) return Promise.resolve(this.#shift());
    if (this.#end !== undefined) return rejected(this.#end.endError());
    const promise = this.#wait<Message>('read');
    return signal === undefined ? promise : this.#abortable(promise, signal);
  }

  #abortable(promise: Promise<Message>, signal: AbortSignal): Promise<Message> {
    const waiter = this.#waiter!;
    const abort = (): void => {
      // A waiter that has its message already keeps it: nothing is lost.
      if (this.#waiter !== waiter) return;
      this.#waiter = undefined;
      void waiter.promise?.catch(() => undefined);
      waiter.reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    const unlisten = (): void => signal.removeEventListener('abort', abort);
    promise.then(unlisten, unlisten);
    return promise;
  }

  readGuarded(): Promise<GuardedMessage> {
    const mistake = this.#mistake();
    if (mistake !== undefined) return rejected(mistake);
    if (this.#head < this.#tail) {
      return Promise.resolve({ ok: true, data: this.#shift() });
    }
    if (this.#end !== undefined) return Promise.resolve(guardedEnd(this.#end));
    return this.#wait<GuardedMessage>('guarded');
  }

  /** For `for await`: the next message, or the end. */
  next(): Promise<IteratorResult<Message, undefined>> {
    const mistake = this.#mistake();
    if (mistake !== undefined) return rejected(mistake);
    if (this.#head < this.#tail) {
      return Promise.resolve({ value: this.#shift(), done: false });
    }
    if (this.#end !== undefined) return Promise.resolve({ value: undefined, done: true });
    return this.#wait('iterate');
  }

  /** All that is there, or that comes with the next burst; or the end. */
  nextBurst(): Promise<IteratorResult<Message[], undefined>> {
    const mistake = this.#mistake();
    if (mistake !== undefined) return rejected(mistake);
    if (this.#head < this.#tail) {
      return Promise.resolve({ value: this.#shiftAll(), done: false });
    }
    if (this.#end !== undefined) return Promise.resolve({ value: undefined, done: true });
    return this.#wait('burst');
  }

  #wait<T>(kind: Waiter['kind']): Promise<T> {
    let waiter: Waiter | undefined;
    const promise = new Promise<T>((resolve, reject) => {
      waiter = { kind, resolve, reject, promise: undefined };
    });
    waiter!.promise = promise;
    this.#waiter = waiter;
    return promise;
  }

  #mistake(): StateError | undefined {
    if (this.#listener !== undefined) return listenIsOn();
    if (this.#waiter !== undefined) {
      return new StateError(
        'POSTERN_ERR_ALREADY_READING',
        'a read is pending, expected one reader at a time',
      );
    }
    return undefined;
  }

  /**
   * Calls `listener` for every message from here on, those already queued first.
   * @throws {StateError} when something else reads.
   */
  listen(listener: Listener): void {
    const mistake = this.#mistake();
    if (mistake !== undefined) throw mistake;
    this.#listener = listener;
    if (this.#head < this.#tail) process.nextTick(pump, this);
  }

  /** For `listen`, after whoever called it has gone on. */
  pumpQueued(): void {
    void this.#attend(this.#deliverQueued());
  }

  /** From here on messages are dropped, and so is what is queued: this side has closed. */
  discard(): void {
    this.#discarding = true;
    this.#messages = [];
    if (this.#head < this.#tail) this.#reset();
  }

  /** No message follows. What is queued is still read; then readers get `end`. */
  finish(end: InboxEnd): void {
    if (this.#end !== undefined) return;
    this.endOfBurst();
    this.#end = end;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) endWaiter(waiter, end);
    this.#checkDrained();
  }

  /** Calls `callback` with the end once nothing more will reach the listener. */
  whenDrained(callback: (closed: Promise<CloseInfo>) => void): void {
    this.#onDrained = callback;
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#onDrained === undefined || this.#end === undefined || this.#busy) return;
    if (this.#listener !== undefined && this.#head < this.#tail) return;
    const callback = this.#onDrained;
    this.#onDrained = undefined;
    callback(this.#end.closed);
  }
}

function onRead(inbox: Inbox): void {
  inbox.announceRead();
}

function pump(inbox: Inbox): void {
  inbox.pumpQueued();
}

function shaped(kind: Waiter['kind'], data: Message): unknown {
  if (kind === 'read') return data;
  return kind === 'guarded' ? { ok: true, data } : { value: data, done: false };
}

function endWaiter(waiter: Waiter, end: InboxEnd): void {
  const resolve = waiter.resolve as (value: unknown) => void;
  if (waiter.kind === 'guarded') resolve(guardedEnd(end));
  else if (waiter.kind !== 'read') resolve({ value: undefined, done: true });
  else {
    void waiter.promise?.catch(() => undefined);
    waiter.reject(end.endError());
  }
}

function guardedEnd({ closeInfo }: InboxEnd): GuardedMessage {
  return { ok: false, close: closeInfo! };
}

function listenIsOn(): StateError {
  return new StateError('POSTERN_ERR_LISTENING', 'listen is on, expected no other reader');
}
