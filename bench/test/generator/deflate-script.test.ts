import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DeflateScript } from '../../generator/deflate-script.mjs';
import { FrameReader } from '../../generator/frame-reader.mjs';
import { COMPRESSED, FIN, TEXT, encodeFrame } from '../../generator/frame.mjs';

const FIRST = 3;
const tail = Buffer.from('0000ffff', 'hex');
const workload = {
  name: 'test',
  kind: 'echo',
  feature: 'deflate',
  payload: 'json',
  sizes: [2048],
  connections: 1,
  depth: 2,
} as const;

/** What a connection that begins at the message `FIRST` sends: the priming, and then `count` messages. */
function sent(script: DeflateScript, count: number) {
  const place = (index: number) => (FIRST + index) % script.cycle;
  const priming = Array.from({ length: script.priming }, (_, i) => script.primingFrame(place(i)));
  const frames = Array.from({ length: count }, (_, i) =>
    script.frames(place(script.priming + i), 1),
  );
  return Buffer.concat([...priming, ...frames]);
}

/** The messages as a server sees them that remembers all of the stream. */
function messagesIn(bytes: Buffer) {
  const compressed: Buffer[] = [];
  new FrameReader().read(bytes, bytes.length, true, ({ payload }) => {
    compressed.push(Buffer.from(payload), tail);
  });
  const finishFlush = constants.Z_SYNC_FLUSH;
  const text = inflateRawSync(Buffer.concat(compressed), { finishFlush }).toString();
  return text.match(/.{2048}/gs) ?? [];
}

function reply(text: string, compressed = true) {
  const bytes = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  const payload = compressed ? bytes.subarray(0, -4) : Buffer.from(text);
  return encodeFrame({ opcode: TEXT, fin: true, compressed, payload });
}

test.each([true, false])('a server can follow the stream (takeover: %s)', (takeover) => {
  const script = new DeflateScript({ ...workload, sizes: [2048] }, { takeover });
  const count = script.cycle + 5; // Around the end of the cycle.
  const messages = messagesIn(sent(script, count));
  expect(messages).toHaveLength(script.priming + count);
  for (const message of messages) expect(() => JSON.parse(message)).not.toThrow();
  expect(new Set(messages).size).toBe(script.cycle);
});

test('takes replies that a window away are the same, and counts their bytes', () => {
  const script = new DeflateScript({ ...workload, sizes: [2048] }, { takeover: true });
  const [first = '', second = ''] = messagesIn(sent(script, 2));
  const replies = script.expect(FIRST);
  const bytes = Buffer.concat([reply(first), reply(second)]);
  expect(replies.take(bytes.subarray(0, 10), 10, true)).toBe(0);
  expect(replies.take(bytes.subarray(10), bytes.length - 10, true)).toBe(2);
  expect(replies.bytes).toBe(bytes.length);
  expect(bytes[0]).toBe(FIN | COMPRESSED | TEXT);
});

test('says so when a reply is another message, or not compressed', () => {
  const script = new DeflateScript({ ...workload, sizes: [2048] }, { takeover: true });
  const [first = '', second = ''] = messagesIn(sent(script, 2));
  const take = (bytes: Buffer) => () => script.expect(FIRST).take(bytes, bytes.length, true);
  expect(take(reply(second))).toThrow('a reply differs');
  expect(take(reply(first, false))).toThrow('not compressed');
});
