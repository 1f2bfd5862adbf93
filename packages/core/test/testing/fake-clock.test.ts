import { expect, test } from 'vitest';

import { fakeClock } from '../../src/testing/fake-clock.js';

test('stands still until it is told to move', async () => {
  const clock = fakeClock();
  expect(clock.now()).toBe(0);
  await clock.advance(1500);
  expect(clock.now()).toBe(1500);
  await clock.advance(0);
  expect(clock.now()).toBe(1500);
});

test('runs timers when they fall due, in the order of their time and then of their making', async () => {
  const clock = fakeClock();
  const log: string[] = [];
  const note = (name: string) => () => log.push(`${name} at ${clock.now()}`);
  clock.setTimeout(note('late'), 300);
  clock.setTimeout(note('first'), 100);
  clock.setTimeout(note('second'), 100);
  clock.setTimeout(note('at once'), 0);
  clock.setTimeout(note('before its time'), -5);
  await clock.advance(100);
  expect(log).toEqual(['at once at 0', 'before its time at 0', 'first at 100', 'second at 100']);
  await clock.advance(199);
  expect(log).toHaveLength(4);
  await clock.advance(1);
  expect(log.at(-1)).toBe('late at 300');
  expect(clock.pendingTimers).toBe(0);
});

test('an interval fires again and again, also several times in one step', async () => {
  const clock = fakeClock();
  const times: number[] = [];
  const timer = clock.setInterval(() => times.push(clock.now()), 100);
  await clock.advance(350);
  expect(times).toEqual([100, 200, 300]);
  clock.clearInterval(timer);
  await clock.advance(1000);
  expect(times).toHaveLength(3);
  expect(clock.pendingTimers).toBe(0);
});

test('an interval of nothing is one of a millisecond', async () => {
  const clock = fakeClock();
  let count = 0;
  const timer = clock.setInterval(() => (count += 1), 0);
  await clock.advance(5);
  expect(count).toBe(6);
  clock.clearInterval(timer);
});

test('timers may be set and cleared while the time moves', async () => {
  const clock = fakeClock();
  const log: string[] = [];
  const never = clock.setTimeout(() => log.push('never'), 200);
  clock.setTimeout(() => {
    clock.clearTimeout(never);
    clock.setTimeout(() => log.push(`set on the way at ${clock.now()}`), 50);
  }, 100);
  await clock.advance(1000);
  expect(log).toEqual(['set on the way at 150']);
});

test('an interval may clear itself', async () => {
  const clock = fakeClock();
  let count = 0;
  const timer = clock.setInterval(() => {
    count += 1;
    clock.clearInterval(timer);
  }, 10);
  await clock.advance(100);
  expect(count).toBe(1);
});

test('between two timers promises get their turn', async () => {
  const clock = fakeClock();
  const log: string[] = [];
  clock.setTimeout(() => {
    log.push('first');
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => log.push('what followed from it'));
  }, 10);
  clock.setTimeout(() => log.push('second'), 10);
  await clock.advance(10);
  expect(log).toEqual(['first', 'what followed from it', 'second']);
});

test('clearing what is no timer does nothing', () => {
  const clock = fakeClock();
  clock.clearTimeout(undefined);
  clock.clearInterval({});
  expect(clock.pendingTimers).toBe(0);
});
