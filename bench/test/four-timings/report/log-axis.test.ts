import { expect, test } from 'vitest';
import { logAxis, ticksBetween } from '../../../four-timings/report/log-axis.mjs';

test('has a tick at 1, 2 and 5 of each decade, and none outside', () => {
  expect(ticksBetween(0.15, 12)).toEqual([0.2, 0.5, 1, 2, 5, 10]);
  expect(ticksBetween(1, 1000)).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
});

test('leaves room around the values', () => {
  const [least = 0, most = 0] = logAxis([2, 30], 'ms').scale.domain;
  expect(least).toBeLessThan(2);
  expect(most).toBeGreaterThan(30);
});
