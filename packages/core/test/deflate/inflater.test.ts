import { constants, deflateRawSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { Inflater } from '../../src/deflate/inflater.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';
import { noise } from './support/noise.js';

const LIMIT = 1_048_576;
const corrupt = failure('POSTERN_ERR_COMPRESSED_DATA', 1007);
const tooBig = failure('POSTERN_ERR_MESSAGE_TOO_BIG', 1009);

const codecs = ['auto', 'zlib'] as const;

function inflater(codec: 'auto' | 'zlib', { noContextTakeover = false, windowBits = 15 } = {}) {
  return new Inflater({ codec, noContextTakeover, windowBits });
}

/** `size` bytes as zlib compresses them, without the tail. */
function compressed(message: Uint8Array, options = {}): Buffer {
  const all = deflateRawSync(message, { finishFlush: 2, ...options });
  return all.subarray(0, all.length - 4);
}

describe.each(codecs)('inflates what RFC 7692, section 7.2.3, shows (%s)', (codec) => {
  test.each([
    ['f2 48 cd c9 c9 07 00', 'one block', '7.2.3.1'],
    ['00 05 00 fa ff 48 65 6c 6c 6f 00', 'a block without compression', '7.2.3.3'],
    ['f3 48 cd c9 c9 07 00 00', 'a final block', '7.2.3.4'],
    ['f2 48 05 00 00 00 ff ff ca c9 c9 07 00', 'two blocks', '7.2.3.5'],
  ])('%s: %s (section %s)', async (bytes) => {
    expect((await inflater(codec).inflate(hex(bytes), LIMIT)).toString()).toBe('Hello');
  });

  test('f2 00 11 00 00: the same again by reference to the first (section 7.2.3.2)', async () => {
    const both = inflater(codec);
    await both.inflate(hex('f2 48 cd c9 c9 07 00'), LIMIT);
    expect((await both.inflate(hex('f2 00 11 00 00'), LIMIT)).toString()).toBe('Hello');
    expect((await both.inflate(hex('f2 48 cd c9 c9 07 00'), LIMIT)).toString()).toBe('Hello');
  });

  test('00: an empty message (section 7.2.3.6)', async () => {
    expect(await inflater(codec).inflate(hex('00'), LIMIT)).toEqual(Buffer.alloc(0));
  });
});

describe.each(codecs)('inflates what else senders make of it (%s)', (codec) => {
  test.each([
    ['', '', 'nothing, from a zlib that has flushed already'],
    ['f3 48 cd c9 c9 07 00', 'Hello', 'a final block and no empty one'],
    ['f2 48 cd c9 c9 07 04', 'Hello', 'an empty block that is final'],
    ['03 00 00', '', 'a final block with nothing in it'],
    ['03 00 f3 48 cd c9 c9 07 00 03 00 00', 'Hello', 'final blocks before, between and behind'],
    ['f3 48 05 00 ca c9 c9 07 00', 'Hello', 'a block after a final one'],
    ['00 00 00 ff ff 00 00 00 ff ff 00', '', 'empty blocks'],
  ])('%j is %j: %s', async (bytes, message) => {
    expect((await inflater(codec).inflate(hex(bytes), LIMIT)).toString()).toBe(message);
  });

  test('a block after a final one may refer to what was before it', async () => {
    // "Hello" in a final block, then length 5 at distance 5.
    const bytes = hex('f3 48 cd c9 c9 07 00 02 13 00 00');
    expect((await inflater(codec).inflate(bytes, LIMIT)).toString()).toBe('HelloHello');
  });

  test('a distance of 32,768, the greatest', async () => {
    const first = noise(32_768);
    const long = inflater(codec);
    await long.inflate(compressed(first), LIMIT);
    const repeated = await long.inflate(repeatFarthest(), LIMIT);
    expect(repeated).toEqual(first.subarray(0, 3));
  });
});

/** Length 3 at the greatest distance, by the fixed codes: symbol 29 and 13 bits, all set. */
function repeatFarthest(): Buffer {
  const bits = ['010', '0000001', '11101', '1111111111111', '0000000', '000'].join('');
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  [...bits].forEach((bit, index) => {
    if (bit === '1') bytes[index >> 3]! |= 1 << (index & 7);
  });
  return bytes;
}

describe.each(codecs)('fails corrupt data with 1007 (%s)', (codec) => {
  test.each([
    ['07', 'a block of no type'],
    ['f2 48 cd c9 c9 07', 'no empty block at the end'],
    ['f2 48 cd', 'half a block'],
    ['00 05 00 fa fe 48 65 6c 6c 6f 00', 'a size and a complement that do not agree'],
    ['00 05 00 fa ff 48 65', 'half a block without compression'],
    ['f2 00 11 00 00', 'a reference to before the first byte'],
    ['f2 48 cd c9 c9 07 00 00 00 ff ff', 'the tail that was to be taken off'],
    ['4b 04 c1 00', 'a distance of no code'],
    ['1b 03 00', 'a length of no code'],
    ['fc ff', 'too many codes for literals'],
    ['04 c0 81 08 00 00 00 00 20 7f eb 0b 00 00', 'a code for lengths that is not complete'],
    ['04 00 24 49 00', 'a code of nothing'],
    ['ff ff ff ff', 'noise'],
  ])('%s: %s', async (bytes) => {
    const inflate = async () => inflater(codec).inflate(hex(bytes), LIMIT);
    await expect(inflate()).rejects.toEqual(corrupt);
  });

  test('a reference to an earlier message, where every message stands alone', async () => {
    const alone = inflater(codec, { noContextTakeover: true });
    await alone.inflate(hex('f2 48 cd c9 c9 07 00'), LIMIT);
    const inflate = async () => alone.inflate(hex('f2 00 11 00 00'), LIMIT);
    await expect(inflate()).rejects.toEqual(corrupt);
  });

  test('a reference to before the window that was agreed', async () => {
    const narrow = inflater(codec, { windowBits: 8 });
    await narrow.inflate(compressed(noise(252)), LIMIT);
    await narrow.inflate(hex('f2 48 cd c9 c9 07 00'), LIMIT);
    // Length 5 at distance 257.
    const inflate = async () => narrow.inflate(hex('02 83 00 00'), LIMIT);
    await expect(inflate()).rejects.toEqual(corrupt);
  });

  test('a message cut short anywhere, where the bits behind it mean something too', async () => {
    // Almost all bytes are the same, whose code is a single zero.
    const message = noise(300).map((byte) => (byte < 20 ? byte : 97));
    const whole = compressed(message, { strategy: constants.Z_HUFFMAN_ONLY });
    for (let length = 1; length < whole.length; length += 1) {
      const inflate = async () => inflater(codec).inflate(whole.subarray(0, length), LIMIT);
      await expect(inflate()).rejects.toEqual(corrupt);
    }
  });

  test('half of a message that is inflated in the thread pool', async () => {
    const whole = compressed(noise(200_000));
    const half = async () => inflater(codec).inflate(whole.subarray(0, 100_000), LIMIT);
    await expect(half()).rejects.toEqual(corrupt);
  });
});

describe.each(codecs)('stops at the limit with 1009 (%s)', (codec) => {
  const sizes = [1, 5, 300, 8192, 8193, 70_000, 131_072, 131_073, 600_000];

  test.each(sizes)('%i bytes', async (size) => {
    for (const message of [Buffer.alloc(size, 'a'), noise(size)]) {
      const payload = compressed(message);
      const whole = await inflater(codec).inflate(payload, size);
      expect(whole.equals(message)).toBe(true);
      const beyond = async () => inflater(codec).inflate(payload, size - 1);
      await expect(beyond()).rejects.toEqual(tooBig);
    }
  });

  test('a limit of nothing takes an empty message and no other', async () => {
    expect(await inflater(codec).inflate(hex('00'), 0)).toEqual(Buffer.alloc(0));
    const one = async () => inflater(codec).inflate(hex('4a 04 00'), 0);
    await expect(one()).rejects.toEqual(tooBig);
  });
});

describe('answers at once or with a promise', () => {
  test.each([
    ['a small message', Buffer.alloc(2000, 'a'), false],
    ['a small message that becomes a large one', Buffer.alloc(100_000, 'a'), false],
    ['a message of some KiB', noise(12_000), false],
    ['a small message that becomes a very large one', Buffer.alloc(900_000, 'a'), true],
    ['a large message', noise(60_000), true],
  ])('%s', async (_, message, later) => {
    const result = inflater('auto').inflate(compressed(message), LIMIT);
    expect(result instanceof Promise).toBe(later);
    expect(message.equals(await result)).toBe(true);
  });
});

test('messages follow each other through all ways of inflating', async () => {
  const chain = inflater('auto');
  let known = Buffer.alloc(0);
  for (const size of [100, 20_000, 3000, 400_000, 50, 9000, 100_000, 1]) {
    // Half of each is what came before, so that each refers to others.
    const message = Buffer.concat([known.subarray(-size >> 1), noise(Math.ceil(size / 2))]);
    const dictionary = known.length === 0 ? {} : { dictionary: known };
    const back = await chain.inflate(compressed(message, dictionary), LIMIT);
    expect(back.equals(message)).toBe(true);
    known = Buffer.concat([known, message]).subarray(-32_768);
  }
});

test('the payload is left as it was, and the result shares nothing with it or with the next', async () => {
  const chain = inflater('auto');
  const payload = hex('00 05 00 fa ff 48 65 6c 6c 6f 00');
  const before = Buffer.from(payload);
  const first = await chain.inflate(payload, LIMIT);
  payload.fill(0);
  before.copy(payload);
  const second = await chain.inflate(payload, LIMIT);
  first.fill(0);
  expect(payload).toEqual(before);
  expect(second.toString()).toBe('Hello');
  expect((await chain.inflate(hex('f2 00 11 00 00'), LIMIT)).toString()).toBe('Hello');
});

describe('many final blocks', () => {
  test('cost no more than their bytes in the small codec', async () => {
    const blocks = Buffer.alloc(1000, hex('03 00'));
    const payload = Buffer.concat([blocks, hex('00')]);
    expect(await inflater('auto').inflate(payload, LIMIT)).toEqual(Buffer.alloc(0));
  });

  test('are refused where zlib would have to start afresh for each', async () => {
    const payload = Buffer.concat([Buffer.alloc(20_000, hex('03 00')), hex('00')]);
    const inflate = async () => inflater('auto').inflate(payload, LIMIT);
    await expect(inflate()).rejects.toEqual(corrupt);
  });

  test.each([4000, 40_000])('are inflated when there is one for each %i bytes', async (size) => {
    const part = deflateRawSync(noise(size));
    const payload = Buffer.concat([...Array<Buffer>(12).fill(part), hex('00')]);
    const expected = Buffer.concat(Array<Buffer>(12).fill(noise(size)));
    const inflated = await inflater('auto').inflate(payload, LIMIT);
    expect(inflated.equals(expected)).toBe(true);
  });

  test('of which a later one may refer to what came before an earlier one', async () => {
    const first = noise(30_000);
    const second = deflateRawSync(first.subarray(5000), { dictionary: first });
    expect(second.length).toBeLessThan(500);
    const payload = Buffer.concat([deflateRawSync(first), second, hex('00')]);
    const inflated = await inflater('auto').inflate(payload, LIMIT);
    expect(inflated.equals(Buffer.concat([first, first.subarray(5000)]))).toBe(true);
  });
});
