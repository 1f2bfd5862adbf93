import { expect, test } from 'vitest';

import { systemClock } from '../../src/connection/clock.js';

/** Timers of `systemClock` are unreferenced: something must keep the process in the loop meanwhile. */
async function awake<T>(promise: Promise<T>): Promise<T> {
  const keep = setInterval(() => undefined, 1000);
  return promise.finally(() => clearInterval(keep));
}

test('its time never goes back, and its timers fire after their delay', async () => {
  const before = systemClock.now();
  await awake(new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 5)));
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(4);
});

test('its interval fires again and again until it is cleared', async () => {
  let count = 0;
  await awake(
    new Promise<void>((resolve) => {
      const timer = systemClock.setInterval(() => {
        count += 1;
        if (count < 3) return;
        systemClock.clearInterval(timer);
        resolve();
      }, 1);
    }),
  );
  expect(count).toBe(3);
});

test('a timer that is cleared does not fire', async () => {
  let fired = false;
  systemClock.clearTimeout(systemClock.setTimeout(() => (fired = true), 1));
  await awake(new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 10)));
  expect(fired).toBe(false);
});

test('its timers do not keep the process alive', () => {
  const timers = [
    systemClock.setTimeout(() => undefined, 1000),
    systemClock.setInterval(() => undefined, 1000),
  ] as NodeJS.Timeout[];
  expect(timers.map((timer) => timer.hasRef())).toEqual([false, false]);
  systemClock.clearTimeout(timers[0]);
  systemClock.clearInterval(timers[1]);
});
