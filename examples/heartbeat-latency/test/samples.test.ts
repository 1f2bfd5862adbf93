import { expect, test } from 'vitest';
import { SPAN, Samples, inWords } from '../samples.js';

test('keeps what is younger than a minute', () => {
  const samples = new Samples();
  for (const time of [0, 1, SPAN, SPAN + 1]) samples.add(time, time);
  expect(samples.all.map(({ time }) => time)).toEqual([1, SPAN, SPAN + 1]);
  expect(samples.last).toBe(SPAN + 1);
});

test('knows the value that a share of all did not exceed', () => {
  const samples = new Samples();
  for (const value of [5, 1, 4, 2, 3]) samples.add(value, 0);
  expect([0.5, 0.95, 1].map((share) => samples.quantile(share))).toEqual([3, 5, 5]);
});

test('an interruption is one gap, and no value', () => {
  const samples = new Samples();
  samples.interrupt();
  expect(samples.all).toEqual([]);
  samples.add(1, 0);
  samples.interrupt();
  samples.interrupt();
  expect(samples.all).toHaveLength(2);
  expect(samples.last).toBeNaN();
  expect(samples.quantile(1)).toBe(1);
});

test('knows nothing in the beginning', () => {
  expect(new Samples().last).toBeNaN();
  expect(new Samples().quantile(0.5)).toBeNaN();
});

test.each([
  [0.0514, '51 µs'],
  [0.9996, '1 ms'],
  [1.234, '1.23 ms'],
  [12.34, '12.3 ms'],
  [999.6, '1 s'],
  [1234, '1.23 s'],
  [Number.NaN, '–'],
])('says %d ms as "%s"', (value, words) => {
  expect(inWords(value)).toBe(words);
});
