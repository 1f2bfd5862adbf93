import { expect, test } from 'vitest';
import { Queue } from '../queue.mjs';

/** Whether the promise has settled once everything that is ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const turn = new Promise((resolve) => setImmediate(resolve, 'not yet'));
  return (await Promise.race([promise, turn])) !== 'not yet';
}

test('gives back in order what was put into it', async () => {
  const queue = new Queue<string>();
  for (const item of ['a', '', 'b']) expect(await queue.put(item)).toBe(true);
  expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', '', 'b']);
});

test('lets whoever puts wait while it is full', async () => {
  const queue = new Queue<number>(2);
  await queue.put(1);
  await queue.put(2);
  const third = queue.put(3);
  const fourth = queue.put(4);
  expect(await isSettled(third)).toBe(false);
  expect(await queue.take()).toBe(1);
  expect(await third).toBe(true);
  expect(await isSettled(fourth)).toBe(false);
  queue.end();
  expect(await fourth).toBe(false);
});

test('lets whoever takes wait while it is empty, each for an item of their own', async () => {
  const queue = new Queue<number>();
  const takers = [queue.take(), queue.take(), queue.take()];
  expect(await isSettled(Promise.race(takers))).toBe(false);
  await queue.put(1);
  await queue.put(2);
  queue.end();
  expect(new Set(await Promise.all(takers))).toEqual(new Set([1, 2, undefined]));
});

test('gives what is left after its end, and takes nothing more', async () => {
  const queue = new Queue<number>();
  await queue.put(1);
  queue.end();
  expect(await queue.put(2)).toBe(false);
  const items = [];
  for await (const item of queue) items.push(item);
  expect(items).toEqual([1]);
});
