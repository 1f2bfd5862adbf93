import { expect, test } from 'vitest';

import { JobQueue, type Job } from '../../src/deflate/job-queue.js';

/** Jobs that write down when they start. */
function recorded(names: string): { started: string[]; jobs: Job[] } {
  const started: string[] = [];
  const jobs = [...names].map((name) => ({ start: () => void started.push(name) }));
  return { started, jobs };
}

test('starts as many jobs as it has places, and the others in their order as places are given back', () => {
  const { started, jobs } = recorded('abcde');
  const queue = new JobQueue(2);
  for (const job of jobs) queue.add(job);
  expect(started).toEqual(['a', 'b']);
  expect([queue.running, queue.waiting]).toEqual([2, 3]);
  queue.done();
  expect(started).toEqual(['a', 'b', 'c']);
  queue.done();
  queue.done();
  queue.done();
  expect(started).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect([queue.running, queue.waiting]).toEqual([1, 0]);
});

test('takes back a job that waits, and none that was started', () => {
  const { started, jobs } = recorded('abc');
  const queue = new JobQueue(1);
  for (const job of jobs) queue.add(job);
  expect(queue.remove(jobs[1]!)).toBe(true);
  expect(queue.remove(jobs[0]!)).toBe(false);
  queue.done();
  expect(started).toEqual(['a', 'c']);
});

test('goes on after a job that is done as soon as it starts', () => {
  const started: string[] = [];
  const queue = new JobQueue(1);
  const hasty: Job = {
    start() {
      started.push('hasty');
      queue.done();
    },
  };
  const { jobs } = recorded('a');
  for (const job of [hasty, hasty, ...jobs]) queue.add(job);
  expect(started).toEqual(['hasty', 'hasty']);
  expect([queue.running, queue.waiting]).toEqual([1, 0]);
});
