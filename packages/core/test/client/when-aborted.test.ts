import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';

import { whenAborted } from '../../src/client/when-aborted.js';

test('calls everyone who waits, once', () => {
  const controller = new AbortController();
  const callbacks = [vi.fn<() => void>(), vi.fn<() => void>()];
  for (const callback of callbacks) whenAborted(controller.signal, callback);
  controller.abort();
  controller.abort();
  expect(callbacks.map((callback) => callback.mock.calls.length)).toEqual([1, 1]);
});

test('does not call who has taken it back, and leaves the signal when nobody waits', () => {
  const controller = new AbortController();
  const { signal } = controller;
  const [one, other] = [vi.fn<() => void>(), vi.fn<() => void>()];
  const forgetOne = whenAborted(signal, one);
  const forgetOther = whenAborted(signal, other);
  forgetOne();
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  forgetOne();
  forgetOther();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const last = vi.fn<() => void>();
  whenAborted(signal, last);
  controller.abort();
  expect([one, other, last].map((callback) => callback.mock.calls.length)).toEqual([0, 0, 1]);
});

test('may be taken back by another callback of the same signal, or after it', () => {
  const controller = new AbortController();
  const forgotten = vi.fn<() => void>();
  const taking = whenAborted(controller.signal, () => forget());
  const forget = whenAborted(controller.signal, forgotten);
  controller.abort();
  taking();
  expect(forgotten).not.toHaveBeenCalled();
});
