import { expect, test } from 'vitest';

import {
  renewSlab,
  slab,
  SLAB_SIZE,
  takeOver,
  type SlabOwner,
} from '../../src/connection/write-slab.js';

test('whoever takes the slab over begins where the owner before ended, after it has cut out its part', () => {
  const kept: string[] = [];
  const first: SlabOwner = {
    keepSlabPart: () => kept.push(slab.bytes.toString('latin1', slab.start, slab.end)),
  };
  const second: SlabOwner = { keepSlabPart: () => kept.push('second') };
  takeOver(first);
  const start = slab.end;
  slab.end += slab.bytes.write('of the first', slab.end);
  takeOver(second);
  expect(kept.at(-1)).toBe('of the first');
  expect(slab.owner).toBe(second);
  expect([slab.start, slab.end]).toEqual([start + 12, start + 12]);
  slab.owner = undefined;
});

test('a fresh slab is memory of its own', () => {
  const before = slab.bytes;
  renewSlab();
  expect(slab.bytes.buffer).not.toBe(before.buffer);
  expect(slab.bytes.length).toBe(SLAB_SIZE);
  expect(slab.words.buffer).toBe(slab.bytes.buffer);
  expect([slab.start, slab.end]).toEqual([0, 0]);
});
