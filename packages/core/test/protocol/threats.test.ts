import { afterEach, describe, expect, test, vi } from 'vitest';

import { checkCloseArguments } from '../../src/protocol/close-frame.js';
import { createFrame } from '../../src/protocol/frame-writer.js';
import { Protocol, type ProtocolOptions, type Role } from '../../src/protocol/protocol.js';
import { watchAllocations } from '../support/allocations.js';
import { byteByByte } from '../support/chunks.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';
import { frameFor, roles } from '../support/parsed.js';
import { RecordingSink } from '../support/recording-sink.js';
import { bothSides } from '../support/sides.js';

const MIB = 1_048_576;
const empty = Buffer.alloc(0);
const letter = Buffer.from('a');

afterEach(() => {
  vi.restoreAllMocks();
});

function protocolFor(role: Role, options: Partial<ProtocolOptions> = {}) {
  const sink = new RecordingSink();
  const protocol = new Protocol(sink, {
    role,
    allowCompressed: false,
    maxMessageSize: MIB,
    maxFragments: 2_000_000,
    ...options,
  });
  return { sink, protocol };
}

/** A message that never ends: `count` fragments with the same payload. */
function fragments(role: Role, opcode: number, payload: Buffer, count: number): Buffer {
  const more = frameFor(role, 0, payload, { fin: false });
  const first = frameFor(role, opcode, payload, { fin: false });
  return Buffer.concat([first, Buffer.alloc(more.length * (count - 1), more)]);
}

describe('CVE-2026-48779, CVE-2026-12151: endless tiny fragments cost no more than their bytes', () => {
  test.each(roles)('%s: 1,000,000 fragments of one byte (section 5.4): 00 01 61', (role) => {
    const { sink, protocol } = protocolFor(role);
    const chunk = fragments(role, 1, letter, 1_000_000);
    const allocations = watchAllocations();
    protocol.receive(chunk);
    expect(allocations.sizes.length).toBeLessThanOrEqual(11);
    expect(allocations.total()).toBeLessThan(2 * MIB);
    vi.restoreAllMocks();
    protocol.receive(frameFor(role, 0, letter));
    expect(sink.events).toEqual([['text', 'a'.repeat(1_000_001), 1_000_001]]);
  });

  test.each(roles)('%s: 1,000,000 empty fragments (section 5.4): 00 00', (role) => {
    const { sink, protocol } = protocolFor(role);
    const chunk = fragments(role, 2, empty, 1_000_000);
    const allocations = watchAllocations();
    protocol.receive(chunk);
    expect(allocations.sizes).toEqual([]);
    vi.restoreAllMocks();
    protocol.receive(frameFor(role, 0, letter));
    expect(sink.events).toEqual([['binary', '61', 1]]);
  });

  test.each(roles)('%s: nor are there more of them than the limit (section 7.4.1)', (role) => {
    const { sink, protocol } = protocolFor(role, { maxFragments: 1000 });
    protocol.receive(fragments(role, 2, empty, 1000));
    expect(() => protocol.receive(frameFor(role, 0, empty, { fin: false }))).toThrow(
      failure('POSTERN_ERR_TOO_MANY_FRAGMENTS', 1008),
    );
    expect(sink.events).toEqual([]);
  });
});

describe('ws issue 2331: many connections with many tiny fragments hold little in sum', () => {
  test.each(roles)('%s: 200 times 16,000 fragments of one byte: under 32 MiB', (role) => {
    const all = Array.from({ length: 200 }, () => protocolFor(role).protocol);
    const chunk = fragments(role, 2, letter, 16_000);
    const allocations = watchAllocations();
    for (const protocol of all) protocol.receive(chunk);
    expect(all.every(({ isMidMessage }) => isMidMessage)).toBe(true);
    // All that was ever allocated, garbage and all.
    expect(allocations.total()).toBeLessThan(32 * MIB);
  });
});

describe('ping floods: no ping is lost on a good peer, and none leaves anything behind', () => {
  test.each(roles)('%s: 1,000 pings in one segment (section 5.5.2)', (role) => {
    const { sink, protocol } = protocolFor(role);
    const payloads = Array.from({ length: 1000 }, (_, index) =>
      Buffer.from([index >> 8, index & 0xff]),
    );
    protocol.receive(Buffer.concat(payloads.map((payload) => frameFor(role, 9, payload))));
    expect(sink.events).toEqual(payloads.map((payload) => ['ping', payload.toString('hex')]));
  });

  test.each(roles)('%s: pings while a message is unfinished', (role) => {
    const { sink, protocol } = protocolFor(role);
    protocol.receive(frameFor(role, 1, letter, { fin: false }));
    const chunk = Buffer.concat(Array.from({ length: 1000 }, () => frameFor(role, 9, letter)));
    const allocations = watchAllocations();
    protocol.receive(chunk);
    expect(allocations.sizes).toEqual([]);
    protocol.receive(frameFor(role, 0, letter));
    expect(sink.events.at(-1)).toEqual(['text', 'aa', 2]);
  });
});

describe('CVE-2026-45736, CVE-2016-10518: memory that nobody wrote is never sent', () => {
  test.each([0, 1, 125, 126, 65_536])('a frame of %i bytes is written to its last', (length) => {
    const payload = Buffer.alloc(length, 'postern ');
    for (const maskingKey of [undefined, 0x3d21fa37]) {
      const [zeros, ones] = [0x00, 0xff].map((poison) => {
        watchAllocations(poison);
        const bytes = createFrame(0x89, payload, maskingKey);
        vi.restoreAllMocks();
        return bytes;
      });
      expect(zeros!.equals(ones!)).toBe(true);
    }
  });

  test.each([100, new Float64Array(20), new Uint16Array([1000])])('%o is no reason', (reason) => {
    expect(() => checkCloseArguments(1000, reason)).toThrow(TypeError);
  });

  test.each(['1000', [1000], new Uint16Array([1000])])('%o is no close code', (code) => {
    expect(() => checkCloseArguments(code, '')).toThrow(TypeError);
  });
});

describe('NSP 120, CVE-2020-13935, CVE-2020-27813, CVE-2026-1528, CVE-2026-54466: lengths fail as they stand', () => {
  const lengths = [
    ['0000000000000000', 'longer than it needs', 'LENGTH', 1002],
    ['000000000000ffff', 'longer than it needs', 'LENGTH', 1002],
    ['0000000000100001', 'over the limit', 'MESSAGE_TOO_BIG', 1009],
    ['0000000080000000', '2^31, negative as 32 bits', 'MESSAGE_TOO_BIG', 1009],
    ['00000000ffffffff', '2^32-1, which overflows with a header', 'MESSAGE_TOO_BIG', 1009],
    ['0000000100000000', '2^32, 0 in its low half', 'MESSAGE_TOO_BIG', 1009],
    ['001fffffffffffff', '2^53-1', 'MESSAGE_TOO_BIG', 1009],
    ['0020000000000001', '2^53+1, of which a double loses the 1', 'MESSAGE_TOO_BIG', 1009],
    ['7fffffffffffffff', '2^63-1, a sum of which overflows', 'MESSAGE_TOO_BIG', 1009],
    ['8000000000000000', '2^63, negative as 64 bits', 'LENGTH', 1002],
    ['ffffffffffffffff', '2^64-1', 'LENGTH', 1002],
  ] as const;
  const cases = lengths.map(([length, name, code, closeCode]) => ({
    name: `${name}, with ${closeCode}`,
    section: '5.2',
    server: `82 ff ${length} 37fa213d`,
    client: `82 7f ${length}`,
    code: `POSTERN_ERR_${code}`,
    closeCode,
  }));

  test.each(bothSides(cases))('%s', (_, { role, bytes, code, closeCode }) => {
    const allocations = watchAllocations();
    const { protocol } = protocolFor(role);
    expect(() => protocol.receive(bytes)).toThrow(failure(code, closeCode));
    expect(allocations.sizes).toEqual([]);
  });

  test.each(bothSides(cases))('in bytes: %s', (_, { role, bytes, code, closeCode }) => {
    const { sink, protocol } = protocolFor(role);
    // The last byte of the length is fatal, before the masking key.
    const fatal = role === 'server' ? bytes.length - 5 : bytes.length - 1;
    const chunks = byteByByte(bytes).slice(0, fatal + 1);
    const failed = chunks.map((byte) => sink.failed(() => protocol.receive(byte)));
    expect(failed.indexOf(true)).toBe(fatal);
    expect(sink.events).toEqual([['failed', code, closeCode]]);
  });

  const sums = [
    ['7fffffffffffffff', '2^63-1 after one byte'],
    ['0000000000100000', 'the limit after one byte'],
  ].map(([length, name]) => ({
    name: `${name}, with 1009`,
    section: '5.4',
    server: `02 81 37fa213d 56 80 ff ${length} 37fa213d`,
    client: `02 01 61 80 7f ${length}`,
  }));
  test.each(bothSides(sums))('sums: %s', (_, { role, bytes }) => {
    const { sink, protocol } = protocolFor(role);
    expect(() => protocol.receive(bytes)).toThrow(failure('POSTERN_ERR_MESSAGE_TOO_BIG', 1009));
    expect(sink.events).toEqual([]);
  });

  test('a control frame has no long length: 89 7f 8000000000000000', () => {
    const { protocol } = protocolFor('client');
    expect(() => protocol.receive(hex('89 7f 8000000000000000'))).toThrow(
      failure('POSTERN_ERR_LENGTH', 1002),
    );
  });
});
