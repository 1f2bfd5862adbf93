import { describe, expect, test } from 'vitest';

import type { Role } from '../../src/protocol/protocol.js';
import { byteByByte, cutAt } from '../support/chunks.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';
import { eventsOf, frameFor, parserFor, roles } from '../support/parsed.js';
import type { SinkEvent } from '../support/recording-sink.js';

const hello = Buffer.from('Hello');

describe.each(roles)('%s: halts', (role) => {
  const three = (): Buffer =>
    Buffer.concat([
      frameFor(role, 1, Buffer.from('a')),
      frameFor(role, 9, Buffer.from('b')),
      frameFor(role, 2, Buffer.from('c')),
    ]);
  const events: SinkEvent[] = [
    ['text', 'a', 1],
    ['control', 9, '62'],
    ['binary', '63', 1],
  ];

  test('before a chunk: it waits', () => {
    const { sink, parser } = parserFor(role);
    expect(parser.hasWaiting).toBe(false);
    parser.halt();
    parser.receive(three());
    expect([sink.events, parser.hasWaiting]).toEqual([[], true]);
    parser.resume();
    expect([sink.events, parser.hasWaiting]).toEqual([events, false]);
  });

  test('after each frame inside a chunk', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => parser.halt();
    parser.receive(three());
    expect([sink.events, parser.hasWaiting]).toEqual([events.slice(0, 1), true]);
    parser.resume();
    expect([sink.events, parser.hasWaiting]).toEqual([events.slice(0, 2), true]);
    parser.resume();
    expect([sink.events, parser.hasWaiting]).toEqual([events, false]);
    parser.resume();
    expect(sink.events).toEqual(events);
  });

  test('after a control frame that chunks cut, with the rest of the second waiting', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => parser.halt();
    const ping = frameFor(role, 9, Buffer.from('a'));
    parser.receive(ping.subarray(0, 3));
    parser.receive(Buffer.concat([ping.subarray(3), three()]));
    expect([sink.events, parser.hasWaiting]).toEqual([[['control', 9, '61']], true]);
    sink.afterEach = () => {};
    parser.resume();
    expect(sink.events.slice(1)).toEqual(events);
  });

  test('in the midst of a frame, which later chunks end', () => {
    const { sink, parser } = parserFor(role);
    const bytes = three();
    parser.receive(bytes.subarray(0, 2));
    parser.halt();
    for (const chunk of byteByByte(bytes.subarray(2))) parser.receive(chunk);
    expect(sink.events).toEqual([]);
    parser.resume();
    expect(sink.events).toEqual(events);
  });

  test('and keeps the order of what waits, the rest of a chunk in front', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => parser.halt();
    parser.receive(three());
    parser.receive(frameFor(role, 1, Buffer.from('d')));
    parser.receive(frameFor(role, 1, Buffer.from('e')));
    while (parser.hasWaiting) parser.resume();
    expect(sink.events).toEqual([...events, ['text', 'd', 1], ['text', 'e', 1]]);
  });

  test('at the end of a chunk with nothing left to wait', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => parser.halt();
    parser.receive(frameFor(role, 1, Buffer.from('a')));
    expect(parser.hasWaiting).toBe(false);
    parser.receive(frameFor(role, 1, Buffer.from('b')));
    expect(sink.events).toEqual([['text', 'a', 1]]);
    parser.resume();
    expect(sink.events).toEqual([
      ['text', 'a', 1],
      ['text', 'b', 1],
    ]);
  });

  test('and tells of a fault only when it comes to it', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => parser.halt();
    parser.receive(Buffer.concat([three(), frameFor(role, 3, hello)]));
    parser.resume();
    parser.resume();
    expect(() => parser.resume()).toThrow(failure('POSTERN_ERR_OPCODE', 1002));
    expect(sink.events).toEqual(events);
  });
});

describe.each(roles)('%s: called from inside its own sink', (role) => {
  const text = (value: string): Buffer => frameFor(role, 1, Buffer.from(value));

  test('halt and resume within one call change nothing', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => {
      parser.halt();
      parser.resume();
    };
    parser.receive(Buffer.concat([text('a'), text('b'), text('c')]));
    expect(sink.events.map(([, data]) => data)).toEqual(['a', 'b', 'c']);
    expect(parser.hasWaiting).toBe(false);
  });

  test('receive keeps its chunk until the present one is done', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = ([, data]) => {
      if (data === 'a') parser.receive(Buffer.concat([text('c'), text('d')]));
      if (data === 'c') parser.receive(text('e'));
    };
    parser.receive(Buffer.concat([text('a'), text('b')]));
    expect(sink.events.map(([, data]) => data)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(parser.hasWaiting).toBe(false);
  });

  test('receive and resume: the rest of the present chunk still comes first', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = ([, data]) => {
      if (data === 'a') parser.receive(text('c'));
      parser.resume();
    };
    parser.receive(Buffer.concat([text('a'), text('b')]));
    expect(sink.events.map(([, data]) => data)).toEqual(['a', 'b', 'c']);
  });

  test('receive and halt: the rest of the present chunk stays in front', () => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = ([, data]) => {
      parser.halt();
      if (data === 'a') parser.receive(text('c'));
    };
    parser.receive(Buffer.concat([text('a'), text('b')]));
    while (parser.hasWaiting) parser.resume();
    expect(sink.events.map(([, data]) => data)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['a message', (value: string) => [text(value)]],
    ['a message in two chunks', (value: string) => cutAt(text(value), [2])],
    ['a ping', (value: string) => [frameFor(role, 9, Buffer.from(value))]],
    ['a ping in two chunks', (value: string) => cutAt(frameFor(role, 9, Buffer.from(value)), [3])],
    ['an empty message', () => [frameFor(role, 2, Buffer.alloc(0))]],
  ])('end in %s: nothing more comes, nothing is held', (_, chunksOf) => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => {
      parser.end();
      parser.receive(text('x'));
    };
    const [first, second = Buffer.alloc(0)] = chunksOf('a');
    const last = Buffer.concat([second, text('y'), frameFor(role, 3, hello)]);
    if (second.length > 0) parser.receive(first!);
    parser.receive(second.length > 0 ? last : Buffer.concat([first!, last]));
    parser.receive(text('z'));
    parser.resume();
    expect(sink.events).toHaveLength(1);
    expect([parser.hasWaiting, parser.isMidMessage, parser.heldBytes]).toEqual([false, false, 0]);
  });

  test('an error of the sink itself comes out as it is, and the parser is not stuck', () => {
    const { sink, parser } = parserFor(role);
    const mistake = new Error('the sink stumbled');
    sink.afterEach = () => {
      throw mistake;
    };
    expect(() => parser.receive(text('a'))).toThrow(mistake);
    sink.afterEach = () => {};
    parser.receive(text('b'));
    expect(sink.events).toHaveLength(2);
  });
});

describe('two parsers whose sinks feed each other', () => {
  /** Frames that end in each of the places from which a sink is called. */
  function feed(role: Role): Buffer[] {
    const long = Buffer.alloc(60, 'postern ');
    return [
      frameFor(role, 1, hello),
      frameFor(role, 2, long),
      frameFor(role, 9, hello),
      ...cutAt(frameFor(role, 10, long), [9, 20]),
      frameFor(role, 1, hello, { reserved: 4 }),
      ...cutAt(frameFor(role, 2, long, { reserved: 4 }), [30]),
      ...cutAt(frameFor(role, 1, hello), [1]),
      frameFor(role, 1, hello, { fin: false }),
      frameFor(role, 9, Buffer.alloc(0)),
      frameFor(role, 0, Buffer.alloc(0), { fin: false }),
      frameFor(role, 0, hello),
      frameFor(role, 1, Buffer.alloc(0)),
    ];
  }

  const options = { allowCompressed: true };

  test.each([
    ['server', 'client'],
    ['client', 'server'],
    ['server', 'server'],
    ['client', 'client'],
  ] as const)('a %s and a %s: each hears what it would hear alone', (outer, inner) => {
    const expected = [eventsOf(outer, feed(outer), options), eventsOf(inner, feed(inner), options)];
    expect(expected[0]).toHaveLength(10);
    for (let lead = 0; lead < feed(inner).length; lead += 1) {
      const first = parserFor(outer, options);
      const second = parserFor(inner, options);
      const pending = feed(inner);
      for (const chunk of pending.splice(0, lead)) second.parser.receive(chunk);
      first.sink.afterEach = () => second.parser.receive(pending.shift() ?? Buffer.alloc(0));
      for (const chunk of feed(outer)) first.parser.receive(chunk);
      for (const chunk of pending) second.parser.receive(chunk);
      expect([first.sink.events, second.sink.events]).toEqual(expected);
    }
  });

  test('a server that hears a client fail goes on with its own frame', () => {
    const { sink, parser } = parserFor('server');
    sink.afterEach = () => {
      expect(eventsOf('client', [hex('8300')])).toEqual([['failed', 'POSTERN_ERR_OPCODE', 1002]]);
    };
    const ping = frameFor('server', 9, hello);
    for (const chunk of cutAt(ping, [4])) parser.receive(chunk);
    parser.receive(Buffer.concat([frameFor('server', 2, hello), frameFor('server', 1, hello)]));
    expect(sink.events).toEqual([
      ['control', 9, '48656c6c6f'],
      ['binary', '48656c6c6f', 5],
      ['text', 'Hello', 5],
    ]);
  });
});

describe.each(roles)('%s: a lent chunk', (role) => {
  const messages = [1, 32, 33, 255, 256, 4095, 4096, 20_000].map((length) =>
    Buffer.alloc(length, `${length} bytes that belong to somebody`),
  );

  test('is the caller’s again: messages of every size are copies', () => {
    const { sink, parser } = parserFor(role);
    const bytes = Buffer.concat(messages.map((message) => frameFor(role, 2, message)));
    parser.receiveLent(bytes, bytes.length);
    bytes.fill(0);
    expect(sink.kept.map(({ bytes: kept }) => kept.toString())).toEqual(messages.map(String));
    for (const { bytes: kept } of sink.kept) expect(kept.buffer).not.toBe(bytes.buffer);
  });

  test('counts up to its length only', () => {
    const { sink, parser } = parserFor(role);
    const bytes = Buffer.concat([frameFor(role, 1, hello), Buffer.alloc(100, 0xff)]);
    parser.receiveLent(bytes, bytes.length - 100);
    expect([sink.events, parser.hasWaiting]).toEqual([[['text', 'Hello', 5]], false]);
  });

  test('that comes while the parser is halted, at work or has ended is copied, or dropped', () => {
    const { sink, parser } = parserFor(role);
    const shared = Buffer.alloc(100);
    const lend = (text: string): void => {
      const bytes = frameFor(role, 1, Buffer.from(text));
      bytes.copy(shared);
      parser.receiveLent(shared, bytes.length);
      shared.fill(0xff);
    };
    parser.halt();
    lend('a');
    expect([sink.events, parser.hasWaiting]).toEqual([[], true]);
    sink.afterEach = ([, text]) => text === 'a' && lend('b');
    parser.resume();
    const both: SinkEvent[] = [
      ['text', 'a', 1],
      ['text', 'b', 1],
    ];
    expect([sink.events, parser.hasWaiting]).toEqual([both, false]);
    sink.afterEach = ([, text]) => text === 'c' && lend('d');
    lend('c');
    expect(sink.events.slice(2)).toEqual([
      ['text', 'c', 1],
      ['text', 'd', 1],
    ]);
    parser.end();
    lend('e');
    expect([sink.events.length, parser.hasWaiting]).toEqual([4, false]);
  });
});
