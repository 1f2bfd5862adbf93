import type { Buffer } from 'node:buffer';
import { constants, createDeflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';

import { ZlibJob } from './zlib-job.js';

/** How zlib is to compress. */
export interface ZlibDeflateSettings {
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
}

/** What zlib puts at the end of a message, and RFC 7692 takes away again (section 7.2.1). */
const TAIL_LENGTH = 4;

/**
 * Output comes in pieces of this size, each from a turn of the thread pool: not too many, nor half empty.
 */
const SMALLEST_PIECE = 1024;
const LARGEST_PIECE = 131_072;

/** Compresses a message on the spot. */
export function deflateNow(
  payload: Uint8Array,
  dictionary: Uint8Array,
  settings: ZlibDeflateSettings,
): Buffer {
  return withoutTail(deflateRawSync(payload, optionsFor(payload, dictionary, settings)));
}

/** Compresses a message in the thread pool. `dictionary` must not change until it has begun to. */
export function deflateLater(
  payload: Uint8Array,
  dictionary: Uint8Array,
  settings: ZlibDeflateSettings,
): ZlibJob {
  let begun = false;
  return new ZlibJob({
    limit: Number.POSITIVE_INFINITY,
    next() {
      if (begun) return undefined;
      begun = true;
      const engine = createDeflateRaw(optionsFor(payload, dictionary, settings));
      return { engine, input: [payload] };
    },
    finish: withoutTail,
    failure: (error) => error,
  });
}

function withoutTail(compressed: Buffer): Buffer {
  return compressed.subarray(0, compressed.length - TAIL_LENGTH);
}

function optionsFor(
  payload: Uint8Array,
  dictionary: Uint8Array,
  { windowBits, level, memLevel }: ZlibDeflateSettings,
): ZlibOptions {
  const options: ZlibOptions = {
    level,
    memLevel,
    // zlib has no raw deflate with 8, but it keeps 262 bytes of a window in reserve: with 9 it never refers back
    // further than 250 bytes, and an inflater that was promised 8 has 256.
    windowBits: Math.max(windowBits, 9),
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: Math.min(Math.max(payload.length >> 1, SMALLEST_PIECE), LARGEST_PIECE),
  };
  return dictionary.length === 0 ? options : { ...options, dictionary };
}
