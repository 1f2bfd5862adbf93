import { constants, inflateRawSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { Deflater, type DeflaterSettings } from '../../src/deflate/deflater.js';
import { hex } from '../support/hex.js';
import { noise } from './support/noise.js';
import { referenceInflate } from './support/reference-inflate.js';

const tail = hex('00 00 ff ff');

function deflater(settings: Partial<DeflaterSettings> = {}): Deflater {
  return new Deflater({
    noContextTakeover: false,
    windowBits: 15,
    level: 5,
    memLevel: 8,
    codec: 'auto',
    ...settings,
  });
}

function inflate(compressed: Uint8Array, dictionary?: Uint8Array): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary && { dictionary }) };
  return inflateRawSync(Buffer.concat([compressed, tail]), options);
}

/** JSON such as servers send, the same for the same numbers. */
function records(from: number, size: number): Buffer {
  let text = '';
  for (let id = from; text.length < size; id += 1) {
    text += `{"id":${id},"name":"user${(id * 7919) % 1000}","price":${(id * 104_729) % 9973},"ok":true},`;
  }
  return Buffer.from(text.slice(0, size));
}

const codecs = ['auto', 'zlib'] as const;

describe.each(codecs)('compresses as RFC 7692, section 7.2.3, shows (%s)', (codec) => {
  test('Hello, in one block', async () => {
    expect(await deflater({ codec }).deflate(Buffer.from('Hello'))).toEqual(
      hex('f2 48 cd c9 c9 07 00'),
    );
  });

  test('Hello again, by reference to the first', async () => {
    const twice = deflater({ codec });
    await twice.deflate(Buffer.from('Hello'));
    // zlib looks at two bytes before it begins to match, as the RFC's example did.
    const again = { auto: '02 13 00 00', zlib: 'f2 00 11 00 00' };
    expect(await twice.deflate(Buffer.from('Hello'))).toEqual(hex(again[codec]));
  });

  test('Hello again as the first time, where every message stands alone', async () => {
    const alone = deflater({ codec, noContextTakeover: true });
    await alone.deflate(Buffer.from('Hello'));
    expect(await alone.deflate(Buffer.from('Hello'))).toEqual(hex('f2 48 cd c9 c9 07 00'));
  });

  test('an empty message as one byte, also after others', async () => {
    const twice = deflater({ codec });
    expect(await twice.deflate(Buffer.alloc(0))).toEqual(hex('00'));
    await twice.deflate(Buffer.from('Hello'));
    expect(await twice.deflate(Buffer.alloc(0))).toEqual(hex('00'));
    expect(await twice.deflate(Buffer.alloc(0))).toEqual(hex('00'));
  });
});

describe('answers at once or with a promise', () => {
  test.each([
    ['auto', 4096, false],
    ['auto', 16_384, false],
    ['auto', 16_385, true],
    ['zlib', 16, false],
    ['zlib', 16_385, true],
  ] as const)('%s, %i bytes', async (codec, size, later) => {
    const message = records(1, size);
    const result = deflater({ codec }).deflate(message);
    expect(result instanceof Promise).toBe(later);
    expect(inflate(await result).equals(message)).toBe(true);
  });

  test('later from 8 KiB on when zlib is told to try hard', () => {
    expect(deflater({ level: 6 }).deflate(records(1, 8192)) instanceof Promise).toBe(false);
    expect(deflater({ level: 6 }).deflate(records(1, 8193)) instanceof Promise).toBe(true);
  });
});

describe('uses what suits the message', () => {
  test('the fixed codes for a short one', async () => {
    expect(
      referenceInflate(await deflater().deflate(Buffer.from('to be or not to be'))).blocks,
    ).toEqual([1, 0]);
  });

  test('codes of its own for a longer one', async () => {
    expect(referenceInflate(await deflater().deflate(records(1, 2048))).blocks).toEqual([2, 0]);
  });

  test('the fixed codes where others would take more bytes to tell than they save', async () => {
    const alphabet = Buffer.from(Array.from({ length: 112 }, (_, index) => index + 16));
    const { blocks, message } = referenceInflate(await deflater().deflate(alphabet));
    expect(blocks).toEqual([1, 0]);
    expect(message).toEqual(alphabet);
  });

  test('a block without compression for one that has no pattern', async () => {
    const random = noise(3000);
    const compressed = await deflater().deflate(random);
    expect(referenceInflate(compressed).blocks).toEqual([0, 0]);
    expect(compressed.length).toBe(random.length + 6);
  });
});

test('small messages take at most 1.3 times the bytes of a zlib stream', async () => {
  for (const size of [256, 2048]) {
    const [own, zlib] = [deflater(), deflater({ codec: 'zlib', level: 6 })];
    let [ownBytes, zlibBytes] = [0, 0];
    for (let index = 0; index < 100_000 / size; index += 1) {
      const message = records(index * 97, size);
      ownBytes += (await own.deflate(message)).length;
      zlibBytes += (await zlib.deflate(message)).length;
    }
    expect(ownBytes / zlibBytes).toBeLessThan(1.3);
    expect(ownBytes).toBeGreaterThan(0);
  }
});

describe('messages follow each other through all ways of compressing', () => {
  test.each([8, 9, 12, 15])('with a window of 2 ** %i bytes', async (windowBits) => {
    const chain = deflater({ windowBits });
    let known = Buffer.alloc(0);
    for (const size of [100, 5000, 300, 20_000, 3000, 4096, 9000, 40_000, 1, 64, 200]) {
      const message = records(size * 3, size);
      const compressed = await chain.deflate(message);
      const { message: back, farthest } = referenceInflate(compressed, known);
      expect(back).toEqual(message);
      expect(farthest).toBeLessThanOrEqual(1 << windowBits);
      known = Buffer.concat([known, message]).subarray(-32_768);
    }
  });

  test('a small message refers to a large one before it', async () => {
    const [large, small] = [records(1, 30_000), records(1, 30_000).subarray(-200)];
    const chain = deflater();
    await chain.deflate(large);
    expect((await chain.deflate(small)).length).toBeLessThan(20);
  });

  test('a large message refers to a small one before it', async () => {
    const random = noise(4000);
    const chain = deflater();
    await chain.deflate(random);
    expect((await chain.deflate(Buffer.concat([random, random]))).length).toBeLessThan(400);
  });
});

describe('remember', () => {
  test('keeps the window right when a message was compressed elsewhere', async () => {
    const prepared = records(5, 500);
    const elsewhere = await deflater({ noContextTakeover: true }).deflate(prepared);
    const chain = deflater();
    const first = await chain.deflate(records(1, 500));
    chain.remember(prepared);
    const last = await chain.deflate(records(2, 500));
    let known = Buffer.alloc(0);
    for (const each of [first, elsewhere, last]) {
      known = Buffer.concat([known, referenceInflate(each, known).message]);
    }
    expect(known).toEqual(Buffer.concat([records(1, 500), prepared, records(2, 500)]));
  });

  test('does nothing where every message stands alone', async () => {
    const alone = deflater({ noContextTakeover: true });
    alone.remember(Buffer.from('Hello'));
    expect(await alone.deflate(Buffer.from('Hello'))).toEqual(hex('f2 48 cd c9 c9 07 00'));
  });
});

test('the payload is left as it was, and the result shares nothing with the next', async () => {
  const chain = deflater();
  const payload = records(1, 1000);
  const first = await chain.deflate(payload);
  const copy = Buffer.from(first);
  const second = await chain.deflate(records(2, 1000));
  expect(payload).toEqual(records(1, 1000));
  expect(first).toEqual(copy);
  second.fill(0);
  expect(first).toEqual(copy);
});
