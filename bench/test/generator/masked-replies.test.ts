import { expect, test } from 'vitest';
import { BINARY, FIN, encodeFrame } from '../../generator/frame.mjs';
import { MaskedReplies } from '../../generator/masked-replies.mjs';

const payloads = ['hello', 'world!'].map((text) => Buffer.from(text));
const masked = (payload: Buffer, key: string) =>
  encodeFrame({ opcode: BINARY, fin: true, payload, maskingKey: Buffer.from(key, 'hex') });
const expected = payloads.map((payload) => ({ first: FIN | BINARY, payload }));
const lengths = payloads.map((payload) => masked(payload, '00000000'));

test('takes replies behind any masking key, verified or not', () => {
  const replies = new MaskedReplies(lengths, expected, 0);
  const turn = (key: string) => Buffer.concat(payloads.map((payload) => masked(payload, key)));
  const first = turn('37fa213d');
  expect(replies.take(first.subarray(0, 13), 13, true)).toBe(1);
  expect(replies.take(first.subarray(13), first.length - 13, true)).toBe(1);
  const second = turn('01020304');
  expect(replies.take(second, second.length, false)).toBe(2);
  expect(replies.take(first, first.length, true)).toBe(2);
});

test('says so when a byte differs behind the masking key', () => {
  const replies = new MaskedReplies(lengths, expected, 0);
  const wrong = masked(Buffer.from('hallo'), '37fa213d');
  expect(() => replies.take(wrong, wrong.length, true)).toThrow('a reply differs');
});
