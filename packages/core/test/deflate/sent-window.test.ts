import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SentWindow } from '../../src/deflate/sent-window.js';
import { windowBits } from './support/messages.js';
import { noise } from './support/noise.js';

/** The windows that are kept are smaller than those that may be agreed. */
const KEPT = 20_480;

test('keeps the last bytes of all that was sent, in order', () => {
  const sizes = fc.array(fc.oneof(fc.nat(40), fc.nat(4096), fc.nat(70_000)), { maxLength: 12 });
  fc.assert(
    fc.property(windowBits, sizes, (bits, lengths) => {
      const window = new SentWindow(bits);
      let all = Buffer.alloc(0);
      for (const [index, size] of lengths.entries()) {
        const message = noise(size, index + 1);
        if (size > 4096) window.remember(message);
        else {
          const start = window.append(message);
          expect(message.equals(window.bytes.subarray(start, window.end))).toBe(true);
        }
        all = Buffer.concat([all, message]);
        const dictionary = window.toDictionary();
        expect(dictionary.length).toBeLessThanOrEqual(1 << bits);
        expect(dictionary.length).toBeGreaterThanOrEqual(Math.min(all.length, 1 << bits, KEPT));
        expect(all.subarray(all.length - dictionary.length).equals(dictionary)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('forgets everything when cleared, however often', () => {
  const window = new SentWindow(15);
  for (let index = 1; index < 200; index += 1) {
    window.clear();
    expect(window.append(noise(1000, index))).toBe(0);
    expect(window.end).toBe(1000);
    expect(window.origin + window.end).toBeLessThanOrEqual(0xffff);
  }
});

describe('its memory', () => {
  test('is nothing before the first byte', () => {
    expect(new SentWindow(15).heldBytes).toBe(0);
  });

  test('after one message of 2 KiB is 4 KiB, index included', () => {
    const window = new SentWindow(15);
    window.append(noise(2048));
    expect(window.heldBytes).toBe(4096);
  });

  test('after a large message has no index until a small one follows', () => {
    const window = new SentWindow(15);
    window.remember(noise(1_048_576));
    expect(window.heldBytes).toBe(24_576);
    window.append(noise(10));
    expect(window.heldBytes).toBe(40_960);
  });

  test('with 8 window bits is mostly room for a message', () => {
    const window = new SentWindow(8);
    for (let index = 0; index < 20; index += 1) window.append(noise(4096));
    expect(window.heldBytes).toBe(256 + 4096 + 512);
  });
});
