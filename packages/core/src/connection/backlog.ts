import { Buffer } from 'node:buffer';

/** Called once the bytes of a piece are the stream's no more, or with why they never will be. */
export type Taken = (error?: Error | null) => void;

export interface Piece {
  readonly bytes: Buffer;
  readonly taken: Taken | undefined;
}

/** What small pieces are gathered in while they wait, in bytes. */
const BLOCK_SIZE = 16_384;

/** From this size on a piece keeps its own buffer. */
const GATHERED_BELOW = 4096;

/** After this many pieces a queue that never was empty moves back to its beginning. */
const SLOTS_PASSED = 1024;

const TAKEN: Piece = { bytes: Buffer.alloc(0), taken: undefined };

/**
 * Output that waits, in order. Small pieces that must wait for long are gathered in blocks, so that what waits
 * costs about its own bytes, and never pins the slab that they were written in.
 */
export class Backlog {
  #pieces: Piece[] = [];
  #head = 0;
  #byteLength = 0;
  #block: Buffer | undefined;
  #used = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  get isEmpty(): boolean {
    return this.#byteLength === 0;
  }

  get hasSeveral(): boolean {
    return this.#pieces.length - this.#head + (this.#block === undefined ? 0 : 1) > 1;
  }

  /** Adds a piece that stays as it is. */
  add(bytes: Buffer, taken: Taken | undefined): void {
    this.#closeBlock();
    this.#pieces.push({ bytes, taken });
    this.#byteLength += bytes.length;
  }

  /** Adds a copy of `source` from `start` up to `end`. */
  addCopy(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length >= GATHERED_BELOW) {
      const copy = Buffer.allocUnsafeSlow(length);
      source.copy(copy, 0, start, end);
      this.add(copy, undefined);
      return;
    }
    if (this.#block === undefined || this.#used + length > BLOCK_SIZE) {
      this.#closeBlock();
      this.#block = Buffer.allocUnsafeSlow(BLOCK_SIZE);
    }
    this.#used += source.copy(this.#block, this.#used, start, end);
    this.#byteLength += length;
  }

  /** Takes the first piece, but no more of it than `limit` bytes; the rest stays first. */
  take(limit: number): Piece | undefined {
    if (this.#head === this.#pieces.length) this.#closeBlock();
    const piece = this.#pieces[this.#head];
    if (piece === undefined) return undefined;
    if (piece.bytes.length > limit) {
      this.#pieces[this.#head] = { bytes: piece.bytes.subarray(limit), taken: piece.taken };
      this.#byteLength -= limit;
      return { bytes: piece.bytes.subarray(0, limit), taken: undefined };
    }
    this.#byteLength -= piece.bytes.length;
    // The slot may outlive the piece for long, and must not keep it.
    this.#pieces[this.#head] = TAKEN;
    this.#head += 1;
    if (this.#head === this.#pieces.length || this.#head === SLOTS_PASSED) {
      this.#pieces = this.#pieces.slice(this.#head);
      this.#head = 0;
    }
    return piece;
  }

  /** Forgets everything; whoever waits for a piece hears `error`. */
  clear(error: Error): void {
    const pieces = this.#pieces.slice(this.#head);
    this.#pieces = [];
    this.#head = 0;
    this.#byteLength = 0;
    this.#block = undefined;
    this.#used = 0;
    for (const piece of pieces) piece.taken?.(error);
  }

  #closeBlock(): void {
    if (this.#block === undefined) return;
    this.#pieces.push({ bytes: this.#block.subarray(0, this.#used), taken: undefined });
    this.#block = undefined;
    this.#used = 0;
  }
}
