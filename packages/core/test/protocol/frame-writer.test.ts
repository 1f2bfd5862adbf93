import { afterEach, describe, expect, test, vi } from 'vitest';

import { createFrame, FIN, frameLength, writeFrame } from '../../src/protocol/frame-writer.js';
import { Opcode } from '../../src/protocol/opcode.js';
import { watchAllocations } from '../support/allocations.js';
import { frame } from '../support/frame-builder.js';
import { hex } from '../support/hex.js';
import { sampleKey } from '../support/sides.js';

const maskingKey = 0x3d21fa37; // 37fa213d on the wire

afterEach(() => {
  vi.restoreAllMocks();
});

describe('writes the samples of RFC 6455 section 5.7', () => {
  test.each([
    ['a text, by a server', FIN | Opcode.Text, 'Hello', undefined, '81 05 48656c6c6f'],
    ['a text, by a client', FIN | Opcode.Text, 'Hello', maskingKey, '81 85 37fa213d 7f9f4d5158'],
    ['a first fragment', Opcode.Text, 'Hel', undefined, '01 03 48656c'],
    ['a last fragment', FIN | Opcode.Continuation, 'lo', undefined, '80 02 6c6f'],
    ['a ping', FIN | Opcode.Ping, 'Hello', undefined, '89 05 48656c6c6f'],
    ['a pong, by a client', FIN | Opcode.Pong, 'Hello', maskingKey, '8a 85 37fa213d 7f9f4d5158'],
  ])('%s', (_, first, payload, key, bytes) => {
    expect(createFrame(first, Buffer.from(payload), key)).toEqual(hex(bytes));
  });
});

const lengths = [0, 1, 47, 48, 125, 126, 127, 128, 65_535, 65_536, 1_048_576];

describe.each(lengths)('writes a frame of %i bytes (section 5.2)', (length) => {
  const payload = Buffer.alloc(length, 'postern ');

  test('by a server, unmasked (section 5.1)', () => {
    const bytes = createFrame(FIN | Opcode.Binary, payload, undefined);
    expect(bytes.equals(frame({ opcode: 2, payload }))).toBe(true);
    expect(frameLength(length, false)).toBe(bytes.length);
  });

  test('by a client, masked (section 5.3)', () => {
    const bytes = createFrame(FIN | Opcode.Binary, payload, maskingKey);
    expect(bytes.equals(frame({ opcode: 2, payload, maskingKey: sampleKey }))).toBe(true);
    expect(frameLength(length, true)).toBe(bytes.length);
  });

  test('with no byte of it left as memory lay', () => {
    for (const key of [undefined, 0, maskingKey]) {
      const frames = [0x00, 0xff].map((poison) => {
        watchAllocations(poison);
        const bytes = createFrame(FIN | Opcode.Binary, payload, key);
        vi.restoreAllMocks();
        return bytes;
      });
      expect(frames[0]!.equals(frames[1]!)).toBe(true);
    }
  });
});

test('writes between other bytes and says where it ends', () => {
  const target = Buffer.alloc(20, 0xee);
  expect(writeFrame(target, 4, FIN | Opcode.Text, Buffer.from('Hello'), maskingKey)).toBe(15);
  expect(target).toEqual(hex('eeeeeeee 81 85 37fa213d 7f9f4d5158 eeeeeeeeee'));
});

test('does not change the payload of its caller', () => {
  const payload = Buffer.from('Hello');
  createFrame(FIN | Opcode.Text, payload, maskingKey);
  expect(payload).toEqual(Buffer.from('Hello'));
});

test('makes a frame in memory of its own', () => {
  const bytes = createFrame(FIN | Opcode.Text, Buffer.from('Hello'), undefined);
  expect(bytes.buffer.byteLength).toBe(7);
});

test('takes bytes by their own length, wherever they lie', () => {
  const payload = new Uint8Array(hex('eeee 48656c6c6f ee').buffer, 2, 5);
  expect(createFrame(FIN | Opcode.Text, payload, undefined)).toEqual(hex('81 05 48656c6c6f'));
});

test('throws rather than write past the end of its target', () => {
  const target = Buffer.alloc(6);
  expect(() => writeFrame(target, 0, FIN | Opcode.Text, Buffer.from('Hello'), undefined)).toThrow(
    RangeError,
  );
});
