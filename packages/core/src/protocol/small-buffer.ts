import { Buffer } from 'node:buffer';

/** In bytes: what a small message that is kept may pin besides itself. */
const POOL_SIZE = 8192;

let pool = Buffer.alloc(0);
let used = 0;

/**
 * A Buffer for a message that is small beside the pool; every byte of it is the caller's to fill.
 * Node's own pool is a little faster, but has 64 KiB from Node 24 on, which one kept message would pin.
 */
export const allocateSmall: (length: number) => Buffer =
  Buffer.poolSize <= POOL_SIZE ? (length) => Buffer.allocUnsafe(length) : allocateFromPool;

function allocateFromPool(length: number): Buffer {
  if (used + length > pool.length) {
    pool = Buffer.allocUnsafeSlow(POOL_SIZE);
    used = 0;
  }
  const buffer = pool.subarray(used, used + length);
  // Aligned, as masking by words likes it.
  used += (length + 7) & ~7;
  return buffer;
}
