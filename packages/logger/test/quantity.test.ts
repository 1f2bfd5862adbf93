import { expect, test } from 'vitest';

import { bytesText, countText, durationText } from '../src/quantity.js';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1234, '1.2 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [1_500_000_000, '1.5 GB'],
  [2e15, '2000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [0.04, '0.0 ms'],
  [3.24, '3.2 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [66.4, '66 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [41_250, '41.2 s'],
  [59_990, '59.9 s'],
  [60_000, '1 min 0 s'],
  [125_900, '2 min 5 s'],
  [3_600_000, '1 h 0 min'],
  [90_061_000, '1 d 1 h'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test('counts in words', () => {
  expect([0, 1, 2].map((count) => countText(count, 'connection'))).toEqual([
    '0 connections',
    '1 connection',
    '2 connections',
  ]);
});
