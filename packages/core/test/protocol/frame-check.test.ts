import { describe, expect, test } from 'vitest';

import { checkFrame, messageTooBig, type FrameContext } from '../../src/protocol/frame-check.js';
import { createFrameHeader, readFrameHeader } from '../../src/protocol/frame-header.js';
import type { Role } from '../../src/protocol/protocol.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';
import { bothSides } from '../support/sides.js';

const LIMIT = 100_000;

function contextOf(role: Role, changes: Partial<FrameContext> = {}): FrameContext {
  return {
    expectMasked: role === 'server',
    allowCompressed: false,
    messageOpen: false,
    bytesLeft: LIMIT,
    ...changes,
  };
}

function check(bytes: Buffer, context: FrameContext): void {
  const header = createFrameHeader();
  if (!readFrameHeader(bytes, 0, bytes.length, header)) throw new Error('not a whole header');
  checkFrame(header, context);
}

describe('lets pass what RFC 6455 allows', () => {
  test.each(
    bothSides([
      { name: 'a text', section: '5.6', server: '81 80 37fa213d', client: '81 00' },
      { name: 'binary', section: '5.6', server: '82 80 37fa213d', client: '82 00' },
      { name: 'a first fragment', section: '5.4', server: '01 83 37fa213d', client: '01 03' },
      { name: 'a close frame', section: '5.5.1', server: '88 80 37fa213d', client: '88 00' },
      { name: 'a ping of 125 bytes', section: '5.5.2', server: '89 fd 37fa213d', client: '89 7d' },
      { name: 'a pong of 125 bytes', section: '5.5.3', server: '8a fd 37fa213d', client: '8a 7d' },
      { name: '126 bytes', section: '5.2', server: '82 fe 007e 37fa213d', client: '82 7e 007e' },
      {
        name: '65,536 bytes',
        section: '5.2',
        server: '82 ff 0000000000010000 37fa213d',
        client: '82 7f 0000000000010000',
      },
      {
        name: 'as many bytes as the limit',
        section: '10.4',
        server: '82 ff 00000000000186a0 37fa213d',
        client: '82 7f 00000000000186a0',
      },
    ]),
  )('%s', (_, { bytes, role }) => {
    expect(() => check(bytes, contextOf(role))).not.toThrow();
  });
});

describe('lets pass inside a message', () => {
  test.each(
    bothSides([
      { name: 'a continuation', section: '5.4', server: '00 81 37fa213d', client: '00 01' },
      { name: 'a last fragment', section: '5.4', server: '80 80 37fa213d', client: '80 00' },
      { name: 'a ping', section: '5.5.2', server: '89 80 37fa213d', client: '89 00' },
      { name: 'a pong', section: '5.5.3', server: '8a 80 37fa213d', client: '8a 00' },
      { name: 'a close frame', section: '5.5.1', server: '88 80 37fa213d', client: '88 00' },
    ]),
  )('%s', (_, { bytes, role }) => {
    const context = contextOf(role, { messageOpen: true, bytesLeft: 1 });
    expect(() => check(bytes, context)).not.toThrow();
  });
});

describe('fails reserved bits with 1002', () => {
  test.each(
    bothSides([
      { name: 'RSV1 on a text', section: '5.2', server: 'c1 80 37fa213d', client: 'c1 00' },
      { name: 'RSV2 on a text', section: '5.2', server: 'a1 80 37fa213d', client: 'a1 00' },
      { name: 'RSV3 on a text', section: '5.2', server: '91 80 37fa213d', client: '91 00' },
      { name: 'all three on a text', section: '5.2', server: 'f1 80 37fa213d', client: 'f1 00' },
      { name: 'RSV1 on binary', section: '5.2', server: 'c2 80 37fa213d', client: 'c2 00' },
      { name: 'RSV1 on a close frame', section: '5.2', server: 'c8 80 37fa213d', client: 'c8 00' },
      { name: 'RSV1 on a ping', section: '5.2', server: 'c9 80 37fa213d', client: 'c9 00' },
      { name: 'RSV3 on a pong', section: '5.2', server: '9a 80 37fa213d', client: '9a 00' },
      { name: 'RSV2 on a continuation', section: '5.2', server: 'a0 80 37fa213d', client: 'a0 00' },
    ]),
  )('%s', (_, { bytes, role }) => {
    const expected = failure('POSTERN_ERR_RESERVED_BITS', 1002);
    expect(() => check(bytes, contextOf(role))).toThrow(expected);
    expect(() => check(bytes, contextOf(role, { messageOpen: true }))).toThrow(expected);
  });

  test('names them by their value', () => {
    expect(() => check(hex('d1 00'), contextOf('client'))).toThrow(
      'reserved bits 5 on a frame with opcode 1, expected 0',
    );
  });
});

describe('with permessage-deflate agreed on (RFC 7692 section 6), RSV1', () => {
  const firstFrames = [
    { name: 'may be set on a text', section: '5.2', server: 'c1 80 37fa213d', client: 'c1 00' },
    { name: 'may be set on binary', section: '5.2', server: 'c2 80 37fa213d', client: 'c2 00' },
    { name: 'may be unset', section: '5.2', server: '82 80 37fa213d', client: '82 00' },
    { name: 'may be on a fragment', section: '5.2', server: '41 80 37fa213d', client: '41 00' },
  ];
  test.each(bothSides(firstFrames))('%s', (_, { bytes, role }) => {
    expect(() => check(bytes, contextOf(role, { allowCompressed: true }))).not.toThrow();
  });

  test.each(
    bothSides([
      { name: 'fails with RSV2', section: '5.2', server: 'e1 80 37fa213d', client: 'e1 00' },
      { name: 'fails with RSV3', section: '5.2', server: 'd2 80 37fa213d', client: 'd2 00' },
      { name: 'fails on a ping', section: '5.2', server: 'c9 80 37fa213d', client: 'c9 00' },
      { name: 'fails on a close frame', section: '5.2', server: 'c8 80 37fa213d', client: 'c8 00' },
      { name: 'fails on opcode 3', section: '5.2', server: 'c3 80 37fa213d', client: 'c3 00' },
    ]),
  )('%s', (_, { bytes, role }) => {
    const context = contextOf(role, { allowCompressed: true });
    expect(() => check(bytes, context)).toThrow(failure('POSTERN_ERR_RESERVED_BITS', 1002));
  });

  test.each(
    bothSides([
      {
        name: 'fails on a continuation',
        section: '5.4',
        server: 'c0 80 37fa213d',
        client: 'c0 00',
      },
    ]),
  )('%s', (_, { bytes, role }) => {
    const context = contextOf(role, { allowCompressed: true, messageOpen: true });
    expect(() => check(bytes, context)).toThrow(failure('POSTERN_ERR_RESERVED_BITS', 1002));
  });
});

describe('fails a reserved opcode with 1002', () => {
  test.each(
    bothSides(
      [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
        name: `opcode ${opcode}`,
        section: '5.2',
        server: `8${opcode.toString(16)} 80 37fa213d`,
        client: `8${opcode.toString(16)} 00`,
        opcode,
      })),
    ),
  )('%s', (_, { bytes, role, opcode }) => {
    const act = () => check(bytes, contextOf(role));
    expect(act).toThrow(failure('POSTERN_ERR_OPCODE', 1002));
    expect(act).toThrow(`reserved opcode ${opcode}`);
    const inside = contextOf(role, { messageOpen: true });
    expect(() => check(bytes, inside)).toThrow(failure('POSTERN_ERR_OPCODE', 1002));
  });
});

describe('fails the wrong masking with 1002 (section 5.1)', () => {
  test.each(['81 00', '82 00', '80 00', '88 00', '89 00', '8a 00'])(
    'server: an unmasked frame from a client: %s',
    (bytes) => {
      const act = () => check(hex(bytes), contextOf('server'));
      expect(act).toThrow(failure('POSTERN_ERR_MASK', 1002));
      expect(act).toThrow('unmasked frame from a client, expected a masked one');
    },
  );

  test.each([
    '81 80 37fa213d',
    '82 80 00000000',
    '80 80 37fa213d',
    '88 80 37fa213d',
    '89 80 37fa213d',
    '8a 80 37fa213d',
  ])('client: a masked frame from a server: %s', (bytes) => {
    const act = () => check(hex(bytes), contextOf('client'));
    expect(act).toThrow(failure('POSTERN_ERR_MASK', 1002));
    expect(act).toThrow('masked frame from a server, expected an unmasked one');
  });
});

describe('fails a length in more bytes than it needs with 1002', () => {
  test.each(
    bothSides([
      { name: '0 in 16 bits', section: '5.2', server: '82 fe 0000 37fa213d', client: '82 7e 0000' },
      {
        name: '125 in 16 bits',
        section: '5.2',
        server: '82 fe 007d 37fa213d',
        client: '82 7e 007d',
      },
      {
        name: '5 in 64 bits',
        section: '5.2',
        server: '81 ff 0000000000000005 37fa213d',
        client: '81 7f 0000000000000005',
      },
      {
        name: '126 in 64 bits',
        section: '5.2',
        server: '82 ff 000000000000007e 37fa213d',
        client: '82 7f 000000000000007e',
      },
      {
        name: '65,535 in 64 bits',
        section: '5.2',
        server: '82 ff 000000000000ffff 37fa213d',
        client: '82 7f 000000000000ffff',
      },
      {
        name: '5 in 16 bits on a ping',
        section: '5.2',
        server: '89 fe 0005 37fa213d',
        client: '89 7e 0005',
      },
    ]),
  )('%s', (_, { bytes, role }) => {
    const expected = failure('POSTERN_ERR_LENGTH', 1002);
    expect(() => check(bytes, contextOf(role))).toThrow(expected);
  });
});

describe('fails a length with its top bit set with 1002', () => {
  test.each(
    bothSides(
      ['8000000000000000', '8000000000000001', 'ffffffffffffffff'].map((length) => ({
        name: 'a 64-bit length',
        section: '5.2',
        server: `82 ff ${length} 37fa213d`,
        client: `82 7f ${length}`,
      })),
    ),
  )('%s', (_, { bytes, role }) => {
    const act = () => check(bytes, contextOf(role));
    expect(act).toThrow(failure('POSTERN_ERR_LENGTH', 1002));
    expect(act).toThrow('payload length with its top bit set, expected 0');
  });
});

describe('fails a message over the limit with 1009, from the header alone', () => {
  test.each(
    bothSides(
      [
        ['one byte more than the limit', '00000000000186a1'],
        ['4 GiB, whose low half is 0', '0000000100000000'],
        ['2^53-1 bytes', '001fffffffffffff'],
        ['2^53 bytes', '0020000000000000'],
        ['2^53+1 bytes', '0020000000000001'],
        ['2^63-512 bytes', '7ffffffffffffe00'],
        ['2^63-1 bytes', '7fffffffffffffff'],
      ].map(([name, length]) => ({
        name: name!,
        section: '7.4.1',
        server: `82 ff ${length} 37fa213d`,
        client: `82 7f ${length}`,
      })),
    ),
  )('%s', (_, { bytes, role }) => {
    const expected = failure('POSTERN_ERR_MESSAGE_TOO_BIG', 1009);
    expect(() => check(bytes, contextOf(role))).toThrow(expected);
  });

  test.each(
    bothSides([
      {
        name: 'a continuation with more bytes than the message may still have',
        section: '7.4.1',
        server: '80 84 37fa213d',
        client: '80 04',
      },
    ]),
  )('%s', (_, { bytes, role }) => {
    const context = contextOf(role, { messageOpen: true, bytesLeft: 3 });
    expect(() => check(bytes, context)).toThrow(failure('POSTERN_ERR_MESSAGE_TOO_BIG', 1009));
    expect(() => check(bytes, { ...context, bytesLeft: 4 })).not.toThrow();
  });

  test('the failure names the option', () => {
    expect(messageTooBig()).toMatchObject({ message: 'message larger than maxMessageSize' });
  });
});

describe('fails a control frame with 1002', () => {
  const fragments = ['close frame', 'ping', 'pong'].map((name, index) => ({
    name: `a fragmented ${name}`,
    section: '5.5',
    server: `0${(8 + index).toString(16)} 80 37fa213d`,
    client: `0${(8 + index).toString(16)} 00`,
  }));
  const long = ['close frame', 'ping', 'pong'].map((name, index) => ({
    name: `a ${name} of 126 bytes`,
    section: '5.5',
    server: `8${(8 + index).toString(16)} fe 007e 37fa213d`,
    client: `8${(8 + index).toString(16)} 7e 007e`,
  }));
  const huge = {
    name: 'a ping of 65,536 bytes',
    section: '5.5',
    server: '89 ff 0000000000010000 37fa213d',
    client: '89 7f 0000000000010000',
  };
  test.each(bothSides([...fragments, ...long, huge]))('%s', (_, { bytes, role }) => {
    const expected = failure('POSTERN_ERR_CONTROL_FRAME', 1002);
    expect(() => check(bytes, contextOf(role))).toThrow(expected);
    expect(() => check(bytes, contextOf(role, { messageOpen: true }))).toThrow(expected);
  });
});

describe('fails fragments out of order with 1002', () => {
  test.each(
    bothSides([
      { name: 'a lone continuation', section: '5.4', server: '00 80 37fa213d', client: '00 00' },
      { name: 'a lone last fragment', section: '5.4', server: '80 80 37fa213d', client: '80 00' },
    ]),
  )('%s', (_, { bytes, role }) => {
    const act = () => check(bytes, contextOf(role));
    expect(act).toThrow(failure('POSTERN_ERR_FRAGMENT', 1002));
    expect(act).toThrow('continuation frame outside a message, expected a first frame');
  });

  test.each(
    bothSides([
      { name: 'a new text', section: '5.4', server: '81 80 37fa213d', client: '81 00' },
      { name: 'new binary', section: '5.4', server: '82 80 37fa213d', client: '82 00' },
      { name: 'a new first fragment', section: '5.4', server: '01 80 37fa213d', client: '01 00' },
    ]),
  )('%s', (_, { bytes, role }) => {
    const act = () => check(bytes, contextOf(role, { messageOpen: true }));
    expect(act).toThrow(failure('POSTERN_ERR_FRAGMENT', 1002));
    expect(act).toThrow('first frame inside an unfinished message, expected a continuation');
  });
});
