import { expect, test } from 'vitest';
import { SWEEP } from '../../../four-timings/model/sizes.mjs';
import { quartilesOf, summarize } from '../../../four-timings/model/summary.mjs';

test('the sweep is the cubes of 1 to 12, times 1020 bytes', () => {
  expect(SWEEP).toHaveLength(12);
  expect(SWEEP.slice(0, 3)).toEqual([1020, 8160, 27_540]);
  expect(SWEEP.at(-1)).toBe(1_762_560);
});

test('finds the latency and the nanoseconds per byte that the times were made of', () => {
  const share = (size: number) => ({
    serverEmpty: 80_000,
    clientEmpty: 60_000,
    server: 80_000 + 1.25 * size,
    client: 60_000 + 3 * size,
  });
  const summary = summarize(new Map(SWEEP.toReversed().map((size) => [size, [share(size)]])));
  expect(summary.server.latency).toBe(80_000);
  expect(summary.server.nanosPerByte).toBeCloseTo(1.25, 6);
  expect(summary.client.latency).toBe(60_000);
  expect(summary.client.nanosPerByte).toBeCloseTo(3, 6);
  expect(summary.server.straightness).toBeCloseTo(1, 6);
  expect(summary.sizes.map(({ size }) => size)).toEqual(SWEEP);
});

test('one slow message in five moves neither the latency nor the slope', () => {
  const usual = (size: number) => ({
    serverEmpty: 10,
    clientEmpty: 10,
    server: size,
    client: size,
  });
  const slow = { serverEmpty: 1e9, clientEmpty: 1e9, server: 1e9, client: 1e9 };
  const shares = SWEEP.map((size) => [size, [...Array(4).fill(usual(size)), slow]] as const);
  const { server, client } = summarize(new Map(shares));
  expect(server).toMatchObject({ latency: 10, nanosPerByte: expect.closeTo(1, 6) });
  expect(client).toMatchObject({ latency: 10, nanosPerByte: expect.closeTo(1, 6) });
});

test('the middle half lies between the quartiles', () => {
  expect(quartilesOf([8, 2, 6, 4, 1, 3, 7, 5])).toEqual({ p25: 2.75, median: 4.5, p75: 6.25 });
});
