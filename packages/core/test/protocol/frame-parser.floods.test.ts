import { afterEach, describe, expect, test, vi } from 'vitest';

import { watchAllocations } from '../support/allocations.js';
import { byteByByte, cutAt } from '../support/chunks.js';
import { frameFor, parserFor, roles } from '../support/parsed.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const hello = Buffer.from('Hello');

describe.each(roles)('%s: floods', (role) => {
  test('1,000 pings in one segment are 1,000 pings (section 5.5.2)', () => {
    const { sink, parser } = parserFor(role);
    const pings = Array.from({ length: 1000 }, (_, index) =>
      frameFor(role, 9, Buffer.from([index >> 8, index & 0xff])),
    );
    parser.receive(Buffer.concat(pings));
    expect(sink.events).toHaveLength(1000);
    expect(sink.events.at(-1)).toEqual(['control', 9, '03e7']);
  });

  test('pings cost no memory that stays', () => {
    const { parser } = parserFor(role);
    const chunk = Buffer.concat(Array.from({ length: 1000 }, () => frameFor(role, 9, hello)));
    const allocations = watchAllocations();
    parser.receive(chunk);
    expect(allocations.sizes).toEqual([]);
  });

  test('16,000 fragments of one byte cost less than eight times their bytes', () => {
    const { sink, parser } = parserFor(role, { maxFragments: 20_000 });
    const more = frameFor(role, 0, Buffer.from('a'), { fin: false });
    const chunk = Buffer.concat([
      frameFor(role, 1, Buffer.from('a'), { fin: false }),
      ...Array.from({ length: 15_999 }, () => more),
    ]);
    const allocations = watchAllocations();
    parser.receive(chunk);
    expect(parser.heldBytes).toBe(16_000);
    expect(allocations.total()).toBeLessThan(8 * 16_000);
    parser.receive(frameFor(role, 0, Buffer.alloc(0)));
    expect(sink.events).toEqual([['text', 'a'.repeat(16_000), 16_000]]);
  });

  test('a frame byte by byte costs no more than in one piece, and twice that', () => {
    const { sink, parser } = parserFor(role);
    const chunks = byteByByte(frameFor(role, 2, Buffer.alloc(20_000, 'a')));
    const allocations = watchAllocations();
    for (const chunk of chunks) parser.receive(chunk);
    expect(sink.lastBinary).toHaveLength(20_000);
    expect(allocations.total()).toBeLessThan(3 * 20_000);
  });

  test('many beginnings of a header cost one small buffer', () => {
    const { parser } = parserFor(role);
    const [first, second] = cutAt(frameFor(role, 9, hello), [1]);
    const allocations = watchAllocations();
    for (let count = 0; count < 1000; count += 1) {
      parser.receive(Buffer.from(first!));
      parser.receive(Buffer.from(second!));
    }
    const small = allocations.sizes.filter((size) => size > 100);
    expect(small).toHaveLength(1);
  });
});
