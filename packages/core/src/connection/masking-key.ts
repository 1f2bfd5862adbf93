import { randomFillSync } from 'node:crypto';

/** How many keys one call to the random source brings: a call costs more than all of its bytes. */
const POOL_SIZE = 1024;

const pool = new Int32Array(POOL_SIZE);
let next = POOL_SIZE;

/** A fresh masking key from a cryptographic source, for one frame. RFC 6455, sections 5.3 and 10.3. */
export function nextMaskingKey(): number {
  if (next === POOL_SIZE) {
    randomFillSync(pool);
    next = 0;
  }
  const maskingKey = pool[next]!;
  // A key is used once, and not left behind.
  pool[next] = 0;
  next += 1;
  return maskingKey;
}
