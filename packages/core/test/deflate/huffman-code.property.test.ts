import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { DecodeTable, LITERAL_MEANINGS, reversed } from '../../src/deflate/decode-table.js';
import { assignCodes, chooseLengths } from '../../src/deflate/huffman-code.js';

/** Frequencies as even and as uneven as can be; those of Fibonacci make the deepest tree. */
const frequencies = fc.oneof(
  fc.array(fc.oneof(fc.constant(0), fc.nat(4000)), { minLength: 3, maxLength: 286 }),
  fc.array(fc.nat(1), { minLength: 3, maxLength: 286 }),
  fc.integer({ min: 3, max: 18 }).map((count) => {
    const numbers = [1, 1];
    while (numbers.length < count) numbers.push(numbers.at(-1)! + numbers.at(-2)!);
    return numbers;
  }),
);

/** As many bits as the symbols fit in, at least. */
const limitFor = (count: number) =>
  fc.integer({ min: Math.max(2, Math.ceil(Math.log2(count))), max: 15 });

const chosen = frequencies.chain((counts) =>
  limitFor(counts.length).map((limit) => {
    const lengths = new Uint8Array(counts.length);
    const bits = chooseLengths(Uint16Array.from(counts), limit, lengths);
    return { counts, limit, lengths, bits };
  }),
);

/** What the best code without a limit costs: the sum of all inner nodes of the tree. */
function leastBits(counts: readonly number[]): number {
  const heap = counts.filter((count) => count > 0);
  let bits = 0;
  while (heap.length > 1) {
    heap.sort((one, other) => other - one);
    const joined = heap.pop()! + heap.pop()!;
    bits += joined;
    heap.push(joined);
  }
  return bits;
}

test('every symbol that occurs has a code, within the limit, and the code is complete', () => {
  fc.assert(
    fc.property(chosen, ({ counts, limit, lengths }) => {
      let space = 0;
      lengths.forEach((length, symbol) => {
        if (counts[symbol]! > 0) expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(limit);
        if (length > 0) space += 2 ** -length;
      });
      expect(space).toBe(1);
    }),
    { numRuns: 300 },
  );
});

test('it costs what it says, and no more than the best code unless the limit cuts that', () => {
  fc.assert(
    fc.property(chosen, ({ counts, limit, lengths, bits }) => {
      expect(bits).toBe(lengths.reduce((sum, length, symbol) => sum + length * counts[symbol]!, 0));
      const used = counts.filter((count) => count > 0);
      if (used.length < 2) return;
      expect(bits).toBeGreaterThanOrEqual(leastBits(counts));
      if (Math.max(...lengths) < limit) expect(bits).toBe(leastBits(counts));
    }),
    { numRuns: 300 },
  );
});

test('what is written with the code is read with a table for it', () => {
  const table = new DecodeTable(9, LITERAL_MEANINGS);
  fc.assert(
    fc.property(chosen, ({ lengths }) => {
      const codes = new Uint32Array(lengths.length);
      assignCodes(lengths, codes);
      expect(table.build(lengths, 0, lengths.length, false)).toBe(true);
      lengths.forEach((length, symbol) => {
        if (length === 0) return;
        const code = codes[symbol]! >>> 4;
        const expected = LITERAL_MEANINGS[symbol]! | length;
        expect(table.find(code)).toBe(expected);
        if (length <= 9) expect(table.entries[code & table.mask]).toBe(expected);
        else expect(table.entries[code & table.mask]).toBe(0);
      });
    }),
    { numRuns: 200 },
  );
});

test('codes are turned round bit by bit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 15 }), fc.nat(), (length, number) => {
      const code = number % (1 << length);
      const bits = code.toString(2).padStart(length, '0');
      expect(reversed(code, length)).toBe(Number.parseInt([...bits].toReversed().join(''), 2));
    }),
  );
});
