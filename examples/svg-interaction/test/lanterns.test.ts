import { expect, test } from 'vitest';
import { COUNT, Lanterns } from '../lanterns.mjs';

/** The widest angle of each lantern over `seconds`. */
function widest(lanterns: Lanterns, seconds: number): number[] {
  const found = Array.from({ length: COUNT }, () => 0);
  for (let time = 0; time < seconds; time += 1 / 60) {
    lanterns.advance(1 / 60);
    lanterns.angles.forEach((angle, index) => {
      found[index] = Math.max(found[index]!, Math.abs(angle));
    });
  }
  return found;
}

test('hang still until somebody comes', () => {
  expect(Math.max(...widest(new Lanterns(), 5))).toBe(0);
});

test('a lantern that is pushed moves the others, the farther away the later', () => {
  const lanterns = new Lanterns();
  lanterns.push(0, 2);
  const early = widest(lanterns, 0.5);
  expect(early).toEqual(early.toSorted((a, b) => b - a));
  expect(early[0]).toBeGreaterThan(0.3);
  expect(widest(lanterns, 10)[COUNT - 1]).toBeGreaterThan(0.05);
});

test('they come to rest, however hard they were pushed', () => {
  const lanterns = new Lanterns();
  for (let lantern = 0; lantern < COUNT; lantern += 1) lanterns.push(lantern, 1e9);
  expect(Math.max(...widest(lanterns, 60))).toBeLessThan(Math.PI);
  expect(Math.max(...widest(lanterns, 1))).toBeLessThan(0.05);
});

test('a lantern goes where the hand is, no farther than an arm, and falls when it is let go', () => {
  const lanterns = new Lanterns();
  lanterns.hold(3, 99);
  lanterns.advance(0.2);
  widest(lanterns, 2);
  expect(lanterns.angles[3]).toBeCloseTo(1.4, 2);
  lanterns.letGo(3);
  widest(lanterns, 0.5);
  expect(lanterns.angles[3]).toBeLessThan(0.5);
});

test('after a long sleep of the machine they do not catch up with all of it', () => {
  const lanterns = new Lanterns();
  lanterns.push(0, 1);
  const begin = performance.now();
  lanterns.advance(1e9);
  expect(lanterns.angles[0]).toBeLessThan(1);
  expect(performance.now() - begin).toBeLessThan(5000);
});
