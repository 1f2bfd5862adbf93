import { expect, test } from 'vitest';

import { Backlog } from '../../src/connection/backlog.js';

/** Takes everything, at most `limit` bytes at a time. */
function takeAll(backlog: Backlog, limit: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let piece = backlog.take(limit); piece !== undefined; piece = backlog.take(limit)) {
    pieces.push(piece.bytes);
  }
  return pieces;
}

test('gives back its bytes in their order, however they came', () => {
  const backlog = new Backlog();
  const expected: Buffer[] = [];
  for (let index = 0; index < 300; index += 1) {
    const bytes = Buffer.alloc((index * 37) % 6000, index);
    expected.push(bytes);
    if (index % 3 === 0 && bytes.length > 0) backlog.add(bytes, undefined);
    else backlog.addCopy(Buffer.concat([Buffer.alloc(5), bytes]), 5, 5 + bytes.length);
  }
  expect(backlog.byteLength).toBe(expected.reduce((sum, { length }) => sum + length, 0));
  expect(Buffer.concat(takeAll(backlog, 1000)).equals(Buffer.concat(expected))).toBe(true);
  expect(backlog.isEmpty).toBe(true);
  expect(backlog.byteLength).toBe(0);
});

test('gives no more than the limit at a time, and says that a piece was taken with its last bytes', () => {
  const backlog = new Backlog();
  const taken: string[] = [];
  backlog.add(Buffer.from('abcdefgh'), () => taken.push('first'));
  backlog.add(Buffer.from('ij'), () => taken.push('second'));
  const pieces: string[] = [];
  for (let piece = backlog.take(3); piece !== undefined; piece = backlog.take(3)) {
    pieces.push(piece.bytes.toString());
    piece.taken?.();
    if (pieces.length === 2) expect(taken).toEqual([]);
  }
  expect(pieces).toEqual(['abc', 'def', 'gh', 'ij']);
  expect(taken).toEqual(['first', 'second']);
});

test('copies do not change with their source, and small ones are gathered', () => {
  const backlog = new Backlog();
  const source = Buffer.alloc(100, 'a');
  for (let count = 0; count < 100; count += 1) backlog.addCopy(source, 0, 100);
  source.fill('b');
  const pieces = takeAll(backlog, 1_000_000);
  expect(pieces).toHaveLength(1);
  expect(pieces[0]!.equals(Buffer.alloc(10_000, 'a'))).toBe(true);
});

test('a copy from 4 KiB on has memory of its own', () => {
  const backlog = new Backlog();
  backlog.addCopy(Buffer.alloc(4095, 'a'), 0, 4095);
  backlog.addCopy(Buffer.alloc(4096, 'b'), 0, 4096);
  const [small, large] = takeAll(backlog, 1_000_000);
  expect(small!.buffer.byteLength).toBe(16_384);
  expect(large!.buffer.byteLength).toBe(4096);
});

test('more copies than a block holds go to the next one', () => {
  const backlog = new Backlog();
  const source = Buffer.alloc(4000, 'x');
  for (let count = 0; count < 9; count += 1) backlog.addCopy(source, 0, 4000);
  expect(takeAll(backlog, 1_000_000).map(({ length }) => length)).toEqual([16_000, 16_000, 4000]);
});

test('what was taken from a block is not given again', () => {
  const backlog = new Backlog();
  backlog.addCopy(Buffer.from('ab'), 0, 2);
  expect(backlog.take(10)!.bytes.toString()).toBe('ab');
  backlog.addCopy(Buffer.from('cd'), 0, 2);
  expect(backlog.take(10)!.bytes.toString()).toBe('cd');
  expect(backlog.take(10)).toBeUndefined();
});

test('a queue that never is empty keeps its order over thousands of pieces', () => {
  const backlog = new Backlog();
  for (let index = 0; index < 10; index += 1) backlog.add(Buffer.from([index]), undefined);
  for (let index = 10; index < 5000; index += 1) {
    backlog.add(Buffer.from([index & 0xff]), undefined);
    expect(backlog.take(10)!.bytes[0]).toBe((index - 10) & 0xff);
  }
  expect(backlog.byteLength).toBe(10);
});

test('clear forgets everything and tells those who wait', () => {
  const backlog = new Backlog();
  const heard: unknown[] = [];
  backlog.add(Buffer.from('a'), (error) => heard.push(error));
  backlog.addCopy(Buffer.from('b'), 0, 1);
  backlog.add(Buffer.from('c'), (error) => heard.push(error));
  backlog.take(1);
  backlog.addCopy(Buffer.from('d'), 0, 1);
  const error = new Error('gone');
  backlog.clear(error);
  expect(heard).toEqual([error]);
  expect(backlog.isEmpty).toBe(true);
  expect(backlog.take(10)).toBeUndefined();
});
