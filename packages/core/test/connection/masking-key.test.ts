import type * as Crypto from 'node:crypto';
import { randomFillSync } from 'node:crypto';
import { expect, test, vi } from 'vitest';

import { nextMaskingKey } from '../../src/connection/masking-key.js';

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof Crypto>();
  const { randomFillSync: fill } = crypto;
  return { ...crypto, randomFillSync: vi.fn<typeof fill>(fill) };
});

test('keys come from the cryptographic source, each used once (sections 5.3 and 10.3)', () => {
  const keys = Array.from({ length: 5000 }, () => nextMaskingKey());
  expect(new Set(keys).size).toBeGreaterThan(4990);
  expect(keys.every((key) => Number.isInteger(key) && key >= -(2 ** 31) && key < 2 ** 31)).toBe(
    true,
  );
  expect(vi.mocked(randomFillSync).mock.calls.length).toBe(Math.ceil(5000 / 1024));
});

test('a key that was used is not left behind', () => {
  const key = nextMaskingKey();
  const [pool] = vi.mocked(randomFillSync).mock.lastCall as unknown as [Int32Array];
  expect(key === 0 || !pool.includes(key)).toBe(true);
  expect(pool.includes(0)).toBe(true);
});
