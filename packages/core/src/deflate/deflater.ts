import { Buffer } from 'node:buffer';

import { SentWindow } from './sent-window.js';
import { LONGEST_SMALL, SmallDeflater } from './small-deflater.js';
import { deflateLater, deflateNow } from './zlib-deflate.js';
import type { ZlibJob } from './zlib-job.js';

/** How one side compresses its messages. */
export interface DeflaterSettings {
  /** Whether every message stands alone. */
  readonly noContextTakeover: boolean;
  /** The logarithm of how far back to refer at most, 8 to 15. */
  readonly windowBits: number;
  /** Of zlib, 1 to 9. */
  readonly level: number;
  /** Of zlib, 1 to 9. */
  readonly memLevel: number;
  /** Whether zlib codes small messages too. */
  readonly codec: 'auto' | 'zlib';
}

/**
 * Up to this size zlib is called on the spot: 0.1 to 0.2 ms of work, at worst (two letters at random) one.
 * The way to a thread and back costs 30 to 60 µs. From level 6 on the worst takes twice as long.
 */
const LONGEST_AT_ONCE = 16_384;
const LONGEST_AT_ONCE_IF_THOROUGH = 8192;
const THOROUGH = 6;

const nothing = new Uint8Array(0);

/** An empty message: an empty stored block without its tail. RFC 7692, section 7.2.3.6. */
const EMPTY_MESSAGE = 0x00;

/** One for the process: a small message is compressed in one call. Made when first asked for. */
let smallDeflater: SmallDeflater | undefined;

/**
 * By window bits, where small messages that stand alone are put to be searched; nothing of one is left for
 * the next.
 */
const passingWindows = new Map<number, SentWindow>();

function passingWindow(windowBits: number): SentWindow {
  const window = passingWindows.get(windowBits) ?? new SentWindow(windowBits);
  passingWindows.set(windowBits, window);
  window.clear();
  return window;
}

/**
 * Compresses the messages of one side of one connection (RFC 7692, section 7.2.1). Small ones are coded
 * here, larger ones by zlib, and the largest in the thread pool. Any of them can refer to what any other
 * left in the window, so nothing but the window is kept between messages: at most 40 KiB, where a zlib
 * stream keeps 256.
 */
export class Deflater {
  readonly settings: DeflaterSettings;
  #window: SentWindow | undefined;
  #job: ZlibJob | undefined;

  constructor(settings: DeflaterSettings) {
    this.settings = settings;
    if (!settings.noContextTakeover) this.#window = new SentWindow(settings.windowBits);
  }

  /** How many bytes are kept between messages. */
  get heldBytes(): number {
    return this.#window?.heldBytes ?? 0;
  }

  /**
   * Compresses `payload` for frames with RSV1; at once if it can, else as a promise. Before that is settled
   * nothing else may be compressed here and `payload` must not change. The result is the caller's.
   */
  deflate(payload: Uint8Array): Buffer | Promise<Buffer> {
    const size = payload.length;
    if (size === 0) return Buffer.from([EMPTY_MESSAGE]);
    if (size <= LONGEST_SMALL && this.settings.codec === 'auto') return this.#deflateSmall(payload);
    if (size <= this.#longestAtOnce) return this.#deflateNow(payload);
    const result = this.#deflateLater(payload);
    // Whoever drops the promise, as a connection that ends, has nothing to fear.
    result.catch(() => {});
    return result;
  }

  /** Takes note of a message that was compressed elsewhere and is sent here, as a prepared one is. */
  remember(payload: Uint8Array): void {
    this.#window?.remember(payload);
  }

  /** Settles what is going on and lets go of the window; nothing may be compressed after. */
  release(): void {
    this.#job?.abort();
    this.#job = undefined;
    this.#window = undefined;
  }

  get #longestAtOnce(): number {
    return this.settings.level < THOROUGH ? LONGEST_AT_ONCE : LONGEST_AT_ONCE_IF_THOROUGH;
  }

  #deflateSmall(payload: Uint8Array): Buffer {
    smallDeflater ??= new SmallDeflater();
    const window = this.#window ?? passingWindow(this.settings.windowBits);
    const length = smallDeflater.deflate(payload, window);
    const result = Buffer.allocUnsafe(length);
    result.set(smallDeflater.output.subarray(0, length));
    return result;
  }

  #deflateNow(payload: Uint8Array): Buffer {
    const result = deflateNow(payload, this.#dictionary(), this.settings);
    this.remember(payload);
    return result;
  }

  async #deflateLater(payload: Uint8Array): Promise<Buffer> {
    const job = deflateLater(payload, this.#dictionary(), this.settings);
    this.#job = job;
    const result = await job.result;
    this.#job = undefined;
    this.remember(payload);
    return result;
  }

  #dictionary(): Uint8Array {
    return this.#window?.toDictionary() ?? nothing;
  }
}
