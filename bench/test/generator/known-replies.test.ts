import { expect, test } from 'vitest';
import { KnownReplies } from '../../generator/known-replies.mjs';

const replies = ['one', 'three', 'fourth', 'x'].map((text) => Buffer.from(text));
const cycle = Buffer.concat(replies);
const stream = Buffer.concat([cycle, cycle, cycle]);

/** How many replies each piece of the stream completed. */
function take(size: number, from = 0) {
  const known = new KnownReplies(replies, 0);
  const counts: number[] = [];
  for (let start = from; start < stream.length; start += size) {
    const piece = stream.subarray(start, start + size);
    counts.push(known.take(piece, piece.length, true));
  }
  return counts;
}

test.each([1, 2, 4, 5, 15, 45])('counts each reply once in pieces of %i bytes', (size) => {
  expect(take(size).reduce((sum, count) => sum + count, 0)).toBe(12);
});

test('counts a reply when its last byte is there', () => {
  expect(take(1).slice(0, 8)).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
});

test('begins at the reply it is told', () => {
  const known = new KnownReplies(replies, 2);
  expect(known.take(Buffer.from('fourthxon'), 9, true)).toBe(2);
  expect(known.take(Buffer.from('e'), 1, true)).toBe(1);
});

test('says so when a byte differs', () => {
  const known = new KnownReplies(replies, 0);
  expect(() => known.take(Buffer.from('onf'), 3, true)).toThrow('a reply differs');
});
