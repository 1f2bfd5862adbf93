import { expect, test } from 'vitest';
import { Flock } from '../flock.mjs';

/** The numbers of a picture: x, y and direction of each bird. */
function birdsOf(flock: Flock): { x: number; y: number }[] {
  const numbers = flock.picture();
  return Array.from({ length: numbers.byteLength / 12 }, (_, index) => ({
    x: numbers.getFloat32(index * 12),
    y: numbers.getFloat32(index * 12 + 4),
  }));
}

function advance(flock: Flock, steps: number): void {
  for (let step = 0; step < steps; step += 1) flock.advance();
}

/** How many birds are within `distance` of the middle. */
function nearMiddle(flock: Flock, distance: number): number {
  return birdsOf(flock).filter(({ x, y }) => Math.hypot(x - 90, y - 50) < distance).length;
}

test('ninety birds stay in the sky, and move', () => {
  const flock = new Flock();
  const before = birdsOf(flock);
  advance(flock, 300);
  const after = birdsOf(flock);
  expect(after).toHaveLength(90);
  for (const { x, y } of after) {
    expect(x >= 0 && x <= 180 && y >= 0 && y <= 100).toBe(true);
  }
  expect(after).not.toEqual(before);
});

test('none of them is where the hawk is', () => {
  const flock = new Flock();
  flock.fear('{"x":90,"y":50}');
  advance(flock, 200);
  expect(nearMiddle(flock, 5)).toBe(0);
});

test.each(['', 'no hawk', '{"x":1}', '{"x":"a","y":"b"}', '{"x":1,"y":1}}', Buffer.from([0, 255])])(
  'fears nothing of %j',
  (message) => {
    const flock = new Flock();
    flock.fear(message);
    advance(flock, 50);
    expect(birdsOf(flock).every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
  },
);
