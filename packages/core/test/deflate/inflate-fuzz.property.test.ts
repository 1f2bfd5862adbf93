import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Deflater } from '../../src/deflate/deflater.js';
import { Inflater } from '../../src/deflate/inflater.js';
import { ProtocolError } from '../../src/protocol/errors.js';
import { message } from './support/messages.js';
import { referenceInflate } from './support/reference-inflate.js';
import { deflateByZlib } from './support/zlib-stream.js';

const LIMIT = 1_048_576;

type Verdict = { readonly message: Buffer } | { readonly code: string; readonly closeCode: number };

/** What becomes of `payload` after `before`, on a connection of its own. Anything but a failure of the peer throws. */
async function judge(
  codec: 'auto' | 'zlib',
  payload: Buffer,
  limit: number,
  before?: Buffer,
): Promise<Verdict> {
  const inflater = new Inflater({ noContextTakeover: false, windowBits: 15, codec });
  if (before !== undefined) await inflater.inflate(before, LIMIT);
  try {
    return { message: await inflater.inflate(payload, limit) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { code: error.code, closeCode: error.closeCode };
  }
}

const corrupt: Verdict = { code: 'POSTERN_ERR_COMPRESSED_DATA', closeCode: 1007 };
const tooBig: Verdict = { code: 'POSTERN_ERR_MESSAGE_TOO_BIG', closeCode: 1009 };

type Mutation = (bytes: Buffer) => Buffer;

const place = fc.nat(2 ** 20);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(([at, bit]): Mutation => (bytes) => {
    const changed = Buffer.from(bytes);
    if (bytes.length > 0) changed[at % bytes.length]! ^= 1 << bit;
    return changed;
  }),
  fc.tuple(place, fc.nat(255)).map(([at, value]): Mutation => (bytes) => {
    const changed = Buffer.from(bytes);
    if (bytes.length > 0) changed[at % bytes.length] = value;
    return changed;
  }),
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.subarray(0, at % (bytes.length + 1)),
  ),
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.subarray(at % (bytes.length + 1)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 4 })).map(([at, more]): Mutation => (bytes) => {
    const middle = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, middle), more, bytes.subarray(middle)]);
  }),
);
const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });

function mutate(bytes: Buffer, all: readonly Mutation[]): Buffer {
  let changed = bytes;
  for (const each of all) changed = each(changed);
  return changed;
}

/** Blocks of every type: dynamic and stored ones by zlib, fixed ones mostly by us. */
const compressed = fc
  .tuple(message(900), fc.integer({ min: 0, max: 9 }), fc.boolean())
  .map(([bytes, level, ours]) => ({ bytes, level, ours }));

async function compress({ bytes, level, ours }: { bytes: Buffer; level: number; ours: boolean }) {
  const settings = { noContextTakeover: true, windowBits: 15, level: 5, memLevel: 8 } as const;
  if (ours) return new Deflater({ ...settings, codec: 'auto' }).deflate(bytes);
  return (await deflateByZlib([bytes], { level }))[0]!;
}

describe('whatever becomes of a compressed message on its way', () => {
  test('both codecs judge it alike, and what they take is what RFC 1951 makes of it', async () => {
    await fc.assert(
      fc.asyncProperty(compressed, mutations, async (original, changes) => {
        const payload = mutate(await compress(original), changes);
        const small = await judge('auto', payload, LIMIT);
        expect(await judge('zlib', payload, LIMIT)).toEqual(small);
        if (!('message' in small)) expect(small).toEqual(corrupt);
        else if (payload.length > 0) expectAsReference(payload, small.message);
      }),
      { numRuns: 250 },
    );
  });

  test('the same after a message that it may refer to', async () => {
    await fc.assert(
      fc.asyncProperty(message(600), compressed, mutations, async (first, original, changes) => {
        const [before, own] = await deflateByZlib([first, original.bytes]);
        const payload = mutate(own!, changes);
        const verdict = await judge('auto', payload, LIMIT, before);
        expect(await judge('zlib', payload, LIMIT, before)).toEqual(verdict);
        if ('message' in verdict && payload.length > 0) {
          expectAsReference(payload, verdict.message, first);
        }
      }),
      { numRuns: 120 },
    );
  });

  test('random bytes are judged alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
        const payload = Buffer.from(bytes);
        expect(await judge('zlib', payload, LIMIT)).toEqual(await judge('auto', payload, LIMIT));
      }),
      { numRuns: 250 },
    );
  });

  test('it is never inflated beyond the limit', async () => {
    const limit = fc.oneof(fc.nat(20), fc.nat(1200));
    await fc.assert(
      fc.asyncProperty(compressed, mutations, limit, async (original, changes, most) => {
        const payload = mutate(await compress(original), changes);
        const verdict = await judge('auto', payload, most);
        if ('message' in verdict) expect(verdict.message.length).toBeLessThanOrEqual(most);
        else expect([corrupt, tooBig]).toContainEqual(verdict);
      }),
      { numRuns: 120 },
    );
  });
});

/** A sender may end with a final block and leave out the empty one, which RFC 1951 alone cannot know. */
function expectAsReference(payload: Buffer, inflated: Buffer, before?: Buffer): void {
  const expected = [payload, Buffer.concat([payload, Buffer.of(0)])].map((each) => {
    try {
      return referenceInflate(each, before).message.toString('hex');
    } catch {
      return undefined;
    }
  });
  expect(expected).toContain(inflated.toString('hex'));
}

test.each(['auto', 'zlib'] as const)('the limit is exact to the byte (%s)', async (codec) => {
  await fc.assert(
    fc.asyncProperty(compressed, async (original) => {
      const { length } = original.bytes;
      const payload = await compress(original);
      expect(await judge(codec, payload, length)).toEqual({ message: original.bytes });
      if (length > 0) expect(await judge(codec, payload, length - 1)).toEqual(tooBig);
    }),
    { numRuns: 60 },
  );
});
