import { describe, expect, test } from 'vitest';

import { compressedLimit } from '../../src/protocol/message-assembler.js';
import { byteByByte, cutAt, placed, surroundings } from '../support/chunks.js';
import { hex } from '../support/hex.js';
import { eventsOf, frameFor, parserFor, roles, waysToCut } from '../support/parsed.js';
import type { SinkEvent } from '../support/recording-sink.js';
import { bothSides, wire, type SidesCase } from '../support/sides.js';

const hello = Buffer.from('Hello');

interface Samples extends SidesCase {
  readonly events: readonly SinkEvent[];
}

const samples: readonly Samples[] = [
  {
    name: 'a text',
    section: '5.7',
    server: '8185 37fa213d 7f9f4d5158',
    client: '8105 48656c6c6f',
    events: [['text', 'Hello', 5]],
  },
  {
    name: 'a text in two fragments',
    section: '5.7',
    server: '0183 37fa213d 7f9f4d 8082 37fa213d 5b95',
    client: '0103 48656c 8002 6c6f',
    events: [['text', 'Hello', 5]],
  },
  {
    name: 'a ping and a pong',
    section: '5.7',
    server: '8985 37fa213d 7f9f4d5158 8a85 37fa213d 7f9f4d5158',
    client: '8905 48656c6c6f 8a05 48656c6c6f',
    events: [
      ['control', 9, '48656c6c6f'],
      ['control', 10, '48656c6c6f'],
    ],
  },
  {
    name: 'messages and control frames that are empty',
    section: '5.2',
    server: '8180 37fa213d 8980 37fa213d 8280 37fa213d 8a80 37fa213d 8880 37fa213d',
    client: '8100 8900 8200 8a00 8800',
    events: [
      ['text', '', 0],
      ['control', 9, ''],
      ['binary', '', 0],
      ['control', 10, ''],
      ['control', 8, ''],
    ],
  },
  {
    name: 'a ping between two fragments, at once',
    section: '5.4',
    ...wire(
      { opcode: 1, fin: false, payload: hello },
      { opcode: 9, payload: hex('01') },
      { opcode: 0, payload: hello },
    ),
    events: [
      ['control', 9, '01'],
      ['text', 'HelloHello', 10],
    ],
  },
  {
    name: 'empty fragments',
    section: '5.4',
    ...wire({ opcode: 2, fin: false }, { opcode: 0, fin: false }, { opcode: 0 }, { opcode: 1 }),
    events: [
      ['binary', '', 0],
      ['text', '', 0],
    ],
  },
  {
    name: 'characters of two, three and four bytes, and U+10FFFF',
    section: '8.1',
    ...wire({ opcode: 1, payload: Buffer.from('\u00e9\u20ac\u{1f600}\u{10ffff}') }),
    events: [['text', '\u00e9\u20ac\u{1f600}\u{10ffff}', 13]],
  },
  {
    name: 'a byte order mark and non-characters',
    section: '8.1',
    ...wire({ opcode: 1, payload: Buffer.from('\ufeff\ufffe\uffff\ufffd') }),
    events: [['text', '\ufeff\ufffe\uffff\ufffd', 12]],
  },
  {
    name: 'a masking key of zeros, and one of ones',
    section: '5.3',
    server: '8282 00000000 0102 8282 ffffffff fefd',
    client: '8202 0102 8202 0102',
    events: [
      ['binary', '0102', 2],
      ['binary', '0102', 2],
    ],
  },
];

describe('hears the same at every cut of the same bytes', () => {
  test.each(bothSides(samples))('%s', (_, { role, bytes, events }) => {
    for (const chunks of waysToCut(bytes)) expect(eventsOf(role, chunks)).toEqual(events);
  });

  test.each(roles)('%s: with empty chunks in between', (role) => {
    const [, { bytes, events }] = bothSides(samples).find(([, side]) => side.role === role)!;
    const chunks = byteByByte(bytes).flatMap((byte) => [byte, Buffer.alloc(0)]);
    expect(eventsOf(role, chunks)).toEqual(events);
  });
});

describe.each(roles)('%s: reads the three forms of the length (section 5.2)', (role) => {
  test.each([
    [0, '82 00', '82 80'],
    [125, '82 7d', '82 fd'],
    [126, '82 7e 007e', '82 fe 007e'],
    [127, '82 7e 007f', '82 fe 007f'],
    [128, '82 7e 0080', '82 fe 0080'],
    [65_535, '82 7e ffff', '82 fe ffff'],
    [65_536, '82 7f 0000000000010000', '82 ff 0000000000010000'],
  ])('%i bytes: client %s, server %s 37fa213d', (length, forClient, forServer) => {
    const payload = Buffer.alloc(length, 'postern ');
    const bytes = frameFor(role, 2, payload);
    const header = hex(role === 'client' ? forClient : forServer);
    expect(bytes.subarray(0, header.length)).toEqual(header);
    const events = [['binary', payload.toString('hex'), length]];
    const ways = [[], [1], [2], [3], [9], [13], [14], [15], [100], [length >> 1], [3, 50, 60_000]];
    for (const cuts of ways) expect(eventsOf(role, cutAt(bytes, cuts))).toEqual(events);
  });

  test.each([125, 126, 65_535, 65_536])('a text of %i bytes', (length) => {
    const bytes = frameFor(role, 1, Buffer.alloc(length, 'a'));
    for (const cuts of [[], [1], [length - 1]]) {
      expect(eventsOf(role, cutAt(bytes, cuts))).toEqual([['text', 'a'.repeat(length), length]]);
    }
  });
});

describe('passes text cut at every byte of its characters (section 8.1)', () => {
  const text = Buffer.from('\u00e9\u20ac\u{10ffff}\uffff');
  test.each(roles)('%s: in fragments of one byte', (role) => {
    const frames = Array.from(text, (octet, index) =>
      frameFor(role, index === 0 ? 1 : 0, Buffer.from([octet]), {
        fin: index === text.length - 1,
      }),
    );
    const events = [['text', text.toString(), text.length]];
    expect(eventsOf(role, [Buffer.concat(frames)])).toEqual(events);
    expect(eventsOf(role, frames.flatMap(byteByByte))).toEqual(events);
  });
});

describe('with permessage-deflate agreed on (RFC 7692 section 6)', () => {
  const options = { allowCompressed: true };
  const compressed = hex('f248cdc9c90700');
  const cases: Samples[] = [
    {
      name: 'hands over a compressed text as it is',
      section: '5.2',
      ...wire({ opcode: 1, reserved: 4, payload: compressed }),
      events: [['compressed text', 'f248cdc9c90700']],
    },
    {
      name: 'hands over compressed binary as it is',
      section: '5.2',
      ...wire({ opcode: 2, reserved: 4, payload: compressed }, { opcode: 2, reserved: 4 }),
      events: [
        ['compressed binary', 'f248cdc9c90700'],
        ['compressed binary', ''],
      ],
    },
    {
      name: 'puts compressed fragments together, whose continuations have no RSV1',
      section: '5.4',
      ...wire(
        { opcode: 1, reserved: 4, fin: false, payload: compressed.subarray(0, 3) },
        { opcode: 9, payload: hello },
        { opcode: 0, payload: compressed.subarray(3) },
        { opcode: 1, payload: hello },
      ),
      events: [
        ['control', 9, '48656c6c6f'],
        ['compressed text', 'f248cdc9c90700'],
        ['text', 'Hello', 5],
      ],
    },
    {
      name: 'does not judge compressed bytes as text',
      section: '8.1',
      ...wire({ opcode: 1, reserved: 4, payload: hex('ffff') }),
      events: [['compressed text', 'ffff']],
    },
  ];
  test.each(bothSides(cases))('%s', (_, { role, bytes, events }) => {
    for (const chunks of waysToCut(bytes)) expect(eventsOf(role, chunks, options)).toEqual(events);
  });

  test.each(roles)('%s: unmasks a long one', (role) => {
    const payload = Buffer.alloc(1000, 'postern ');
    const bytes = frameFor(role, 2, payload, { reserved: 4 });
    for (const cuts of [[], [9], [500]]) {
      const events = [['compressed binary', payload.toString('hex')]];
      expect(eventsOf(role, cutAt(bytes, cuts), options)).toEqual(events);
    }
  });

  test.each(roles)('%s: allows for what deflate adds to what it cannot compress', (role) => {
    const small = { ...options, maxMessageSize: 2048 };
    const most = compressedLimit(2048);
    const tooBig = [['failed', 'POSTERN_ERR_MESSAGE_TOO_BIG', 1009]];
    const event = (length: number) => [['compressed binary', '00'.repeat(length)]];
    const whole = (length: number, reserved: number) =>
      frameFor(role, 2, Buffer.alloc(length), { reserved });
    expect(eventsOf(role, [whole(most, 4)], small)).toEqual(event(most));
    expect(eventsOf(role, [whole(most + 1, 4)], small)).toEqual(tooBig);
    expect(eventsOf(role, [whole(2049, 0)], small)).toEqual(tooBig);
    const fragments = (length: number) => [
      frameFor(role, 2, Buffer.alloc(1000), { reserved: 4, fin: false }),
      frameFor(role, 0, Buffer.alloc(length - 1000)),
    ];
    expect(eventsOf(role, fragments(most), small)).toEqual(event(most));
    expect(eventsOf(role, fragments(most + 1), small)).toEqual(tooBig);
  });
});

describe('keeps text as bytes when nobody wants it decoded', () => {
  const cases: Samples[] = [
    {
      name: 'whole, in fragments, empty; binary stays binary',
      section: '5.6',
      ...wire(
        { opcode: 1, payload: Buffer.from('\u20ac') },
        { opcode: 1, fin: false, payload: hello },
        { opcode: 0, payload: hello },
        { opcode: 1 },
        { opcode: 2, payload: hello },
      ),
      events: [
        ['text bytes', 'e282ac', 3],
        ['text bytes', '48656c6c6f48656c6c6f', 10],
        ['text bytes', '', 0],
        ['binary', '48656c6c6f', 5],
      ],
    },
    ...['ff', 'e282', '61eda080'].map((payload) => ({
      name: `and judges it all the same: ${payload}`,
      section: '8.1',
      ...wire({ opcode: 1, payload: hex(payload) }),
      events: [['failed', 'POSTERN_ERR_UTF8', 1007]] as const,
    })),
  ];
  test.each(bothSides(cases))('%s', (_, { role, bytes, events }) => {
    for (const chunks of waysToCut(bytes)) {
      const { sink, parser } = parserFor(role);
      parser.keepTextAsBytes();
      sink.failed(() => chunks.forEach((chunk) => parser.receive(chunk)));
      expect(sink.events).toEqual(events);
    }
  });

  test.each(roles)('%s: from where the sink says so, inside a chunk too', (role) => {
    const { sink, parser } = parserFor(role);
    sink.afterEach = () => parser.keepTextAsBytes();
    parser.receive(Buffer.concat([frameFor(role, 1, hello), frameFor(role, 1, hello)]));
    expect(sink.events).toEqual([
      ['text', 'Hello', 5],
      ['text bytes', '48656c6c6f', 5],
    ]);
  });

  test.each(roles)('%s: after messages that did not come whole, too', (role) => {
    const { sink, parser } = parserFor(role);
    const halves = [
      frameFor(role, 1, hello.subarray(0, 2), { fin: false }),
      frameFor(role, 0, hello.subarray(2)),
    ];
    parser.receive(Buffer.concat(halves));
    parser.keepTextAsBytes();
    parser.receive(Buffer.concat(halves.map((half) => Buffer.from(half))));
    expect(sink.events).toEqual([
      ['text', 'Hello', 5],
      ['text bytes', '48656c6c6f', 5],
    ]);
  });

  test.each(roles)('%s: bytes that no later frame of the chunk changes', (role) => {
    const { sink, parser } = parserFor(role);
    const kept: Buffer[] = [];
    sink.afterEach = () => kept.push(sink.lastBinary!);
    parser.keepTextAsBytes();
    const payloads = [5, 100, 4096].map((length) => Buffer.alloc(length, 'postern '));
    parser.receive(Buffer.concat(payloads.map((payload) => frameFor(role, 1, payload))));
    expect(kept).toEqual(payloads);
  });
});

describe.each(roles)('%s: says how much is unfinished', (role) => {
  test('nothing before the first byte and after the last', () => {
    const { parser } = parserFor(role);
    const state = () => [parser.isMidMessage, parser.heldBytes];
    expect(state()).toEqual([false, 0]);
    for (const chunk of byteByByte(frameFor(role, 2, hello))) {
      parser.receive(chunk);
      expect(parser.heldBytes).toBeLessThanOrEqual(14);
    }
    expect(state()).toEqual([false, 0]);
  });

  test('the beginning of a header, of a control frame, of a message', () => {
    const { parser } = parserFor(role);
    const state = () => [parser.isMidMessage, parser.heldBytes];
    const ping = frameFor(role, 9, hello);
    parser.receive(ping.subarray(0, 1));
    expect(state()).toEqual([true, 1]);
    parser.receive(ping.subarray(1, -1));
    expect(state()).toEqual([true, ping.length - 1]);
    parser.receive(ping.subarray(-1));
    expect(state()).toEqual([false, 0]);
    parser.receive(frameFor(role, 1, hello, { fin: false }));
    expect(state()).toEqual([true, 5]);
    parser.receive(frameFor(role, 0, hello));
    expect(state()).toEqual([false, 0]);
  });

  test('an empty first fragment is an unfinished message too', () => {
    const { parser } = parserFor(role);
    parser.receive(frameFor(role, 1, Buffer.alloc(0), { fin: false }));
    expect([parser.isMidMessage, parser.heldBytes]).toEqual([true, 0]);
  });
});

describe.each(roles)('%s: hands over bytes that are the receiver\u2019s own', (role) => {
  const largeChunk = 65_536;

  function received(payload: Buffer, chunkSize: number): Buffer {
    const { sink, parser } = parserFor(role);
    const chunk = Buffer.alloc(chunkSize);
    const bytes = frameFor(role, 2, payload);
    bytes.copy(chunk);
    parser.receive(chunk.subarray(0, bytes.length));
    expect(sink.lastBinary).toEqual(payload);
    return sink.lastBinary!;
  }

  test.each([0, 1, 4095])('%i bytes do not keep a large chunk alive', (length) => {
    const { buffer } = received(Buffer.alloc(length, 'a'), largeChunk);
    expect(buffer.byteLength).toBeLessThan(largeChunk);
  });

  test('4,096 bytes are a part of their chunk, not a copy', () => {
    const { buffer } = received(Buffer.alloc(4096, 'a'), largeChunk);
    expect(buffer.byteLength).toBe(largeChunk);
  });

  test('a chunk of 8,192 bytes is not worth a copy of 33 bytes', () => {
    const payload = Buffer.alloc(33, 'a');
    expect(received(payload, 8192).buffer.byteLength).toBe(8192);
    expect(received(payload, 8193).buffer.byteLength).not.toBe(8193);
  });

  test('32 bytes are always a copy', () => {
    expect(received(Buffer.alloc(32, 'a'), 4567).buffer.byteLength).not.toBe(4567);
    expect(received(Buffer.alloc(33, 'a'), 4567).buffer.byteLength).toBe(4567);
  });

  test('a later frame of the same chunk changes none of them', () => {
    const { sink, parser } = parserFor(role);
    const kept: Buffer[] = [];
    sink.afterEach = () => kept.push(sink.lastBinary!);
    const payloads = [5, 100, 4096, 5000].map((length) => Buffer.alloc(length, 'postern '));
    parser.receive(Buffer.concat(payloads.map((payload) => frameFor(role, 2, payload))));
    expect(kept).toEqual(payloads);
  });

  test('and changes nothing around its chunk', () => {
    for (let shift = 0; shift < 8; shift += 1) {
      const { parser } = parserFor(role);
      const chunk = placed(frameFor(role, 2, Buffer.alloc(77, 0xff)), shift);
      parser.receive(chunk);
      expect(surroundings(chunk)).toEqual(Buffer.alloc(16));
    }
  });
});

describe.each(roles)('%s: ends', (role) => {
  test('with a message, a frame and chunks unfinished: all is forgotten', () => {
    const { sink, parser } = parserFor(role);
    parser.receive(frameFor(role, 1, hello, { fin: false }));
    parser.receive(frameFor(role, 9, hello).subarray(0, 3));
    parser.halt();
    parser.receive(frameFor(role, 0, hello));
    parser.end();
    const state = () => [parser.hasWaiting, parser.isMidMessage, parser.heldBytes];
    expect(state()).toEqual([false, false, 0]);
    parser.receive(frameFor(role, 1, hello));
    expect(state()).toEqual([false, false, 0]);
    parser.resume();
    parser.receive(frameFor(role, 1, hello));
    parser.receive(frameFor(role, 3, hello));
    expect(sink.events).toEqual([]);
  });

  test('with payload missing: nothing that comes is taken for it', () => {
    const { sink, parser } = parserFor(role);
    parser.receive(frameFor(role, 1, hello).subarray(0, -1));
    parser.end();
    parser.receive(Buffer.from('o'));
    expect(sink.events).toEqual([]);
    expect(parser.heldBytes).toBe(0);
  });
});
