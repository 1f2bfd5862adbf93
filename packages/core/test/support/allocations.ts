import { vi } from 'vitest';

/** What was allocated through `Buffer` while it was watched. */
export interface Allocations {
  /** In bytes, one for each allocation. */
  readonly sizes: number[];
  readonly total: () => number;
}

/**
 * Watches the allocations of `Buffer` until `vi.restoreAllMocks()`. Memory that Node would hand out as it lies
 * is filled with `poison`, so that a byte which nobody wrote can be seen.
 */
export function watchAllocations(poison = 0xa5): Allocations {
  const sizes: number[] = [];
  const { alloc } = Buffer;
  const poisoned = (size: number): ReturnType<typeof Buffer.alloc> => {
    sizes.push(size);
    return alloc(size, poison);
  };
  vi.spyOn(Buffer, 'allocUnsafe').mockImplementation(poisoned);
  vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation(poisoned);
  vi.spyOn(Buffer, 'alloc').mockImplementation((size, ...filling) => {
    sizes.push(size);
    return alloc(size, ...filling);
  });
  return { sizes, total: () => sizes.reduce((sum, size) => sum + size, 0) };
}
