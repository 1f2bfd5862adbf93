import { Buffer } from 'node:buffer';

import { messageTooBig } from '../protocol/frame-check.js';
import { allocateSmall } from '../protocol/small-buffer.js';
import { LONGEST_INPUT } from './bit-reader.js';
import { corruptMessage } from './corrupt-message.js';
import { ReceivedWindow } from './received-window.js';
import { LONGEST_OUTPUT, Outcome, SmallInflater } from './small-inflater.js';
import type { ZlibJob } from './zlib-job.js';
import { inflateLater, inflateNow } from './zlib-inflate.js';

/** How the other side compresses its messages. */
export interface InflaterSettings {
  /** Whether every message stands alone. */
  readonly noContextTakeover: boolean;
  /** The logarithm of how far back the peer refers at most, 8 to 15. */
  readonly windowBits: number;
  /** Whether zlib decodes small messages too. */
  readonly codec: 'auto' | 'zlib';
}

/**
 * Compressed messages up to this size, and no longer than that when inflated, are inflated on the spot: 0.1
 * to 0.3 ms.
 */
const LONGEST_AT_ONCE = 16_384;
const MOST_AT_ONCE = 131_072;

const nothing = new Uint8Array(0);

/** One for the process: a small message is inflated in one call. Made when first asked for. */
let smallInflater: SmallInflater | undefined;

/**
 * Inflates the messages of the other side of one connection (RFC 7692, section 7.2.2), never beyond a
 * limit. Small ones are decoded here, larger ones by zlib, and the largest in the thread pool. Nothing but
 * the window is kept between messages.
 */
export class Inflater {
  readonly #settings: InflaterSettings;
  #window: ReceivedWindow | undefined;
  #job: ZlibJob | undefined;

  constructor(settings: InflaterSettings) {
    this.#settings = settings;
    if (!settings.noContextTakeover) this.#window = new ReceivedWindow(settings.windowBits);
  }

  /** How many bytes are kept between messages. */
  get heldBytes(): number {
    return this.#window?.bytes.length ?? 0;
  }

  /**
   * Inflates `payload`, the frames of one message joined, to no more than `limit` bytes; at once if it can,
   * else as a promise. Before that is settled nothing else may be inflated here and `payload` must not
   * change. The result is the caller's. After a failure nothing more can be inflated.
   * @throws {ProtocolError} with close code 1007 when the data are corrupt, and 1009 when the message is
   * longer than `limit`. A promise is rejected with the same.
   */
  inflate(payload: Uint8Array, limit: number): Buffer | Promise<Buffer> {
    // Some senders' zlib has nothing to flush for an empty message, where RFC 7692, section 7.2.3.6, wants one byte.
    if (payload.length === 0) return Buffer.alloc(0);
    if (payload.length <= LONGEST_INPUT && this.#settings.codec === 'auto') {
      const result = this.#inflateSmall(payload, limit);
      if (result !== undefined) return result;
    }
    if (payload.length <= LONGEST_AT_ONCE) {
      const result = this.#inflateNow(payload, limit);
      if (result !== undefined) return result;
    }
    const result = this.#inflateLater(payload, limit);
    // Whoever drops the promise, as a connection that ends, has nothing to fear.
    result.catch(() => {});
    return result;
  }

  /** Settles what is going on and lets go of the window; nothing may be inflated after. */
  release(): void {
    this.#job?.abort();
    this.#job = undefined;
    this.#window = undefined;
  }

  /** Undefined when the message is not small. */
  #inflateSmall(payload: Uint8Array, limit: number): Buffer | undefined {
    smallInflater ??= new SmallInflater();
    const length = smallInflater.inflate(payload, this.#window, limit);
    if (length === Outcome.Corrupt) throw corruptMessage();
    if (length === Outcome.Full) {
      if (limit <= LONGEST_OUTPUT) throw messageTooBig();
      return undefined;
    }
    this.#window?.append(smallInflater.output, length);
    const result = allocateSmall(length);
    result.set(smallInflater.output.subarray(0, length));
    return result;
  }

  /** Undefined when the message takes too long. */
  #inflateNow(payload: Uint8Array, limit: number): Buffer | undefined {
    const result = inflateNow(payload, this.#dictionary(), Math.min(limit, MOST_AT_ONCE));
    if (result === undefined && limit <= MOST_AT_ONCE) throw messageTooBig();
    if (result !== undefined) this.#window?.append(result, result.length);
    return result;
  }

  async #inflateLater(payload: Uint8Array, limit: number): Promise<Buffer> {
    const job = inflateLater(payload, this.#dictionary(), limit);
    this.#job = job;
    const result = await job.result;
    this.#job = undefined;
    this.#window?.append(result, result.length);
    return result;
  }

  #dictionary(): Uint8Array {
    return this.#window?.toDictionary() ?? nothing;
  }
}
