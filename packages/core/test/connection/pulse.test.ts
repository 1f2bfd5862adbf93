import { expect, test } from 'vitest';

import { Pulse, pulseFor, type PulseMember } from '../../src/connection/pulse.js';
import { fakeClock } from '../../src/testing/fake-clock.js';

class Member implements PulseMember {
  pulseIndex = -1;
  beats = 0;
  act: () => void = () => {};

  onBeat(): void {
    this.beats += 1;
    this.act();
  }
}

function members(pulse: Pulse, count: number): Member[] {
  const all = Array.from({ length: count }, () => new Member());
  for (const member of all) pulse.add(member);
  return all;
}

test('counts one beat for every time its length goes by, for all members', async () => {
  const clock = fakeClock();
  const pulse = new Pulse(clock, 1000);
  const all = members(pulse, 3);
  await clock.advance(3500);
  expect(pulse.beat).toBe(3);
  expect(all.map(({ beats }) => beats)).toEqual([3, 3, 3]);
});

test('needs no timer without members, and goes on counting when one comes back', async () => {
  const clock = fakeClock();
  const pulse = new Pulse(clock, 1000);
  expect(clock.pendingTimers).toBe(0);
  const [only] = members(pulse, 1);
  expect(clock.pendingTimers).toBe(1);
  await clock.advance(2000);
  pulse.remove(only!);
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(10_000);
  pulse.add(only!);
  await clock.advance(1000);
  expect(only!.beats).toBe(3);
});

test('a member that is removed twice is removed once', async () => {
  const clock = fakeClock();
  const pulse = new Pulse(clock, 1000);
  const [first, second] = members(pulse, 2);
  pulse.remove(first!);
  pulse.remove(first!);
  await clock.advance(1000);
  expect([first!.beats, second!.beats]).toEqual([0, 1]);
  expect(second!.pulseIndex).toBe(0);
});

test.each([0, 1, 2, 3])(
  'member %i may leave on its beat without another missing its own',
  async (leaver) => {
    const clock = fakeClock();
    const pulse = new Pulse(clock, 1000);
    const all = members(pulse, 4);
    all[leaver]!.act = () => pulse.remove(all[leaver]!);
    await clock.advance(1000);
    expect(all.map(({ beats }) => beats)).toEqual([1, 1, 1, 1]);
    await clock.advance(1000);
    expect(all.map(({ beats }) => beats)).toEqual(
      all.map((_, index) => (index === leaver ? 1 : 2)),
    );
  },
);

test('all may leave on the beat of one of them', async () => {
  const clock = fakeClock();
  const pulse = new Pulse(clock, 1000);
  const all = members(pulse, 4);
  all[3]!.act = () => {
    for (const member of all) pulse.remove(member);
  };
  await clock.advance(5000);
  expect(all.map(({ beats }) => beats)).toEqual([0, 0, 0, 1]);
  expect(clock.pendingTimers).toBe(0);
});

test('there is one pulse for a clock and a length', () => {
  const clock = fakeClock();
  const pulse = pulseFor(clock, 20_000);
  expect(pulseFor(clock, 4000)).toBe(pulse);
  expect(pulseFor(clock, 3999)).not.toBe(pulse);
  expect(pulseFor(fakeClock(), 20_000)).not.toBe(pulse);
});

test('an event loop that was blocked for long counts one beat, not many', () => {
  let tick: (() => void) | undefined;
  const clock = {
    now: () => 0,
    setTimeout: () => undefined,
    clearTimeout: () => undefined,
    setInterval: (callback: () => void) => (tick = callback),
    clearInterval: () => undefined,
  };
  const pulse = new Pulse(clock, 1000);
  const [member] = members(pulse, 1);
  tick!();
  expect([pulse.beat, member!.beats]).toEqual([1, 1]);
});
