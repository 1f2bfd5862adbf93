import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { errorFields } from '../src/error-text.js';
import { RecentStacks } from '../src/recent-stacks.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const error = new TypeError('mine');
const whole = errorFields(error);
const short = (where: string) => ({
  ...whole,
  stack: `TypeError: mine\n    (the stack is that of ${where})`,
});

test('a stack that was shown is referred to for a minute', () => {
  const stacks = new RecentStacks();
  expect(stacks.shorten(whole, 7)).toBe(whole);
  expect(stacks.shorten(whole, 8)).toEqual(short('#7'));
  vi.advanceTimersByTime(59_999);
  expect(stacks.shorten(whole, 9)).toEqual(short('#7'));
  vi.advanceTimersByTime(1);
  expect(stacks.shorten(whole, 10)).toBe(whole);
  expect(stacks.shorten(whole, 11)).toEqual(short('#10'));
});

test('one that belongs to no connection is an earlier line', () => {
  const stacks = new RecentStacks();
  stacks.shorten(whole, undefined);
  expect(stacks.shorten(whole, undefined)).toEqual(short('an earlier line'));
});

test('another stack is shown, and no more than a hundred are remembered', () => {
  const stacks = new RecentStacks();
  stacks.shorten(whole, 1);
  for (let count = 0; count < 100; count += 1) {
    const other = { ...whole, stack: `TypeError: ${count}\n    at` };
    expect(stacks.shorten(other, count)).toBe(other);
  }
  expect(stacks.shorten(whole, 2)).toBe(whole);
});
