import { expect, test } from 'vitest';
import { BINARY, TEXT, encodeFrame } from '../../generator/frame.mjs';
import { FrameReader } from '../../generator/frame-reader.mjs';

const maskingKey = Buffer.from('37fa213d', 'hex');
const payloads = [0, 1, 125, 126, 1000, 65_535, 65_536].map((length) => Buffer.alloc(length, 'ab'));
const frames = payloads.map((payload, index) =>
  index % 2 === 0
    ? encodeFrame({ opcode: TEXT, fin: true, payload, maskingKey })
    : encodeFrame({ opcode: BINARY, fin: true, payload }),
);
const bytes = Buffer.concat(frames);

test.each([1, 2, 3, 7, 1000, bytes.length])('finds all frames in pieces of %i bytes', (size) => {
  const reader = new FrameReader();
  const found: { first: number; payload: Buffer; length: number }[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    const piece = bytes.subarray(start, start + size);
    reader.read(piece, piece.length, true, (frame) =>
      found.push({ ...frame, payload: Buffer.from(frame.payload) }),
    );
  }
  expect(found.map(({ length }) => length)).toEqual(frames.map(({ length }) => length));
  expect(found.map(({ first }) => first & 0x0f)).toEqual([1, 2, 1, 2, 1, 2, 1]);
  for (const [index, { payload }] of found.entries()) {
    expect(payload.equals(payloads[index] ?? Buffer.alloc(0))).toBe(true);
  }
});
