import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { FrameParser } from '../../src/protocol/frame-parser.js';
import { createFrame, frameLength, writeFrame } from '../../src/protocol/frame-writer.js';
import { cutAt } from '../support/chunks.js';
import { RecordingSink, type SinkEvent } from '../support/recording-sink.js';
import { wsFrame } from '../support/ws-frames.js';

const payload = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 65_530, max: 65_540 }).map((n) => Buffer.alloc(n, 'a')),
  },
);
const key = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined });
const asInteger = (bytes: Uint8Array | undefined): number | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).readUInt32LE(0);

test('a written frame is the one that npm ws writes', () => {
  fc.assert(
    fc.property(
      payload,
      key,
      fc.boolean(),
      fc.boolean(),
      fc.nat(15),
      (bytes, maskingKey, ...bits) => {
        const [fin, rsv1, opcode] = bits;
        const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
        const written = createFrame(first, bytes, asInteger(maskingKey));
        expect(written.equals(wsFrame({ fin, rsv1, opcode, payload: bytes }, maskingKey))).toBe(
          true,
        );
      },
    ),
  );
});

const text = fc.string({ unit: 'binary', maxLength: 100 });
const message: fc.Arbitrary<{ first: number; bytes: Uint8Array; event: SinkEvent }> = fc.oneof(
  text
    .map((value) => ({ value, bytes: Buffer.from(value) }))
    .map(({ value, bytes }) => ({
      first: 0x81,
      bytes,
      event: ['text', value, bytes.length] as const,
    })),
  payload.map((bytes) => ({
    first: 0x82,
    bytes,
    event: ['binary', Buffer.from(bytes).toString('hex'), bytes.length] as const,
  })),
  payload.map((bytes) => ({
    first: 0xc2,
    bytes,
    event: ['compressed binary', Buffer.from(bytes).toString('hex')] as const,
  })),
  fc.tuple(fc.constantFrom(8, 9, 10), fc.uint8Array({ maxLength: 125 })).map(([opcode, bytes]) => ({
    first: 0x80 | opcode,
    bytes,
    event: ['control', opcode, Buffer.from(bytes).toString('hex')] as const,
  })),
);

test('parsing what was written gives back what was written, at any cut, in both directions', () => {
  const keys = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 5 });
  const cuts = fc.array(fc.nat(), { maxLength: 10 });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.option(keys, { nil: undefined }),
      cuts,
      (messages, maskingKeys, places) => {
        const masked = maskingKeys !== undefined;
        const lengths = messages.map(({ bytes }) => frameLength(bytes.length, masked));
        const stream = Buffer.alloc(lengths.reduce((sum, length) => sum + length, 0));
        let end = 0;
        messages.forEach(({ first, bytes }, index) => {
          end = writeFrame(stream, end, first, bytes, maskingKeys?.[index % maskingKeys.length]);
        });
        expect(end).toBe(stream.length);

        const sink = new RecordingSink();
        const parser = new FrameParser(sink, sink, masked, {
          allowCompressed: true,
          maxMessageSize: 100_000,
          maxFragments: 10,
        });
        for (const chunk of cutAt(stream, places)) parser.receive(chunk);
        expect(sink.events).toEqual(messages.map(({ event }) => event));
      },
    ),
    { numRuns: 200 },
  );
});
