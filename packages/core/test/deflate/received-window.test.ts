import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ReceivedWindow } from '../../src/deflate/received-window.js';
import { noise } from './support/noise.js';
import { windowBits } from './support/messages.js';

test('knows the last bytes of all that came, as many as it has room for', () => {
  const lengths = fc.array(fc.oneof(fc.nat(40), fc.nat(3000), fc.nat(70_000)), { maxLength: 12 });
  fc.assert(
    fc.property(windowBits, lengths, (bits, sizes) => {
      const window = new ReceivedWindow(bits);
      let all = Buffer.alloc(0);
      for (const [index, size] of sizes.entries()) {
        const message = noise(size, index + 1);
        window.append(message, size);
        all = Buffer.concat([all, message]).subarray(-(1 << bits));
        expect(window.length).toBe(all.length);
        expect(all.equals(window.toDictionary())).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('takes no more of what it is given than it is told', () => {
  const window = new ReceivedWindow(15);
  window.append(Buffer.from('Hello and more'), 5);
  expect(Buffer.from(window.toDictionary()).toString()).toBe('Hello');
});

describe('its memory', () => {
  test('is nothing before the first byte', () => {
    expect(new ReceivedWindow(15).bytes.length).toBe(0);
  });

  test.each([
    [15, 1, 1024],
    [15, 2048, 2048],
    [15, 2049, 4096],
    [15, 1_048_576, 32_768],
    [8, 1, 256],
    [8, 5000, 256],
    [10, 5000, 1024],
  ])('with %i window bits after %i bytes is %i', (bits, size, expected) => {
    const window = new ReceivedWindow(bits);
    window.append(noise(size), size);
    expect(window.bytes.length).toBe(expected);
  });
});
