import { Buffer } from 'node:buffer';

import { scheduleFlush, type Flushable } from './flush-schedule.js';

/** In bytes; a batch that has grown beyond it is left, and the next message begins another. */
const FULL = 65_536;

/**
 * The frames that were published to one group within one turn. Every member's output refers to a part of the batch; the
 * bytes are joined once, and each member gets them by one write: 0.5 µs a delivery at eight messages a turn where a
 * write for each costs 3.4.
 */
export class Batch implements Flushable {
  readonly #frames: Buffer[] = [];
  /** Where each frame begins. */
  readonly #starts: number[] = [];
  #length = 0;
  #joined: { readonly start: number; readonly end: number; readonly bytes: Buffer } | undefined;

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length >= FULL;
  }

  add(frame: Buffer): void {
    this.#frames.push(frame);
    this.#starts.push(this.#length);
    this.#length += frame.length;
  }

  /** The bytes from the beginning of one frame to the end of another: the same Buffer for all who ask for the same. */
  part(start: number, end: number): Buffer {
    if (this.#joined?.start !== start || this.#joined.end !== end) {
      this.#joined = { start, end, bytes: this.#join(start, end) };
    }
    return this.#joined.bytes;
  }

  #join(start: number, end: number): Buffer {
    const first = this.#starts.indexOf(start);
    const next = this.#starts.indexOf(end);
    const frames = this.#frames.slice(first, next < 0 ? undefined : next);
    return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  }

  /** The turn is over: the next message to the group begins a batch of its own. */
  flush(): void {
    for (const [form, open] of current.batches) if (open === this) current.batches.delete(form);
  }
}

/** The group that was last published to in this turn, and its batches: one for each form that its members need. */
let current = { group: undefined as object | undefined, batches: new Map<string, Batch>() };

/** The batch of `group` in this turn for frames of one form. */
export function batchFor(group: object, form: string): Batch {
  if (current.group !== group) current = { group, batches: new Map() };
  const open = current.batches.get(form);
  if (open !== undefined && !open.isFull) return open;
  const batch = new Batch();
  current.batches.set(form, batch);
  scheduleFlush(batch);
  return batch;
}
