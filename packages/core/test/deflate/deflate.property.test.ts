import { constants } from 'node:zlib';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Deflater } from '../../src/deflate/deflater.js';
import { Inflater } from '../../src/deflate/inflater.js';
import { conversation, windowBits } from './support/messages.js';
import { referenceInflate } from './support/reference-inflate.js';
import { deflateByZlib, inflateByZlib } from './support/zlib-stream.js';

const LIMIT = 1_048_576;
const zlibDefaults = { level: 5, memLevel: 8 };
const codec = fc.constantFrom('auto' as const, 'zlib' as const);

async function deflateAll(deflater: Deflater, messages: readonly Buffer[]): Promise<Buffer[]> {
  const compressed: Buffer[] = [];
  for (const each of messages) compressed.push(await deflater.deflate(each));
  return compressed;
}

async function inflateAll(inflater: Inflater, compressed: readonly Buffer[]): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  for (const each of compressed) messages.push(await inflater.inflate(each, LIMIT));
  return messages;
}

describe('with context takeover', () => {
  test('zlib inflates what is compressed here, with a window of the size that was promised', async () => {
    await fc.assert(
      fc.asyncProperty(conversation(6000), windowBits, codec, async (messages, bits, kind) => {
        const settings = { ...zlibDefaults, noContextTakeover: false, windowBits: bits };
        const compressed = await deflateAll(new Deflater({ ...settings, codec: kind }), messages);
        expect(await inflateByZlib(compressed, bits)).toEqual(messages);
      }),
      { numRuns: 100 },
    );
  });

  test('nothing refers back further than the window that was promised', async () => {
    await fc.assert(
      fc.asyncProperty(conversation(6000), windowBits, codec, async (messages, bits, kind) => {
        const settings = { ...zlibDefaults, noContextTakeover: false, windowBits: bits };
        const compressed = await deflateAll(new Deflater({ ...settings, codec: kind }), messages);
        let before = Buffer.alloc(0);
        compressed.forEach((each, index) => {
          const { message, farthest } = referenceInflate(each, before);
          expect(message).toEqual(messages[index]);
          expect(farthest).toBeLessThanOrEqual(1 << bits);
          before = Buffer.concat([before, message]);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('what zlib compressed is inflated here, whatever its settings', async () => {
    const options = fc.record({
      level: fc.integer({ min: 0, max: 9 }),
      memLevel: fc.integer({ min: 1, max: 9 }),
      windowBits: fc.integer({ min: 9, max: 15 }),
      strategy: fc.constantFrom(
        constants.Z_DEFAULT_STRATEGY,
        constants.Z_FILTERED,
        constants.Z_HUFFMAN_ONLY,
        constants.Z_RLE,
        constants.Z_FIXED,
      ),
    });
    await fc.assert(
      fc.asyncProperty(conversation(6000), options, codec, async (messages, settings, kind) => {
        const compressed = await deflateByZlib(messages, settings);
        const inflater = new Inflater({
          noContextTakeover: false,
          windowBits: settings.windowBits,
          codec: kind,
        });
        expect(await inflateAll(inflater, compressed)).toEqual(messages);
      }),
      { numRuns: 100 },
    );
  });

  test('both ends agree, whichever codec takes which message', async () => {
    const each = fc.tuple(codec, codec, windowBits);
    await fc.assert(
      fc.asyncProperty(conversation(40_000), each, async (messages, [out, back, bits]) => {
        const settings = { ...zlibDefaults, noContextTakeover: false, windowBits: bits };
        const compressed = await deflateAll(new Deflater({ ...settings, codec: out }), messages);
        const inflater = new Inflater({ noContextTakeover: false, windowBits: bits, codec: back });
        expect(await inflateAll(inflater, compressed)).toEqual(messages);
      }),
      { numRuns: 30 },
    );
  });
});

describe('without context takeover', () => {
  test('every message can be inflated by itself, and refers to no other', async () => {
    await fc.assert(
      fc.asyncProperty(conversation(6000), windowBits, codec, async (messages, bits, kind) => {
        const settings = { ...zlibDefaults, noContextTakeover: true, windowBits: bits };
        const compressed = await deflateAll(new Deflater({ ...settings, codec: kind }), messages);
        compressed.forEach((each, index) => {
          const { message, farthest } = referenceInflate(each);
          expect(message).toEqual(messages[index]);
          expect(farthest).toBeLessThanOrEqual(1 << bits);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('a message has the same bytes whatever was compressed before it, here or on other connections', async () => {
    const settings = { ...zlibDefaults, noContextTakeover: true, windowBits: 15 } as const;
    await fc.assert(
      fc.asyncProperty(conversation(4096), conversation(4096), async (others, messages) => {
        const alone = await deflateAll(new Deflater({ ...settings, codec: 'auto' }), messages);
        const deflater = new Deflater({ ...settings, codec: 'auto' });
        for (const [index, each] of messages.entries()) {
          await deflateAll(deflater, others);
          expect(await deflater.deflate(each)).toEqual(alone[index]);
        }
      }),
      { numRuns: 30 },
    );
  });
});
