import { expect, test } from 'vitest';
import { encodeFrame } from '../../src/wire/frame.js';
import {
  binary,
  close,
  declaring,
  fragments,
  ping,
  text,
  unfinished,
  withLengthForm,
  withReserved,
  wronglyMasked,
} from '../../src/wire/frames.js';
import { hex } from '../../src/wire/hex.js';

test.each([
  ['an unmasked text message', '81 05 48656c6c6f', encodeFrame(text('Hello'), 'server')],
  ['a masked text message', '81 85 37fa213d 7f9f4d5158', encodeFrame(text('Hello'), 'client')],
  ['an unmasked ping', '89 05 48656c6c6f', encodeFrame(ping('Hello'), 'server')],
  ['a first fragment', '01 03 48656c', encodeFrame(unfinished(text('Hel')), 'server')],
  ['reserved bits', 'f1 00', encodeFrame(withReserved(text(), 7), 'server')],
  ['a close code', '88 02 03e8', encodeFrame(close(1000), 'server')],
  ['a longer length form', '82 7e 0001 61', encodeFrame(withLengthForm(binary('a'), 16), 'server')],
  [
    'the longest length form',
    '82 7f 0000000000000001 61',
    encodeFrame(withLengthForm(binary('a'), 64), 'server'),
  ],
  [
    'a promise of 2^63',
    '82 7f 8000000000000000',
    encodeFrame(declaring(binary(), 2n ** 63n), 'server'),
  ],
  ['a server that masks', '81 80 37fa213d', encodeFrame(wronglyMasked(text()), 'server')],
  ['a client that does not', '81 00', encodeFrame(wronglyMasked(text()), 'client')],
])('%s is spelled as in RFC 6455, sections 5.2 and 5.7', (name, digits, bytes) => {
  expect(bytes).toEqual(hex(digits));
});

test('a length of 256 takes 16 bits and one of 65,536 takes 64 (section 5.7)', () => {
  expect(encodeFrame(binary(Buffer.alloc(256)), 'server').subarray(0, 4)).toEqual(
    hex('82 7e 0100'),
  );
  const head = encodeFrame(binary(Buffer.alloc(65_536)), 'server').subarray(0, 10);
  expect(head).toEqual(hex('82 7f 0000000000010000'));
});

test('fragments are the message in order, and only the last has FIN', () => {
  const encoded = fragments(text('Hello'), 2).map((part) => encodeFrame(part, 'server'));
  expect(Buffer.concat(encoded)).toEqual(hex('01 02 4865 00 02 6c6c 80 01 6f'));
});
