import { Buffer } from 'node:buffer';
import type { DeflateRaw, InflateRaw } from 'node:zlib';

import { StateError } from '../protocol/errors.js';
import { messageTooBig } from '../protocol/frame-check.js';
import { zlibQueue, type Job, type JobQueue } from './job-queue.js';

/** One pass of zlib: `input` goes through `engine`, the last part of it as the end. */
export interface Pass {
  readonly engine: DeflateRaw | InflateRaw;
  readonly input: readonly Uint8Array[];
}

/** What a message wants of zlib: one pass, or several, one after another. */
export interface Task {
  /** In bytes; more output fails the job with 1009. */
  readonly limit: number;
  /** The next pass, given the output of all before; undefined when the message is complete. */
  next(output: readonly Buffer[]): Pass | undefined;
  /** Makes the result of all output. */
  finish(output: Buffer): Buffer;
  /** What an error of zlib means. */
  failure(error: Error): Error;
}

/**
 * One message on its way through zlib in the thread pool. `result` settles whatever happens: with the
 * output, with a failure, or at `abort`, which also has the memory of zlib freed as soon as no thread works
 * on it.
 */
export class ZlibJob implements Job {
  readonly result: Promise<Buffer>;
  readonly #task: Task;
  readonly #queue: JobQueue;
  #resolve!: (output: Buffer) => void;
  #reject!: (error: Error) => void;
  #engine: DeflateRaw | InflateRaw | undefined;
  #output: Buffer[] = [];
  #size = 0;
  #settled = false;

  constructor(task: Task, queue: JobQueue = zlibQueue) {
    this.#task = task;
    this.#queue = queue;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    queue.add(this);
  }

  start(): void {
    this.#goOn();
  }

  /** Settles `result` now: nobody waits for it any more. */
  abort(): void {
    if (this.#settled) return;
    const started = !this.#queue.remove(this);
    this.#settle(started);
    this.#reject(new StateError('POSTERN_ERR_CODEC_RELEASED', 'the connection ended before'));
  }

  #goOn(): void {
    try {
      const pass = this.#task.next(this.#output);
      if (pass === undefined) this.#succeed();
      else this.#run(pass);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #run({ engine, input }: Pass): void {
    this.#engine = engine;
    engine.on('data', (piece: Buffer) => this.#take(piece));
    engine.on('error', (error) => this.#fail(this.#task.failure(error)));
    engine.on('end', () => {
      if (!this.#settled) this.#goOn();
    });
    const last = input.length - 1;
    for (let index = 0; index < last; index += 1) engine.write(input[index]);
    engine.end(input[last]);
  }

  #take(piece: Buffer): void {
    if (this.#settled) return;
    this.#size += piece.length;
    if (this.#size > this.#task.limit) this.#fail(messageTooBig());
    else this.#output.push(piece);
  }

  #succeed(): void {
    const output = this.#task.finish(joined(this.#output, this.#size));
    this.#settle(true);
    this.#resolve(output);
  }

  #fail(error: Error): void {
    if (this.#settled) return;
    this.#settle(true);
    this.#reject(error);
  }

  #settle(started: boolean): void {
    this.#settled = true;
    this.#engine?.destroy();
    this.#engine = undefined;
    this.#output = [];
    if (started) this.#queue.done();
  }
}

/** The pieces as one Buffer that keeps no more memory than twice its size. */
export function joined(pieces: readonly Buffer[], size: number): Buffer {
  const [only] = pieces;
  if (only?.length === size && only.buffer.byteLength <= 2 * size) return only;
  // Not from Node's pool, which has 64 KiB from Node 24 on.
  const result = Buffer.allocUnsafeSlow(size);
  let end = 0;
  for (const piece of pieces) end += piece.copy(result, end);
  return result;
}
