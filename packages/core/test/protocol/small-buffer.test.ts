import { afterEach, describe, expect, test, vi } from 'vitest';

const POOL_SIZE = 8192;
const nodePoolSize = Buffer.poolSize;

afterEach(() => {
  Buffer.poolSize = nodePoolSize;
  vi.restoreAllMocks();
  vi.resetModules();
});

/** The module as a Node whose own pool has `poolSize` bytes loads it. */
async function loadWith(poolSize: number) {
  vi.resetModules();
  Buffer.poolSize = poolSize;
  const { allocateSmall } = await import('../../src/protocol/small-buffer.js');
  Buffer.poolSize = nodePoolSize;
  return allocateSmall;
}

test('takes from the pool of a Node that has a small one', async () => {
  const allocateSmall = await loadWith(POOL_SIZE);
  const allocUnsafe = vi.spyOn(Buffer, 'allocUnsafe');
  expect(allocateSmall(5)).toHaveLength(5);
  expect(allocUnsafe).toHaveBeenCalledExactlyOnceWith(5);
});

describe('takes from a pool of its own where that of Node is large', () => {
  const lengths = [0, 1, 7, 8, 9, 32, 100, 4095, 4095, 4095, 1, 4095, 0, 16];

  test('as many bytes as are asked for, which pin 8 KiB', async () => {
    const allocateSmall = await loadWith(65_536);
    const allocUnsafe = vi.spyOn(Buffer, 'allocUnsafe');
    const buffers = lengths.map((length) => allocateSmall(length));
    expect(buffers.map(({ length }) => length)).toEqual(lengths);
    expect(buffers.slice(1).every(({ buffer }) => buffer.byteLength === POOL_SIZE)).toBe(true);
    expect(allocUnsafe).not.toHaveBeenCalled();
  });

  test('none of which is in two of them', async () => {
    const allocateSmall = await loadWith(65_536);
    const buffers = lengths.map((length, index) => allocateSmall(length).fill(index));
    buffers.forEach((buffer, index) => {
      expect(buffer).toEqual(Buffer.alloc(lengths[index]!, index));
    });
  });

  test('that begin where words do', async () => {
    const allocateSmall = await loadWith(65_536);
    for (const length of lengths) expect(allocateSmall(length).byteOffset % 8).toBe(0);
  });

  test('to the last, and then from a new pool', async () => {
    const allocateSmall = await loadWith(65_536);
    const first = allocateSmall(POOL_SIZE / 2);
    const second = allocateSmall(POOL_SIZE / 2);
    const third = allocateSmall(1);
    expect(second.buffer).toBe(first.buffer);
    expect(third.buffer).not.toBe(first.buffer);
  });

  test('and from a new pool when somebody has transferred the present one away', async () => {
    const allocateSmall = await loadWith(65_536);
    const memory = allocateSmall(5).buffer as ArrayBuffer;
    structuredClone(memory, { transfer: [memory] });
    expect(allocateSmall(5)).toHaveLength(5);
  });
});
