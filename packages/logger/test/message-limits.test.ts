import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { MessageLimits } from '../src/message-limits.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
afterEach(() => void vi.useRealTimers());

function counted(limits: MessageLimits, id: string, times: number): string[] {
  return Array.from({ length: times }, () => limits.count('', id)).map((verdict) =>
    verdict.isShown ? `shown${verdict.note}` : 'hidden',
  );
}

test('shows a message as often as its id allows, and says that it is the last', () => {
  expect(counted(new MessageLimits({ late: 2 }), 'late', 4)).toEqual([
    'shown',
    'shown (no more like this)',
    'hidden',
    'hidden',
  ]);
});

test('counts each id for itself', () => {
  const limits = new MessageLimits(1);
  expect(counted(limits, 'a', 1)).toEqual(['shown (no more like this)']);
  expect(counted(limits, 'b', 1)).toEqual(['shown (no more like this)']);
  expect(limits.count('other scope', 'a').isShown).toBe(true);
});

test('has no limit for ids that none was given for', () => {
  const limits = new MessageLimits({ late: 1 });
  expect(counted(limits, 'toString', 3)).toEqual(['shown', 'shown', 'shown']);
});

test('shows nothing of an id whose limit is 0', () => {
  expect(counted(new MessageLimits({ late: 0 }), 'late', 1)).toEqual(['hidden']);
});

test('a limit of the call wins', () => {
  const limits = new MessageLimits({ late: 0 });
  expect(limits.count('', 'late', Infinity)).toEqual({ isShown: true, note: '' });
});

test('begins anew after the interval, and tells how many were hidden', () => {
  const limits = new MessageLimits(2, 60_000);
  expect(counted(limits, 'late', 5).at(1)).toBe('shown (no more like this for now)');
  vi.setSystemTime(59_999);
  expect(counted(limits, 'late', 1)).toEqual(['hidden']);
  vi.setSystemTime(60_000);
  expect(counted(limits, 'late', 2)).toEqual([
    'shown (4 like this were not shown)',
    'shown (no more like this for now)',
  ]);
});

test('keeps a bounded number of counts', () => {
  const limits = new MessageLimits(1);
  expect(counted(limits, 'first', 2)).toEqual(['shown (no more like this)', 'hidden']);
  for (let index = 0; index < 1000; index += 1) limits.count('', `text ${index}`);
  expect(counted(limits, 'first', 1)).toEqual(['shown (no more like this)']);
});

test.each([
  [() => new MessageLimits(-1), 'limit is -1, expected a number of at least 0'],
  [() => new MessageLimits({ a: NaN }), 'limit is NaN, expected a number of at least 0'],
  [() => new MessageLimits(1, -5), 'limitInterval is -5, expected a number of at least 0'],
])('refuses what is no limit', (make, message) => {
  expect(make).toThrow(new RangeError(message));
});
