import { afterEach, describe, expect, test, vi } from 'vitest';

import { watchAllocations } from '../support/allocations.js';
import { byteByByte, cutAt } from '../support/chunks.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';
import { eventsOf, frameFor, parserFor, roles, waysToCut } from '../support/parsed.js';
import { bothSides, wire } from '../support/sides.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const hello = Buffer.from('Hello');

/** Each may stand where a new message may begin. */
const faults = [
  ['RSV1', '5.2', { opcode: 1, reserved: 4 }, 'RESERVED_BITS', 1002],
  ['RSV2', '5.2', { opcode: 2, reserved: 2 }, 'RESERVED_BITS', 1002],
  ['RSV3 on a ping', '5.2', { opcode: 9, reserved: 1 }, 'RESERVED_BITS', 1002],
  ['opcode 3', '5.2', { opcode: 3 }, 'OPCODE', 1002],
  ['opcode 7', '5.2', { opcode: 7 }, 'OPCODE', 1002],
  ['opcode 11', '5.2', { opcode: 11 }, 'OPCODE', 1002],
  ['opcode 15', '5.2', { opcode: 15 }, 'OPCODE', 1002],
  ['a lone continuation', '5.4', { opcode: 0, fin: false }, 'FRAGMENT', 1002],
  ['a lone last fragment', '5.4', { opcode: 0 }, 'FRAGMENT', 1002],
  ['a fragmented ping', '5.5', { opcode: 9, fin: false }, 'CONTROL_FRAME', 1002],
  ['a fragmented close frame', '5.5', { opcode: 8, fin: false }, 'CONTROL_FRAME', 1002],
  ['a ping of 126 bytes', '5.5', { opcode: 9, announced: 126n }, 'CONTROL_FRAME', 1002],
  ['125 in 16 bits', '5.2', { opcode: 2, announced: 125n, lengthForm: 16 }, 'LENGTH', 1002],
  ['65,535 in 64 bits', '5.2', { opcode: 2, announced: 65_535n, lengthForm: 64 }, 'LENGTH', 1002],
  ['a text of 5 in 64 bits', '5.2', { opcode: 1, announced: 5n, lengthForm: 64 }, 'LENGTH', 1002],
  ['a length with its top bit set', '5.2', { opcode: 2, announced: 2n ** 63n }, 'LENGTH', 1002],
  ['a length of 2^64-1', '5.2', { opcode: 2, announced: 2n ** 64n - 1n }, 'LENGTH', 1002],
  ['2^63-1', '7.4.1', { opcode: 2, announced: 2n ** 63n - 1n }, 'MESSAGE_TOO_BIG', 1009],
  ['2^53', '7.4.1', { opcode: 2, announced: 2n ** 53n }, 'MESSAGE_TOO_BIG', 1009],
  ['4 GiB', '7.4.1', { opcode: 2, announced: 2n ** 32n }, 'MESSAGE_TOO_BIG', 1009],
  ['the limit and one', '7.4.1', { opcode: 1, announced: 1_048_577n }, 'MESSAGE_TOO_BIG', 1009],
] as const;

describe('fails from the header alone, before anything is allocated:', () => {
  const cases = faults.map(([name, section, parts, code, closeCode]) => ({
    name: `${name} with ${closeCode}`,
    section,
    ...wire(parts),
    code: `POSTERN_ERR_${code}`,
    closeCode,
  }));

  test.each(bothSides(cases))('%s', (_, { role, bytes, code, closeCode }) => {
    const { sink, parser } = parserFor(role);
    parser.receive(frameFor(role, 1, hello));
    const allocations = watchAllocations();
    expect(() => parser.receive(bytes)).toThrow(failure(code, closeCode));
    expect(allocations.sizes).toEqual([]);
    expect(sink.events).toEqual([['text', 'Hello', 5]]);
  });

  test.each(bothSides(cases))('byte by byte, %s', (_, { role, bytes, code, closeCode }) => {
    const { parser } = parserFor(role);
    const chunks = byteByByte(bytes);
    const allocations = watchAllocations();
    // A masked frame is judged without waiting for its key.
    const fatal = chunks.length - 1 - (bytes[1]! >= 0x80 ? 4 : 0);
    for (const chunk of chunks.slice(0, fatal)) parser.receive(chunk);
    expect(() => parser.receive(chunks[fatal]!)).toThrow(failure(code, closeCode));
    // What keeps the beginning of a header.
    expect(allocations.total()).toBeLessThan(200);
  });

  test.each(bothSides(cases))('with much behind it: %s', (_, { role, bytes, ...fault }) => {
    for (const length of [10, 126, 70_000]) {
      expect(eventsOf(role, [Buffer.concat([bytes, Buffer.alloc(length)])])).toEqual([
        ['failed', fault.code, fault.closeCode],
      ]);
    }
  });

  test.each(bothSides(cases))(
    'after a message in one chunk, %s',
    (_, { role, bytes, ...fault }) => {
      const chunk = Buffer.concat([frameFor(role, 1, hello), bytes]);
      expect(eventsOf(role, [chunk])).toEqual([
        ['text', 'Hello', 5],
        ['failed', fault.code, fault.closeCode],
      ]);
    },
  );
});

describe('fails the wrong masking with 1002 (section 5.1)', () => {
  test.each(['8105 48656c6c6f', '8200', '8900', '8800'])('server: unmasked: %s', (bytes) => {
    for (const chunks of waysToCut(hex(bytes)).slice(0, 2)) {
      expect(eventsOf('server', chunks)).toEqual([['failed', 'POSTERN_ERR_MASK', 1002]]);
    }
  });

  test.each(['8185 37fa213d 7f9f4d5158', '8280 37fa213d', '8980 37fa213d', '8880 37fa213d'])(
    'client: masked: %s',
    (bytes) => {
      for (const chunks of waysToCut(hex(bytes)).slice(0, 2)) {
        expect(eventsOf('client', chunks)).toEqual([['failed', 'POSTERN_ERR_MASK', 1002]]);
      }
    },
  );
});

describe('fails inside a message', () => {
  const begun = { opcode: 1, fin: false, payload: hello };
  test.each(
    bothSides([
      { name: 'a new text', section: '5.4', ...wire(begun, { opcode: 1, payload: hello }) },
      { name: 'new binary', section: '5.4', ...wire(begun, { opcode: 2 }) },
      { name: 'a new fragment', section: '5.4', ...wire(begun, { opcode: 1, fin: false }) },
    ]),
  )('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([['failed', 'POSTERN_ERR_FRAGMENT', 1002]]);
    }
  });

  const tooBig = {
    name: 'more bytes in all than the limit, from the header that says so',
    section: '7.4.1',
    ...wire(begun, { opcode: 9 }, { opcode: 0, announced: 6n }),
  };
  test.each(bothSides([tooBig]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks, { maxMessageSize: 10 })).toEqual([
        ['control', 9, ''],
        ['failed', 'POSTERN_ERR_MESSAGE_TOO_BIG', 1009],
      ]);
    }
  });

  const many = {
    name: 'more fragments than the limit',
    section: '7.4.1',
    ...wire({ opcode: 2, fin: false }, { opcode: 0, fin: false }, { opcode: 0 }),
  };
  test.each(bothSides([many]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks, { maxFragments: 3 })).toEqual([['binary', '', 0]]);
      expect(eventsOf(role, chunks, { maxFragments: 2 })).toEqual([
        ['failed', 'POSTERN_ERR_TOO_MANY_FRAGMENTS', 1008],
      ]);
    }
  });
});

describe.each(roles)('%s: fails in a run of short fragments (section 5.4)', (role) => {
  const first = (opcode: number): Buffer => frameFor(role, opcode, hello, { fin: false });
  const more = (payload: Uint8Array): Buffer => frameFor(role, 0, payload, { fin: false });
  const run = [more(hello), more(Buffer.alloc(0)), more(hello), more(Buffer.alloc(60, 'a'))];
  const options = { maxMessageSize: 100, maxFragments: 6 };

  test.each([
    ['with the wrong masking', role === 'server' ? '00 00' : '00 80 37fa213d', 'MASK', 1002],
    ['with RSV1', role === 'server' ? '40 80 37fa213d' : '40 00', 'RESERVED_BITS', 1002],
    ['with a long form', role === 'server' ? '00 fe 0001 37fa213d' : '00 7e 0001', 'LENGTH', 1002],
    ['over the limit', role === 'server' ? '00 9a 37fa213d' : '00 1a', 'MESSAGE_TOO_BIG', 1009],
    ['by a new text', role === 'server' ? '01 80 37fa213d' : '01 00', 'FRAGMENT', 1002],
  ])('%s: %s', (_, fault, code, closeCode) => {
    const stream = Buffer.concat([first(2), ...run, hex(fault)]);
    for (const tail of [0, 200]) {
      const chunk = Buffer.concat([stream, Buffer.alloc(tail)]);
      expect(eventsOf(role, [chunk], options)).toEqual([
        ['failed', `POSTERN_ERR_${code}`, closeCode],
      ]);
    }
  });

  test('with one fragment too many, after the limit was just met', () => {
    const stream = Buffer.concat([first(2), ...run]);
    const last = frameFor(role, 0, Buffer.alloc(0));
    expect(eventsOf(role, [Buffer.concat([stream, last])], options)).toHaveLength(1);
    expect(eventsOf(role, [Buffer.concat([stream, more(Buffer.alloc(0)), last])], options)).toEqual(
      [['failed', 'POSTERN_ERR_TOO_MANY_FRAGMENTS', 1008]],
    );
  });

  test('with impossible text, before a fault that comes later in the run', () => {
    const faults = [more(hex('c3')), more(hex('28')), ...run, ...run, hex('83 00')];
    for (const chunks of [[Buffer.concat([first(1), ...faults])], [first(1), ...faults]]) {
      expect(eventsOf(role, chunks, options)).toEqual([['failed', 'POSTERN_ERR_UTF8', 1007]]);
    }
  });
});

describe('takes a message as long as the limit, and none longer (section 10.4)', () => {
  test.each(roles)('%s', (role) => {
    for (const length of [5, 125, 126, 300]) {
      const bytes = frameFor(role, 2, Buffer.alloc(length));
      for (const cuts of [[], [1], [8]]) {
        const chunks = cutAt(bytes, cuts);
        expect(eventsOf(role, chunks, { maxMessageSize: length })).toHaveLength(1);
        expect(eventsOf(role, cutAt(bytes, cuts), { maxMessageSize: length - 1 })).toEqual([
          ['failed', 'POSTERN_ERR_MESSAGE_TOO_BIG', 1009],
        ]);
      }
    }
  });
});

/** Text that is impossible at its last byte. */
const impossibleText = [
  ['c0', 'c0'],
  ['e0 80', 'e080'],
  ['ed a0', 'eda0'],
  ['f4 90', 'f490'],
  ['f5', 'f5'],
  ['f0 90 41', 'f09041'],
  ['80', '80'],
  ['a character cut by ASCII', 'e28261'],
] as const;

describe('fails text with 1007 at the first impossible byte', () => {
  const cases = impossibleText.map(([name, bytes]) => ({
    name: `${name}, in a frame of 100 bytes that has not ended`,
    section: '8.1',
    ...wire({ opcode: 1, announced: 100n, payload: Buffer.concat([hello, hex(bytes)]) }),
  }));

  test.each(bothSides(cases))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([['failed', 'POSTERN_ERR_UTF8', 1007]]);
    }
    const { parser } = parserFor(role);
    parser.receive(bytes.subarray(0, -1));
    expect(parser.isMidMessage).toBe(true);
  });

  const acrossFragments = {
    name: 'across fragments, before the next frame is looked at',
    section: '8.1',
    ...wire(
      { opcode: 1, fin: false, payload: hex('61e2') },
      { opcode: 9, payload: hello },
      { opcode: 0, fin: false, payload: hex('8228') },
      { opcode: 9, payload: hello },
    ),
  };
  test.each(bothSides([acrossFragments]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([
        ['control', 9, '48656c6c6f'],
        ['failed', 'POSTERN_ERR_UTF8', 1007],
      ]);
    }
  });

  const unended = {
    name: 'a text that ends inside a character',
    section: '8.1',
    ...wire({ opcode: 1, payload: hex('61e282') }),
  };
  test.each(bothSides([unended]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([['failed', 'POSTERN_ERR_UTF8', 1007]]);
    }
  });
});
