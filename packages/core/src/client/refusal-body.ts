import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** More than this is cut off: an error message is to be read by people. */
const MOST = 65_536;

/** Gathers the body of an answer other than 101, up to 64 KiB; `onEnd` is called once, however it ends. */
export class RefusalBody {
  readonly #response: IncomingMessage;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(response: IncomingMessage, onEnd: () => void) {
    this.#response = response;
    response.on('data', (chunk: Buffer) => {
      if (this.#take(chunk)) onEnd();
    });
    response.on('end', onEnd);
    response.on('error', onEnd);
    response.on('close', onEnd);
  }

  /** What has come, as text; a character that was cut in two is shown as U+FFFD. */
  get text(): string {
    // What the stream has, and has not shown yet: each is shown as `'data'`, too.
    while (this.#length < MOST && this.#response.read() !== null);
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  /** Whether it is full. */
  #take(chunk: Buffer): boolean {
    const part = chunk.subarray(0, MOST - this.#length);
    if (part.length > 0) this.#chunks.push(part);
    this.#length += part.length;
    return this.#length === MOST;
  }
}
