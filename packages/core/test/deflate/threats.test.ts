import { deflateRawSync } from 'node:zlib';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { Inflater } from '../../src/deflate/inflater.js';
import { watchAllocations } from '../support/allocations.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const MEBIBYTE = 1_048_576;
const tooBig = failure('POSTERN_ERR_MESSAGE_TOO_BIG', 1009);

/** What `size` zeros become, a thousandth of that; made of repetitions, so that no test has to hold them. */
function bomb(mebibytes: number): Buffer {
  const zeros = Buffer.alloc(MEBIBYTE);
  const part = deflateRawSync(zeros, { finishFlush: 2, dictionary: zeros.subarray(0, 32_768) });
  const first = deflateRawSync(zeros, { finishFlush: 2 });
  const all = Buffer.concat([first, ...Array<Buffer>(mebibytes - 1).fill(part)]);
  return all.subarray(0, all.length - 4);
}

describe('CVE-2026-1526, CVE-2018-1000518: a bomb is inflated no further than the limit', () => {
  test.each([
    ['auto', 900],
    ['zlib', 900],
    ['auto', 4],
  ] as const)('codec %s, %i MiB', async (codec, mebibytes) => {
    const payload = bomb(mebibytes);
    const inflater = new Inflater({ noContextTakeover: false, windowBits: 15, codec });
    const allocations = watchAllocations();
    const inflate = async () => inflater.inflate(payload, MEBIBYTE);
    await expect(inflate()).rejects.toEqual(tooBig);
    expect(allocations.total()).toBeLessThan(3 * MEBIBYTE);
    expect(inflater.heldBytes).toBe(0);
  });

  test('a bomb of 900 MiB is one', async () => {
    expect(bomb(900).length).toBeLessThan(MEBIBYTE);
    const inflater = new Inflater({ noContextTakeover: false, windowBits: 15, codec: 'auto' });
    expect((await inflater.inflate(bomb(3), 3 * MEBIBYTE)).equals(Buffer.alloc(3 * MEBIBYTE))).toBe(
      true,
    );
  });
});

test('CVE-2022-37434: the tail is added without touching what the peer sent, or what lies behind', async () => {
  for (const codec of ['auto', 'zlib'] as const) {
    const chunk = hex('f2 48 cd c9 c9 07 00 a5 a5 a5 a5');
    const before = Buffer.from(chunk);
    const inflater = new Inflater({ noContextTakeover: false, windowBits: 15, codec });
    expect((await inflater.inflate(chunk.subarray(0, 7), 5)).toString()).toBe('Hello');
    expect(chunk).toEqual(before);
  }
});

test('ws advisory of 2016: no byte is given out that nobody wrote', async () => {
  const allocations = watchAllocations(0xa5);
  for (const codec of ['auto', 'zlib'] as const) {
    const inflater = new Inflater({ noContextTakeover: false, windowBits: 15, codec });
    const all = deflateRawSync(Buffer.alloc(3000), { finishFlush: 2 });
    const message = await inflater.inflate(all.subarray(0, all.length - 4), 3000);
    expect(message.equals(new Uint8Array(3000))).toBe(true);
  }
  expect(allocations.sizes.length).toBeGreaterThan(0);
});
