import { Duplex } from 'node:stream';

type Callback = (error?: Error | null) => void;

/**
 * A Duplex in the hands of a test. It keeps the very chunks that are written to it, as a PassThrough may, and
 * calls back at once, or when the test says so. What it is fed comes out of it.
 */
export class MemoryStream extends Duplex {
  /** What was written, chunk by chunk, and not copied. */
  readonly chunks: Buffer[] = [];
  /** Whether writes wait for `takeNext`. */
  holding = false;
  /** Every write from this one on fails with this. */
  failing: Error | undefined;
  /** Whether its other end has seen the end of what is written. */
  finished = false;
  #taken: Callback | undefined;

  /** All bytes written so far. */
  get written(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** The write that waits is through; whether there was one. */
  takeNext(): boolean {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
    return taken !== undefined;
  }

  /** Nothing waits from here on. */
  release(): void {
    this.holding = false;
    this.takeNext();
  }

  /** The peer sends `bytes`, or ends with `null`. */
  feed(bytes: Uint8Array | null): void {
    this.push(bytes);
  }

  override _read(): void {}

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: Callback): void {
    if (this.failing !== undefined) {
      callback(this.failing);
      return;
    }
    this.chunks.push(chunk);
    if (this.holding) this.#taken = callback;
    else callback();
  }

  override _final(callback: Callback): void {
    this.finished = true;
    callback();
  }
}
