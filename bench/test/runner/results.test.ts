import { expect, test } from 'vitest';
import { summarize } from '../../runner/results.mjs';
import { spreadOf } from '../../runner/statistics.mjs';

function sample(cost: number, perSecond: number) {
  const rest = { messages: 1, subjectLoad: 1, generatorLoad: 0.5, foreignLoad: 0, rss: 1 };
  return { cost, perSecond, ...rest };
}

test('takes the median, and the mean of the middle two of an even number', () => {
  expect(spreadOf([9, 1, 4])).toEqual({ median: 4, min: 1, max: 9 });
  expect(spreadOf([9, 1, 4, 2])).toEqual({ median: 3, min: 1, max: 9 });
});

test('a ratio above 1 is better than the yardstick, for CPU and for messages alike', () => {
  const samples = new Map([
    ['ws', [sample(8, 100), sample(6, 120), sample(7, 110)]],
    ['rival', [sample(3.5, 220)]],
  ]);
  const [ws, rival] = summarize(samples, 'ws');
  expect(ws).toMatchObject({ costRatio: 1, rateRatio: 1 });
  expect(rival).toMatchObject({ costRatio: 2, rateRatio: 2 });
});

test('has no ratios where the yardstick failed', () => {
  const [rival] = summarize(new Map([['rival', [sample(3.5, 220)]]]), 'ws');
  expect(rival).toMatchObject({ costRatio: null, rateRatio: null });
});
