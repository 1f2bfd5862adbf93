import { Buffer } from 'node:buffer';
import { createInflateRaw, inflateRawSync, type InflateRaw, type ZlibOptions } from 'node:zlib';

import { messageTooBig } from '../protocol/frame-check.js';
import { corruptMessage } from './corrupt-message.js';
import { joined, ZlibJob } from './zlib-job.js';

/** What a sender has taken off the end of a message. RFC 7692, section 7.2.2. */
const TAIL_LENGTH = 4;

/**
 * That, and a final block of ours, so that zlib tells whether the message ends where a block does. The
 * block holds `MARK`, coded: were it swallowed by a block that is cut short, the output would end
 * otherwise.
 */
const END = Buffer.from('0000ffff73f573510400', 'hex');
const MARK = Buffer.from('END!');

/** The whole of what a peer may refer to, were it all there. */
const WINDOW = 32_768;

const SMALLEST_PIECE = 1024;
const LARGEST_PIECE = 131_072;

/**
 * A message may have final blocks within (RFC 7692, section 7.2.3.4), after each of which zlib has to start
 * afresh for some 10 µs, in the thread pool 100. Senders with no other way to flush have one for each
 * fragment; what has more than one for each 4 KiB, and 16 to spare, is an attack.
 */
const SPARE_PASSES = 16;
const BYTES_PER_PASS = 4096;

/** One message: what is left of it, and what it may refer to. */
class Inflation {
  #rest: Uint8Array;
  #known: Uint8Array;
  #passes: number;
  #marked = false;

  constructor(payload: Uint8Array, dictionary: Uint8Array) {
    this.#rest = payload;
    this.#known = dictionary;
    this.#passes = SPARE_PASSES + Math.trunc(payload.length / BYTES_PER_PASS);
  }

  get rest(): Uint8Array {
    return this.#rest;
  }

  /** For the next pass. Whatever the window that was agreed: what lies before it is not there. */
  options(limit: number): ZlibOptions {
    const estimate = Math.min(this.#rest.length * 4, limit + 1, LARGEST_PIECE);
    const chunkSize = Math.max(estimate, SMALLEST_PIECE);
    return this.#known.length === 0 ? { chunkSize } : { chunkSize, dictionary: this.#known };
  }

  /**
   * Whether the message is complete after a pass that took `consumed` bytes of the rest and of `END` and
   * gave `output`.
   * @throws {ProtocolError} when it can never be.
   */
  completes(consumed: number, output: readonly Uint8Array[]): boolean {
    const beyond = consumed - this.#rest.length;
    this.#marked = beyond === END.length;
    // Else the last block was final: the sender left out the empty one after it, or it was that one.
    if (this.#marked || beyond === 0 || beyond === TAIL_LENGTH) return true;
    this.#passes -= 1;
    if (beyond > 0 || this.#passes === 0) throw corruptMessage();
    this.#rest = this.#rest.subarray(consumed);
    this.#known = lastOf([this.#known, ...output]);
    return false;
  }

  /**
   * The message, given the output of all passes.
   * @throws {ProtocolError} when its end was cut off.
   */
  finish(output: Buffer): Buffer {
    if (!this.#marked) return output;
    const size = output.length - MARK.length;
    if (size < 0 || !output.subarray(size).equals(MARK)) throw corruptMessage();
    return output.subarray(0, size);
  }
}

/** Inflates a message on the spot; undefined when it is longer than `limit`. */
export function inflateNow(
  payload: Uint8Array,
  dictionary: Uint8Array,
  limit: number,
): Buffer | undefined {
  const inflation = new Inflation(payload, dictionary);
  const most = limit + MARK.length;
  const output: Buffer[] = [];
  let size = 0;
  for (;;) {
    const pass = runPass(inflation, most - size);
    if (pass === undefined) return undefined;
    output.push(pass.buffer);
    size += pass.buffer.length;
    if (size > most) return undefined;
    if (inflation.completes(pass.engine.bytesWritten, [pass.buffer])) break;
  }
  const message = inflation.finish(joined(output, size));
  return message.length > limit ? undefined : message;
}

/** With the option `info`; the declarations of Node leave that out. */
interface InflateResult {
  readonly buffer: Buffer;
  readonly engine: InflateRaw;
}

function runPass(inflation: Inflation, left: number): InflateResult | undefined {
  const options = { ...inflation.options(left), info: true, maxOutputLength: Math.max(left, 1) };
  try {
    const result: unknown = inflateRawSync(Buffer.concat([inflation.rest, END]), options);
    return result as InflateResult;
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw meaningOf(error as Error);
  }
}

/** Inflates a message in the thread pool, to no more than `limit` bytes. */
export function inflateLater(payload: Uint8Array, dictionary: Uint8Array, limit: number): ZlibJob {
  const inflation = new Inflation(payload, dictionary);
  const most = limit + MARK.length;
  let engine: InflateRaw | undefined;
  let seen = 0;
  return new ZlibJob({
    limit: most,
    next(output) {
      if (engine !== undefined) {
        if (inflation.completes(engine.bytesWritten, output.slice(seen))) return undefined;
        seen = output.length;
      }
      engine = createInflateRaw(inflation.options(most));
      return { engine, input: [inflation.rest, END] };
    },
    finish(output) {
      const message = inflation.finish(output);
      if (message.length > limit) throw messageTooBig();
      return message;
    },
    failure: meaningOf,
  });
}

/** Errors of the data are the peer's, all others (of memory) are not. */
function meaningOf(error: Error): Error {
  const code = codeOf(error);
  return code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR' ? corruptMessage(error) : error;
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

/** The last bytes of all parts together that a peer may refer to. */
function lastOf(parts: readonly Uint8Array[]): Uint8Array {
  const all = Buffer.concat(parts);
  return all.subarray(Math.max(0, all.length - WINDOW));
}
