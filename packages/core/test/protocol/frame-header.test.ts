import { describe, expect, test } from 'vitest';

import {
  createFrameHeader,
  headerLengthOf,
  isControl,
  MAX_HEADER_LENGTH,
  readFrameHeader,
  readMaskingKey,
  RSV1,
  unmaskedHeaderLength,
  writeFrameHeader,
} from '../../src/protocol/frame-header.js';
import { hex } from '../support/hex.js';

function read(bytes: Buffer, offset = 0) {
  const header = createFrameHeader();
  expect(readFrameHeader(bytes, offset, bytes.length, header)).toBe(true);
  return header;
}

describe('reads the samples of RFC 6455 section 5.7', () => {
  test.each([
    ['an unmasked text', '81 05 48656c6c6f', { fin: true, opcode: 1, payloadLength: 5 }],
    ['a masked text', '81 85 37fa213d 7f9f4d5158', { fin: true, opcode: 1, payloadLength: 5 }],
    ['a first fragment', '01 03 48656c', { fin: false, opcode: 1, payloadLength: 3 }],
    ['a last fragment', '80 02 6c6f', { fin: true, opcode: 0, payloadLength: 2 }],
    ['an unmasked ping', '89 05 48656c6c6f', { fin: true, opcode: 9, payloadLength: 5 }],
    ['a masked pong', '8a 85 37fa213d 7f9f4d5158', { fin: true, opcode: 10, payloadLength: 5 }],
    ['256 bytes', '82 7e 0100', { fin: true, opcode: 2, payloadLength: 256 }],
    ['64 KiB', '82 7f 0000000000010000', { fin: true, opcode: 2, payloadLength: 65_536 }],
  ])('%s: %s', (_, bytes, expected) => {
    expect(read(hex(bytes))).toMatchObject({ ...expected, reserved: 0, minimal: true });
  });

  test('a masked header is four bytes longer and has the key, first octet lowest', () => {
    const header = read(hex('81 85 37fa213d 7f9f4d5158'));
    expect(header).toMatchObject({ masked: true, headerLength: 6, maskingKey: 0x3d21fa37 });
  });

  test('an unmasked header has no key', () => {
    const header = { ...createFrameHeader(), masked: true, maskingKey: 1 };
    readFrameHeader(hex('81 05 48656c6c6f'), 0, 7, header);
    expect(header).toMatchObject({ masked: false, headerLength: 2, maskingKey: 0 });
  });
});

describe('waits until the whole header has arrived (section 5.2)', () => {
  const headers = [
    '81 05',
    '81 85 37fa213d',
    '82 7e 0100',
    '82 fe 0100 37fa213d',
    '82 7f 0000000000010000',
    '82 ff 0000000000010000 37fa213d',
  ];
  const prefixes = headers.flatMap((text) =>
    Array.from(hex(text), (_, length) => [length, text] as const),
  );

  test.each(prefixes)('not yet after %i bytes of %s', (length, text) => {
    const bytes = hex(text);
    expect(readFrameHeader(bytes.subarray(0, length), 0, length, createFrameHeader())).toBe(false);
    expect(readFrameHeader(bytes, 0, length, createFrameHeader())).toBe(false);
  });

  test.each(headers)('ready with the last byte of %s', (text) => {
    expect(read(hex(text)).headerLength).toBe(hex(text).length);
  });

  test('reads at an offset, and nothing in front of it', () => {
    const header = read(hex('ffffff 82 fe 0100 37fa213d'), 3);
    expect(header).toEqual({
      fin: true,
      reserved: 0,
      opcode: 2,
      masked: true,
      headerLength: 8,
      payloadLength: 256,
      minimal: true,
      maskingKey: 0x3d21fa37,
    });
  });
});

describe('reads the three forms of the length (section 5.2)', () => {
  test.each([
    [0, '82 00', '82 80 37fa213d'],
    [125, '82 7d', '82 fd 37fa213d'],
    [126, '82 7e 007e', '82 fe 007e 37fa213d'],
    [127, '82 7e 007f', '82 fe 007f 37fa213d'],
    [128, '82 7e 0080', '82 fe 0080 37fa213d'],
    [65_535, '82 7e ffff', '82 fe ffff 37fa213d'],
    [65_536, '82 7f 0000000000010000', '82 ff 0000000000010000 37fa213d'],
    [2 ** 31, '82 7f 0000000080000000', '82 ff 0000000080000000 37fa213d'],
    [2 ** 32 - 1, '82 7f 00000000ffffffff', '82 ff 00000000ffffffff 37fa213d'],
    [2 ** 32, '82 7f 0000000100000000', '82 ff 0000000100000000 37fa213d'],
    [2 ** 53 - 1, '82 7f 001fffffffffffff', '82 ff 001fffffffffffff 37fa213d'],
  ])('%i in the shortest: client %s, server %s', (payloadLength, ...sides) => {
    for (const bytes of sides) {
      expect(read(hex(bytes))).toMatchObject({ payloadLength, minimal: true });
    }
  });

  test.each([
    [0, '82 7e 0000', '82 fe 0000 37fa213d'],
    [125, '82 7e 007d', '82 fe 007d 37fa213d'],
    [0, '82 7f 0000000000000000', '82 ff 0000000000000000 37fa213d'],
    [126, '82 7f 000000000000007e', '82 ff 000000000000007e 37fa213d'],
    [65_535, '82 7f 000000000000ffff', '82 ff 000000000000ffff 37fa213d'],
  ])('%i in a longer one than it needs: client %s, server %s', (payloadLength, ...sides) => {
    for (const bytes of sides) {
      expect(read(hex(bytes))).toMatchObject({ payloadLength, minimal: false });
    }
  });

  test.each(['0020000000000000', '0020000000000001', '7fffffffffffffff'])(
    'a length above 2^53-1 stays above it, and its top bit unset: %s',
    (length) => {
      const { payloadLength } = read(hex(`82 7f ${length}`));
      expect(payloadLength).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
      expect(payloadLength).toBeLessThan(2 ** 63);
    },
  );

  test.each(['8000000000000000', '8000000000000001', 'ffffffffffffffff'])(
    'a length with its top bit set is not taken for a negative one: %s',
    (length) => {
      expect(read(hex(`82 7f ${length}`)).payloadLength).toBeGreaterThanOrEqual(2 ** 63);
    },
  );
});

test.each([
  ['none', '80'],
  ['RSV1', 'c0'],
  ['RSV2', 'a0'],
  ['RSV3', '90'],
  ['all three', 'f0'],
])('keeps the reserved bits where they stand (section 5.2): %s', (_, first) => {
  expect(read(hex(`${first} 00`)).reserved).toBe(hex(first)[0]! & 0x70);
});

test('RSV1 is the first of the reserved bits (section 5.2)', () => {
  expect(read(hex('c1 00')).reserved).toBe(RSV1);
});

test('tells the length of any header from its second byte', () => {
  for (let second = 0; second < 256; second += 1) {
    const form = second & 127;
    const extended = new Map([
      [126, 2],
      [127, 8],
    ]);
    const expected = 2 + (extended.get(form) ?? 0) + (second >= 128 ? 4 : 0);
    expect(headerLengthOf(second)).toBe(expected);
    expect(expected).toBeLessThanOrEqual(MAX_HEADER_LENGTH);
  }
});

test('takes the opcodes with the highest bit for control frames (section 5.5)', () => {
  const all = Array.from({ length: 16 }, (_, opcode) => opcode);
  expect(all.filter(isControl)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
});

test('reads a masking key at an offset', () => {
  expect(readMaskingKey(hex('ff 01020384'), 1) >>> 0).toBe(0x84030201);
});

describe('writes the shortest header (section 5.2)', () => {
  const maskingKey = 0x3d21fa37;
  const cases = [
    [0, '82 00', '82 80 37fa213d'],
    [125, '82 7d', '82 fd 37fa213d'],
    [126, '82 7e 007e', '82 fe 007e 37fa213d'],
    [127, '82 7e 007f', '82 fe 007f 37fa213d'],
    [128, '82 7e 0080', '82 fe 0080 37fa213d'],
    [65_535, '82 7e ffff', '82 fe ffff 37fa213d'],
    [65_536, '82 7f 0000000000010000', '82 ff 0000000000010000 37fa213d'],
    [2 ** 32 - 1, '82 7f 00000000ffffffff', '82 ff 00000000ffffffff 37fa213d'],
    [2 ** 32 + 1, '82 7f 0000000100000001', '82 ff 0000000100000001 37fa213d'],
    [2 ** 53 - 1, '82 7f 001fffffffffffff', '82 ff 001fffffffffffff 37fa213d'],
  ] as const;

  test.each(cases)('%i bytes: server %s, client %s', (length, unmasked, masked) => {
    for (const [expected, key] of [
      [hex(unmasked), undefined],
      [hex(masked), maskingKey],
    ] as const) {
      const target = Buffer.alloc(20, 0xee);
      const next = writeFrameHeader(target, 3, 0x82, length, key);
      expect(target.subarray(3, next)).toEqual(expected);
      expect(target.subarray(0, 3)).toEqual(hex('eeeeee'));
      expect(target.subarray(next)).toEqual(Buffer.alloc(20 - next, 0xee));
    }
  });

  test.each(cases)('%i bytes: knows beforehand how long %s is', (length, unmasked) => {
    expect(unmaskedHeaderLength(length)).toBe(hex(unmasked).length);
  });

  test('a masking key of 0 is still a masking key (section 5.3)', () => {
    const target = Buffer.alloc(6);
    expect(writeFrameHeader(target, 0, 0x81, 0, 0)).toBe(6);
    expect(target).toEqual(hex('81 80 00000000'));
  });
});
