import { expect, test } from 'vitest';

import { budgets, spend } from '../src/budgets.mjs';
import { slopeOf, soak } from '../src/soak.mjs';

const reason = process.platform === 'linux' ? undefined : 'the soak reads /proc of Linux';

test('50 connections for three seconds: every byte is right, and nothing is left', async ({
  skip,
}) => {
  if (reason !== undefined) skip(reason);
  const { tally, leaked, left, ended } = await soak({ connections: 50, seconds: 3 });
  expect(tally.errors).toEqual([]);
  expect(tally.messages).toBeGreaterThan(50);
  expect({ leaked, left, ended }).toEqual({ leaked: 0, left: 0, ended: undefined });
});

test('a budget that ends in a figure for each of its units', async ({ skip }) => {
  if (reason !== undefined) skip(reason);
  const [bomb] = budgets;
  const cost = await spend(bomb!);
  expect(Object.keys(cost)).toEqual(Object.keys(bomb!.most));
});

test.each([
  [[1, 2, 3, 4], 1],
  [[5, 5, 5], 0],
  [[4, 3, 2], -1],
  [[7], 0],
])('the slope of %j is %d', (values, slope) => {
  expect(slopeOf(values)).toBeCloseTo(slope);
});
