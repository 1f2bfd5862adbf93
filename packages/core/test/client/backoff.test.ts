import { afterEach, expect, test, vi } from 'vitest';

import { Backoff } from '../../src/client/backoff.js';

afterEach(() => void vi.restoreAllMocks());

test('the bound of the wait doubles up to the longest delay, and starts anew after a reset', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
  const backoff = new Backoff(1000, 60_000);
  const waits = Array.from({ length: 8 }, () => backoff.next());
  expect(waits).toEqual([999, 1999, 3999, 7999, 15_999, 31_999, 59_999, 59_999]);
  backoff.reset();
  expect(backoff.next()).toBe(999);
});

test('a wait may be none at all: the jitter is full', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  expect(new Backoff(1000, 60_000).next()).toBe(0);
});

test('the server may ask for a longer wait, but not for one beyond the longest', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const backoff = new Backoff(1000, 60_000);
  expect(backoff.next(5000)).toBe(5000);
  expect(backoff.next(10)).toBe(1000);
  expect(backoff.next(3_600_000)).toBe(60_000);
});

test('the longest delay bounds the first wait, too', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const backoff = new Backoff(1000, 100);
  expect([backoff.next(), backoff.next()]).toEqual([50, 50]);
  backoff.reset();
  expect(backoff.next()).toBe(50);
});
