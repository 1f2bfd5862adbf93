import { afterEach, describe, expect, test, vi } from 'vitest';

import { createFrameHeader, RSV1, type FrameHeader } from '../../src/protocol/frame-header.js';
import {
  compressedLimit,
  MessageAssembler,
  type MessageLimits,
} from '../../src/protocol/message-assembler.js';
import { watchAllocations } from '../support/allocations.js';
import { failure } from '../support/failure.js';
import { masked } from '../support/frame-builder.js';
import { hex } from '../support/hex.js';
import { RecordingSink } from '../support/recording-sink.js';
import { sampleKey } from '../support/sides.js';

const MIB = 1_048_576;
const plenty: MessageLimits = { maxMessageSize: MIB, maxFragments: 2_000_000 };

const TEXT = 1;
const BINARY = 2;
const CONTINUATION = 0;

afterEach(() => {
  vi.restoreAllMocks();
});

function assembler(limits: MessageLimits = plenty) {
  const sink = new RecordingSink();
  return { sink, assembler: new MessageAssembler(sink, limits) };
}

function headerOf(opcode: number, changes: Partial<FrameHeader> = {}): FrameHeader {
  return { ...createFrameHeader(), opcode, ...changes };
}

/** One unmasked frame that is there as a whole. */
function add(to: MessageAssembler, opcode: number, payload: Buffer, fin: boolean): void {
  to.begin(headerOf(opcode));
  if (payload.length > 0) to.append(payload, 0, payload.length, 0, 0);
  to.finish(fin);
}

describe('makes one message of its fragments (section 5.4)', () => {
  test('of text: 01 03 48656c, 80 02 6c6f', () => {
    const { sink, assembler: messages } = assembler();
    add(messages, TEXT, Buffer.from('Hel'), false);
    expect(sink.events).toEqual([]);
    add(messages, CONTINUATION, Buffer.from('lo'), true);
    expect(sink.events).toEqual([['text', 'Hello', 5]]);
  });

  test('of binary, with empty ones in between: 02 01 00, 00 00, 00 01 ff, 80 00', () => {
    const { sink, assembler: messages } = assembler();
    add(messages, BINARY, hex('00'), false);
    add(messages, CONTINUATION, hex(''), false);
    add(messages, CONTINUATION, hex('ff'), false);
    add(messages, CONTINUATION, hex(''), true);
    expect(sink.events).toEqual([['binary', '00ff', 2]]);
  });

  test('of nothing: 01 00, 80 00', () => {
    const { sink, assembler: messages } = assembler();
    add(messages, TEXT, hex(''), false);
    add(messages, CONTINUATION, hex(''), true);
    expect(sink.events).toEqual([['text', '', 0]]);
  });

  test('of a compressed one, as it was: 41 01 f2, 80 01 48 (RFC 7692 section 6)', () => {
    const { sink, assembler: messages } = assembler();
    messages.begin(headerOf(TEXT, { reserved: RSV1 }));
    messages.append(hex('f2'), 0, 1, 0, 0);
    messages.finish(false);
    add(messages, CONTINUATION, hex('48'), true);
    expect(sink.events).toEqual([['compressed text', 'f248']]);
  });

  test('and nothing of one message is left in the next', () => {
    const { sink, assembler: messages } = assembler();
    messages.begin(headerOf(BINARY, { reserved: RSV1 }));
    messages.append(hex('aabbcc'), 0, 3, 0, 0);
    messages.finish(true);
    add(messages, TEXT, Buffer.from('a'), true);
    add(messages, BINARY, hex('ff'), true);
    expect(sink.events).toEqual([
      ['compressed binary', 'aabbcc'],
      ['text', 'a', 1],
      ['binary', 'ff', 1],
    ]);
  });
});

describe('unmasks on the way (section 5.3)', () => {
  test.each([1, 47, 48, 49, 200])('%i bytes from the midst of a chunk, which stays', (length) => {
    const payload = Buffer.alloc(length, 'postern ');
    const chunk = Buffer.concat([hex('eeeeee'), masked(payload, sampleKey), hex('ee')]);
    const before = Buffer.from(chunk);
    const { sink, assembler: messages } = assembler();
    messages.begin(headerOf(BINARY));
    messages.append(chunk, 3, 3 + length, sampleKey.readInt32LE(), 0);
    messages.finish(true);
    expect(sink.events).toEqual([['binary', payload.toString('hex'), length]]);
    expect(chunk).toEqual(before);
  });
});

describe('takes short fragments that are whole in their chunk (section 5.4)', () => {
  /** A message of 20 bytes in a buffer of 100. */
  function begun(opcode: number, maxFragments = 3) {
    const { sink, assembler: messages } = assembler({ ...plenty, maxFragments });
    messages.begin(headerOf(opcode));
    messages.append(Buffer.alloc(20, 'a'), 0, 20, 0, 80);
    return { sink, messages };
  }

  test('unmasked, from where they begin: 00 03 626364', () => {
    const { sink, messages } = begun(TEXT);
    expect(messages.appendShort(hex('ff 00 03 626364 ff'), 3, 3, false)).toBe(true);
    expect(messages.heldBytes).toBe(23);
    messages.prove();
    messages.finish(true);
    expect(sink.events).toEqual([['text', `${'a'.repeat(20)}bcd`, 23]]);
  });

  test('masked, with the key in front of them: 00 86 37fa213d 55994558519d', () => {
    const { sink, messages } = begun(BINARY);
    const payload = Buffer.from('bcdefg');
    const chunk = Buffer.concat([hex('00 86'), sampleKey, masked(payload, sampleKey), hex('ff')]);
    expect(messages.appendShort(chunk, 6, 6, true)).toBe(true);
    messages.finish(true);
    expect(sink.lastBinary).toEqual(Buffer.from(`${'a'.repeat(20)}bcdefg`));
  });

  test('as many bytes as the buffer has room for, and no more', () => {
    const { messages } = begun(BINARY);
    const chunk = Buffer.alloc(100);
    expect(messages.appendShort(chunk, 0, 81, false)).toBe(false);
    expect(messages.heldBytes).toBe(20);
    expect(messages.appendShort(chunk, 0, 80, false)).toBe(true);
    expect(messages.heldBytes).toBe(100);
    expect(messages.appendShort(chunk, 0, 1, false)).toBe(false);
    expect(messages.appendShort(chunk, 0, 0, false)).toBe(true);
  });

  test('as many as the limit, and no more', () => {
    const { messages } = begun(BINARY, 3);
    const taken = [1, 2, 3].map(() => messages.appendShort(hex('61'), 0, 1, false));
    expect(taken).toEqual([true, true, false]);
    expect(messages.heldBytes).toBe(22);
    expect(() => messages.begin(headerOf(CONTINUATION))).toThrow(
      failure('POSTERN_ERR_TOO_MANY_FRAGMENTS', 1008),
    );
  });

  test('whose text is judged when that is asked for (section 8.1)', () => {
    const { messages } = begun(TEXT);
    expect(messages.appendShort(hex('c3'), 0, 1, false)).toBe(true);
    expect(() => messages.prove()).not.toThrow();
    expect(messages.appendShort(hex('28'), 0, 1, false)).toBe(true);
    expect(() => messages.prove()).toThrow(failure('POSTERN_ERR_UTF8', 1007));
  });

  test.each([
    ['binary', BINARY, 0],
    ['a compressed text', TEXT, RSV1],
  ])('and %s is not', (_, opcode, reserved) => {
    const { assembler: messages } = assembler();
    messages.begin(headerOf(opcode, { reserved }));
    messages.append(hex('ffff'), 0, 1, 0, 1);
    expect(messages.appendShort(hex('ff'), 0, 1, false)).toBe(true);
    expect(() => messages.prove()).not.toThrow();
  });
});

test('says how much of an unfinished message it holds', () => {
  const { assembler: messages } = assembler();
  const state = () => [messages.isOpen, messages.isCompressed, messages.heldBytes];
  expect(state()).toEqual([false, false, 0]);
  messages.begin(headerOf(BINARY, { reserved: RSV1 }));
  expect(state()).toEqual([true, true, 0]);
  messages.append(hex('aabb'), 0, 2, 0, 7);
  expect(state()).toEqual([true, true, 2]);
  messages.append(hex('cc'), 0, 1, 0, 6);
  expect(state()).toEqual([true, true, 3]);
  messages.finish(true);
  expect(state()).toEqual([false, false, 0]);
  add(messages, TEXT, Buffer.from('a'), false);
  expect(state()).toEqual([true, false, 1]);
});

test('is done with a message before it hands it over', () => {
  const { sink, assembler: messages } = assembler();
  const seen: unknown[] = [];
  sink.afterEach = () => seen.push([messages.isOpen, messages.heldBytes]);
  add(messages, BINARY, hex('ff'), true);
  expect(seen).toEqual([[false, 0]]);
});

test.each([0, 1, 2048, 1_048_576])(
  'a compressed message may be longer than a limit of %i bytes, by a little',
  (limit) => {
    expect(compressedLimit(limit)).toBeGreaterThanOrEqual(limit + 64 + limit / 1024);
    expect(compressedLimit(limit)).toBeLessThanOrEqual(limit + 65 + limit / 8);
  },
);

test('forgets an unfinished message when it is released', () => {
  const { sink, assembler: messages } = assembler();
  add(messages, TEXT, hex('41 e282'), false);
  messages.release();
  expect([messages.isOpen, messages.heldBytes]).toEqual([false, 0]);
  add(messages, TEXT, Buffer.from('b'), true);
  expect(sink.events).toEqual([['text', 'b', 1]]);
});

describe('judges text as it comes (section 8.1)', () => {
  const text = Buffer.from('a\u00e9\u20ac\u{10ffff}\ufffe');
  const cuts = Array.from(text, (_, cut) => cut);

  test.each(cuts)('passes characters cut after %i of its bytes, by a fragment', (cut) => {
    const { sink, assembler: messages } = assembler();
    add(messages, TEXT, text.subarray(0, cut), false);
    add(messages, CONTINUATION, text.subarray(cut), true);
    expect(sink.events).toEqual([['text', text.toString(), text.length]]);
  });

  test.each(cuts)('passes characters cut after %i of its bytes, inside a frame', (cut) => {
    const { sink, assembler: messages } = assembler();
    messages.begin(headerOf(TEXT));
    messages.append(text, 0, cut, 0, text.length - cut);
    messages.append(text, cut, text.length, 0, 0);
    messages.finish(true);
    expect(sink.events).toEqual([['text', text.toString(), text.length]]);
  });

  test.each([
    ['c0', 'an overlong form'],
    ['eda0', 'a surrogate'],
    ['f490', 'above U+10FFFF'],
    ['f09041', 'a cut character'],
  ])('fails %s, %s, with 1007 at its last byte, inside a frame that has not ended', (bytes) => {
    const { assembler: messages } = assembler();
    const payload = Buffer.concat([Buffer.from('h\u00e9'), hex(bytes)]);
    const last = payload.length - 1;
    messages.begin(headerOf(TEXT));
    messages.append(payload, 0, last, 0, 1000);
    expect(() => messages.append(payload, last, last + 1, 0, 999)).toThrow(
      failure('POSTERN_ERR_UTF8', 1007),
    );
  });

  test('fails a character that two fragments make impossible with 1007: 01 01 e2, 00 01 28', () => {
    const { assembler: messages } = assembler();
    add(messages, TEXT, hex('e2'), false);
    expect(() => add(messages, CONTINUATION, hex('28'), false)).toThrow(
      failure('POSTERN_ERR_UTF8', 1007),
    );
  });

  test.each(['80 00', '80 01 82'])('fails a text that ends in the midst with 1007: %s', (last) => {
    const { sink, assembler: messages } = assembler();
    add(messages, TEXT, hex('41 e2'), false);
    expect(() => add(messages, CONTINUATION, hex(last).subarray(2), true)).toThrow(
      failure('POSTERN_ERR_UTF8', 1007),
    );
    expect(sink.events).toEqual([]);
  });

  test.each([
    ['binary', BINARY, 0],
    ['a compressed text', TEXT, RSV1],
  ])('says nothing about %s', (_, opcode, reserved) => {
    const { sink, assembler: messages } = assembler();
    messages.begin(headerOf(opcode, { reserved }));
    messages.append(hex('ff'), 0, 1, 0, 0);
    messages.finish(true);
    expect(sink.events.length).toBe(1);
  });
});

describe('bounds the fragments of a message', () => {
  test('a message may have as many as the limit, and the next one again', () => {
    const { sink, assembler: messages } = assembler({ ...plenty, maxFragments: 3 });
    for (let message = 0; message < 2; message += 1) {
      add(messages, BINARY, hex('01'), false);
      add(messages, CONTINUATION, hex('02'), false);
      add(messages, CONTINUATION, hex('03'), true);
    }
    expect(sink.events).toEqual([
      ['binary', '010203', 3],
      ['binary', '010203', 3],
    ]);
  });

  test('one more fails with 1008 (section 7.4.1)', () => {
    const { assembler: messages } = assembler({ ...plenty, maxFragments: 2 });
    add(messages, BINARY, hex(''), false);
    add(messages, CONTINUATION, hex(''), false);
    const act = () => add(messages, CONTINUATION, hex(''), true);
    expect(act).toThrow(failure('POSTERN_ERR_TOO_MANY_FRAGMENTS', 1008));
    expect(act).toThrow('message in more than 2 fragments');
  });
});

describe('holds no more than a constant times the bytes of an unfinished message', () => {
  test('in 1,000,000 fragments of one byte: one buffer, grown eleven times', () => {
    const byte = hex('41');
    const { sink, assembler: messages } = assembler();
    const allocations = watchAllocations();
    add(messages, BINARY, byte, false);
    for (let count = 1; count < 1_000_000; count += 1) add(messages, CONTINUATION, byte, false);
    expect(messages.heldBytes).toBe(1_000_000);
    expect(allocations.sizes.length).toBeLessThanOrEqual(11);
    expect(Math.max(...allocations.sizes)).toBeLessThanOrEqual(MIB);
    vi.restoreAllMocks();
    add(messages, CONTINUATION, byte, true);
    expect(sink.lastBinary?.equals(Buffer.alloc(1_000_001, 'A'))).toBe(true);
  });

  test('in 1,000,000 empty fragments: nothing at all', () => {
    const { assembler: messages } = assembler();
    add(messages, BINARY, hex(''), false);
    const allocations = watchAllocations();
    for (let count = 1; count < 1_000_000; count += 1) {
      messages.begin(headerOf(CONTINUATION));
      messages.finish(false);
    }
    expect(allocations.sizes).toEqual([]);
    expect(messages.heldBytes).toBe(0);
  });

  test.each([1, 7, 100, 1000])('whatever frames announce, after %i bytes', (arrived) => {
    const chunk = Buffer.alloc(arrived);
    const allocations = watchAllocations();
    const { assembler: messages } = assembler();
    messages.begin(headerOf(BINARY));
    messages.append(chunk, 0, arrived, 0, MIB - arrived);
    expect(allocations.total()).toBeLessThanOrEqual(Math.max(256, arrived * 33));
  });

  test('and allocates a large frame once, when as much of it has come as a chunk has', () => {
    const chunk = Buffer.alloc(65_536, 'postern ');
    const { sink, assembler: messages } = assembler();
    const allocations = watchAllocations();
    messages.begin(headerOf(BINARY));
    for (let left = MIB - 65_536; left >= 0; left -= 65_536) {
      messages.append(chunk, 0, 65_536, 0, left);
    }
    messages.finish(true);
    expect(allocations.sizes).toEqual([MIB]);
    expect(sink.events).toEqual([['binary', chunk.toString('hex').repeat(16), MIB]]);
  });

  test('and does not grow anew at every fragment of a compressed message beyond the limit', () => {
    const limits = { maxMessageSize: 100_000, maxFragments: 1000 };
    const { assembler: messages } = assembler(limits);
    messages.begin(headerOf(BINARY, { reserved: RSV1 }));
    messages.append(Buffer.alloc(100_000), 0, 100_000, 0, 0);
    messages.finish(false);
    const byte = hex('00');
    const allocations = watchAllocations();
    // Deflate may make 100,000 bytes that it cannot compress a little longer.
    for (let more = 0; more < 100; more += 1) add(messages, CONTINUATION, byte, false);
    expect(allocations.sizes.length).toBeLessThanOrEqual(1);
  });
});

describe('hands over bytes that are the receiver\u2019s own', () => {
  test.each([0x5a, 0xa5])('none of them as memory lay', (poison) => {
    const parts = [3, 70, 100, 400].map((length, index) => Buffer.alloc(length, index + 1));
    watchAllocations(poison);
    const { sink, assembler: messages } = assembler();
    add(messages, BINARY, parts[0]!, false);
    add(messages, CONTINUATION, parts[1]!, false);
    messages.begin(headerOf(CONTINUATION));
    messages.append(parts[2]!, 0, 100, 0, 400);
    messages.append(parts[3]!, 0, 400, 0, 0);
    messages.finish(true);
    vi.restoreAllMocks();
    expect(sink.events).toEqual([['binary', Buffer.concat(parts).toString('hex'), 573]]);
  });

  test.each([1, 100, 257, 1025, 4097, 70_000])(
    'in memory at most twice as large, for %i bytes in fragments',
    (length) => {
      const { sink, assembler: messages } = assembler();
      add(messages, BINARY, hex('00'), false);
      for (let count = 1; count < length; count += 1) {
        add(messages, CONTINUATION, hex('00'), false);
      }
      add(messages, CONTINUATION, hex(''), true);
      expect(sink.lastBinary?.length).toBe(length);
      expect(sink.lastBinary?.buffer.byteLength).toBeLessThanOrEqual(2 * length);
    },
  );

  test('an empty message too: whoever transfers its memory takes it from nobody else', () => {
    const { sink, assembler: messages } = assembler();
    add(messages, BINARY, hex(''), true);
    const memory = sink.lastBinary?.buffer as ArrayBuffer;
    structuredClone(memory, { transfer: [memory] });
    add(assembler().assembler, BINARY, hex(''), true);
    add(messages, BINARY, hex(''), true);
    add(messages, BINARY, hex('01'), true);
    expect(sink.events.slice(1)).toEqual([
      ['binary', '', 0],
      ['binary', '01', 1],
    ]);
  });
});
