import { expect, test } from 'vitest';
import { BINARY, TEXT, encodeClientMessage, encodeFrame } from '../../generator/frame.mjs';

const hello = Buffer.from('Hello');
const maskingKey = Buffer.from('37fa213d', 'hex');

test('encodes the frames of RFC 6455 section 5.7', () => {
  expect(encodeFrame({ opcode: TEXT, fin: true, payload: hello }).toString('hex')).toBe(
    '810548656c6c6f',
  );
  expect(encodeFrame({ opcode: TEXT, fin: true, payload: hello, maskingKey }).toString('hex')).toBe(
    '818537fa213d7f9f4d5158',
  );
});

test.each([
  [125, '827d'],
  [126, '827e007e'],
  [65_535, '827effff'],
  [65_536, '827f0000000000010000'],
])('announces %i bytes in the shortest form (section 5.2)', (length, header) => {
  const frame = encodeFrame({ opcode: BINARY, fin: true, payload: Buffer.alloc(length) });
  expect(frame.subarray(0, header.length / 2).toString('hex')).toBe(header);
  expect(frame).toHaveLength(header.length / 2 + length);
});

test('cuts a message into fragments: opcode on the first, FIN on the last (section 5.4)', () => {
  const message = encodeClientMessage({
    opcode: TEXT,
    payload: hello,
    fragmentSize: 2,
    random: () => 0,
  });
  expect(message.toString('hex')).toBe('01820000000048650082000000006c6c8081000000006f');
});

test('sends an empty message as one frame', () => {
  const message = encodeClientMessage({
    opcode: BINARY,
    payload: Buffer.alloc(0),
    fragmentSize: 2,
    random: () => 0,
  });
  expect(message.toString('hex')).toBe('828000000000');
});
