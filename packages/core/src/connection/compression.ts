import { Buffer } from 'node:buffer';

import type { Codec } from '../deflate/codec.js';
import { FIN } from '../protocol/frame-writer.js';
import { RSV1 } from '../protocol/frame-header.js';
import { Opcode } from '../protocol/opcode.js';
import type { Outbox } from './outbox.js';
import type { PreparedMessage } from './prepared-message.js';
import type { Publication } from './publication.js';
import { harmless } from './settled.js';

/** What compression tells its connection. */
export interface CompressionOwner {
  /** A message has been inflated. */
  onInflated(payload: Buffer, text: boolean): void;
  /** A large message is inflated on another thread: nothing must be read until `onInflatedLater` or `onInflateError`. */
  onInflating(): void;
  onInflatedLater(payload: Buffer, text: boolean): void;
  onInflateError(error: unknown): void;
}

/** A message that waits for one before it, which is being compressed on another thread. */
interface Waiting {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly compressed: Compressed;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * How a message is to go: `true` compressed, `false` as it is; or as it has been compressed already, by itself, for
 * several connections.
 */
export type Compressed = boolean | Buffer | Promise<Buffer>;

/**
 * permessage-deflate on one connection (RFC 7692). Small messages are compressed and inflated on the spot; while another
 * thread has a large one, what follows waits, so that all messages keep their order.
 */
export class Compression {
  readonly #owner: CompressionOwner;
  readonly #outbox: Outbox;
  readonly #codec: Codec;
  readonly #threshold: number;
  readonly #maxMessageSize: number;
  #isBusy = false;
  #waiting: Waiting[] = [];
  #onIdle: (() => void) | undefined;
  #released: (() => Error) | undefined;

  constructor(owner: CompressionOwner, outbox: Outbox, codec: Codec, maxMessageSize: number) {
    this.#owner = owner;
    this.#outbox = outbox;
    this.#codec = codec;
    this.#threshold = codec.threshold;
    this.#maxMessageSize = maxMessageSize;
  }

  /** Takes a compressed message. @throws {ProtocolError} with 1007 or 1009. */
  inflate(payload: Buffer, text: boolean): void {
    const result = this.#codec.inflater.inflate(payload, this.#maxMessageSize);
    if (result instanceof Uint8Array) {
      this.#owner.onInflated(result, text);
      return;
    }
    this.#owner.onInflating();
    result.then(
      (bytes) => this.#owner.onInflatedLater(bytes, text),
      (error: unknown) => {
        if (this.#released === undefined) this.#owner.onInflateError(error);
      },
    );
  }

  /** A text message. The promise is `ROOM` while there is room and nothing waits. */
  writeText(text: string, compress: boolean): Promise<void> {
    if (!this.#mustWait && (!compress || text.length < this.#threshold)) {
      return this.#outbox.writeText(text);
    }
    return this.write(Opcode.Text, Buffer.from(text, 'utf8'), compress);
  }

  /** A message that was prepared; on a client, which masks, its compressed bytes are all that is shared. */
  writePrepared(message: PreparedMessage, compress: boolean): Promise<void> {
    return this.write(message.opcode, message.payload, compress && this.#shared(message));
  }

  /** A message of bytes, or of text already encoded. */
  write(opcode: number, payload: Uint8Array, compressed: Compressed): Promise<void> {
    const worthIt = payload.length >= this.#threshold && compressed;
    return this.#mustWait
      ? this.#wait(opcode, payload, worthIt)
      : this.#send(opcode, payload, worthIt);
  }

  /** A message that others get too, in a form that they share where that can be. */
  publish(publication: Publication): Promise<void> {
    const { message } = publication;
    if (this.#mustWait) return this.#wait(message.opcode, message.payload, this.#shared(message));
    if (message.payload.length < this.#threshold)
      return this.#outbox.writeShared(publication.plain());
    const place = publication.compressed(this.#codec.deflater.settings);
    if (place === undefined)
      return this.#send(message.opcode, message.payload, this.#shared(message));
    this.#codec.deflater.remember(message.payload);
    return this.#outbox.writeShared(place);
  }

  #shared(message: PreparedMessage): Compressed {
    if (message.payload.length < this.#threshold) return false;
    return message.compressed(this.#codec.deflater.settings);
  }

  get #mustWait(): boolean {
    return this.#isBusy || this.#waiting.length > 0;
  }

  #send(opcode: number, payload: Uint8Array, compressed: Compressed): Promise<void> {
    if (compressed === false) return this.#outbox.writeBytes(opcode, payload);
    const { deflater } = this.#codec;
    if (compressed === true) return this.#finish(opcode, payload, deflater.deflate(payload));
    // What others have compressed refers to nothing; what follows may refer to it.
    deflater.remember(payload);
    return this.#finish(opcode, payload, compressed);
  }

  #finish(opcode: number, payload: Uint8Array, result: Buffer | Promise<Buffer>): Promise<void> {
    const first = FIN | RSV1 | opcode;
    if (result instanceof Uint8Array) return this.#outbox.writeOwned(first, result);
    this.#isBusy = true;
    this.#outbox.reserve(payload.length);
    return harmless(
      result.then(
        (bytes) => {
          this.#endJob(payload.length);
          const written = this.#outbox.writeOwned(first, bytes);
          this.#goOn();
          return written;
        },
        (error: unknown) => {
          this.#endJob(payload.length);
          this.#goOn();
          throw error;
        },
      ),
    );
  }

  /** @throws what the connection ended with, if it has. */
  #endJob(length: number): void {
    this.#isBusy = false;
    if (this.#released !== undefined) throw this.#released();
    this.#outbox.reserve(-length);
  }

  #wait(opcode: number, payload: Uint8Array, compressed: Compressed): Promise<void> {
    this.#outbox.reserve(payload.length);
    // The bytes of a small message are the caller's again at once, as they are without compression.
    const kept = this.#outbox.isSmall(payload.length) ? Buffer.from(payload) : payload;
    return harmless(
      new Promise((resolve, reject) => {
        this.#waiting.push({ opcode, payload: kept, compressed, resolve, reject });
      }),
    );
  }

  #goOn(): void {
    while (!this.#isBusy && this.#waiting.length > 0) {
      const { opcode, payload, compressed, resolve, reject } = this.#waiting.shift()!;
      this.#outbox.reserve(-payload.length);
      this.#send(opcode, payload, compressed).then(resolve, reject);
    }
    if (this.#mustWait) return;
    const onIdle = this.#onIdle;
    this.#onIdle = undefined;
    onIdle?.();
  }

  /** Calls `callback` once everything written so far is with the outbox. */
  whenIdle(callback: () => void): void {
    if (this.#mustWait) this.#onIdle = callback;
    else callback();
  }

  /** The connection has ended: settles every job. `why` is asked if anybody waits. */
  release(why: () => Error): void {
    if (this.#released !== undefined) return;
    this.#released = why;
    this.#onIdle = undefined;
    this.#codec.deflater.release();
    this.#codec.inflater.release();
    for (const { reject } of this.#waiting.splice(0)) reject(why());
  }
}
