import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  createFrameHeader,
  MAX_HEADER_LENGTH,
  readFrameHeader,
  unmaskedHeaderLength,
  writeFrameHeader,
} from '../../src/protocol/frame-header.js';

const payloadLength = fc.oneof(
  fc.nat(130),
  fc.integer({ min: 65_500, max: 65_600 }),
  fc.maxSafeNat(),
);
const maskingKey = fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), { nil: undefined });

test('reading a written header gives back what was written', () => {
  fc.assert(
    fc.property(fc.nat(255), payloadLength, maskingKey, fc.nat(9), (first, length, key, offset) => {
      const target = Buffer.alloc(offset + MAX_HEADER_LENGTH, 0xee);
      const end = writeFrameHeader(target, offset, first, length, key);
      const header = createFrameHeader();
      expect(readFrameHeader(target, offset, end, header)).toBe(true);
      expect(header).toEqual({
        fin: first >= 128,
        reserved: first & 0x70,
        opcode: first & 0x0f,
        masked: key !== undefined,
        headerLength: unmaskedHeaderLength(length) + (key === undefined ? 0 : 4),
        payloadLength: length,
        minimal: true,
        maskingKey: key === undefined ? 0 : key | 0,
      });
      expect(offset + header.headerLength).toBe(end);
    }),
  );
});

test('a header is read from exactly its own bytes, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 14, maxLength: 14 }), (bytes) => {
      const header = createFrameHeader();
      expect(readFrameHeader(bytes, 0, bytes.length, header)).toBe(true);
      for (let end = 0; end < header.headerLength; end += 1) {
        expect(readFrameHeader(bytes, 0, end, createFrameHeader())).toBe(false);
      }
      const again = createFrameHeader();
      expect(readFrameHeader(bytes, 0, header.headerLength, again)).toBe(true);
      expect(again).toEqual(header);
    }),
  );
});
