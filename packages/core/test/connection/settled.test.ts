import { expect, test } from 'vitest';

import { HAD_ROOM, harmless, rejected, ROOM } from '../../src/connection/settled.js';
import { unhandledRejections } from './support/rejections.js';
import { turns } from './support/turns.js';

test('a harmless promise may be ignored, and still rejects whoever awaits it', async () => {
  const rejections = unhandledRejections();
  const error = new Error('seen by whoever looks');
  const promise = harmless(Promise.reject(error));
  const other = rejected(error);
  await turns();
  expect(rejections).toEqual([]);
  await expect(promise).rejects.toBe(error);
  await expect(other).rejects.toBe(error);
});

test('the shared promises are settled', async () => {
  expect(await ROOM).toBeUndefined();
  expect(await HAD_ROOM).toBe(true);
});
