import { expect, test } from 'vitest';
import { ByteQueue } from '../../src/wire/byte-queue.js';
import { hex } from '../../src/wire/hex.js';
import { findFault, takeFrame } from '../../src/wire/received-frame.js';

function queue(...chunks: Buffer[]): ByteQueue {
  const bytes = new ByteQueue();
  for (const chunk of chunks) bytes.push(chunk);
  return bytes;
}

const maskedHello = hex('81 85 37fa213d 7f9f4d5158'); // RFC 6455, section 5.7

test.each([1, 2, 3, 5, 10, 11])(
  'a frame in chunks of %i bytes is read once it is whole',
  (size) => {
    const bytes = new ByteQueue();
    for (let at = 0; at < maskedHello.length; at += size) {
      expect(takeFrame(bytes)).toBeUndefined();
      bytes.push(maskedHello.subarray(at, at + size));
    }
    expect(takeFrame(bytes)?.payload.toString()).toBe('Hello');
    expect(bytes.length).toBe(0);
  },
);

test('frames behind one another are taken one at a time', () => {
  const bytes = queue(hex('81 01 61 8a'), hex('00 82 7e 0080'), Buffer.alloc(128, 7));
  expect(takeFrame(bytes)?.payload.toString()).toBe('a');
  expect(takeFrame(bytes)?.opcode).toBe(0xa);
  expect(takeFrame(bytes)?.payload).toEqual(Buffer.alloc(128, 7));
  expect(takeFrame(bytes)).toBeUndefined();
});

test.each([
  ['a client that does not mask', 'client', '81 00', 'not masked'],
  ['a server that masks', 'server', '81 80 37fa213d', 'masked'],
  ['reserved bits', 'server', 'c1 00', 'reserved bits'],
  ['a reserved opcode', 'server', '83 00', 'reserved opcode'],
  ['a length in a longer form', 'server', '81 7e 0001 61', 'longer form'],
  ['a fragmented ping', 'server', '09 00', 'fragmented control'],
] as const)('%s is found out', (name, sender, digits, words) => {
  expect(findFault(takeFrame(queue(hex(digits)))!, sender)).toContain(words);
});

test('nothing is found in frames as they should be', () => {
  expect(findFault(takeFrame(queue(maskedHello))!, 'client')).toBeUndefined();
  expect(findFault(takeFrame(queue(hex('81 05 48656c6c6f')))!, 'server')).toBeUndefined();
});
