import { describe, expect, test } from 'vitest';

import { Protocol, type ProtocolOptions, type Role } from '../../src/protocol/protocol.js';
import { byteByByte, cutAt } from '../support/chunks.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';
import { frameFor, roles, waysToCut } from '../support/parsed.js';
import { RecordingSink, type SinkEvent } from '../support/recording-sink.js';
import { bothSides, wire } from '../support/sides.js';

function protocolFor(role: Role, options: Partial<ProtocolOptions> = {}) {
  const sink = new RecordingSink();
  const protocol = new Protocol(sink, {
    role,
    allowCompressed: false,
    maxMessageSize: 1_048_576,
    maxFragments: 16,
    ...options,
  });
  return { sink, protocol };
}

function eventsOf(role: Role, chunks: readonly Buffer[]): SinkEvent[] {
  const { sink, protocol } = protocolFor(role);
  for (const chunk of chunks) {
    if (sink.failed(() => protocol.receive(chunk))) break;
  }
  return sink.events;
}

const hello = Buffer.from('Hello');

/** A close payload: the code, and the reason's bytes. */
function closing(code: number, reason: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), reason]);
}

test.each(roles)('%s: knows its role and begins open', (role) => {
  const { protocol } = protocolFor(role);
  expect(protocol.role).toBe(role);
  expect(protocol.state).toBe('open');
  expect([protocol.closeSent, protocol.isMidMessage, protocol.hasWaiting]).toEqual([
    false,
    false,
    false,
  ]);
});

describe('tells messages, pings, pongs and the close frame apart', () => {
  const all = {
    name: 'all of them, in order',
    section: '5.6',
    ...wire(
      { opcode: 1, payload: hello },
      { opcode: 9, payload: hex('01') },
      { opcode: 2, payload: hello },
      { opcode: 10, payload: hex('02') },
      { opcode: 8, payload: closing(1000, Buffer.from('bye')) },
    ),
  };
  test.each(bothSides([all]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([
        ['text', 'Hello', 5],
        ['ping', '01'],
        ['binary', '48656c6c6f', 5],
        ['pong', '02'],
        ['close', 1000, 'bye'],
      ]);
    }
  });

  const between = {
    name: 'a ping between fragments, before the message ends',
    section: '5.4',
    ...wire(
      { opcode: 1, fin: false, payload: hello },
      { opcode: 9, payload: hex('01') },
      { opcode: 10, payload: hex('02') },
      { opcode: 0, payload: hello },
    ),
  };
  test.each(bothSides([between]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([
        ['ping', '01'],
        ['pong', '02'],
        ['text', 'HelloHello', 10],
      ]);
    }
  });

  const unsolicited = {
    name: 'a pong that nobody asked for, which is no fault',
    section: '5.5.3',
    ...wire({ opcode: 10, payload: hello }, { opcode: 10 }),
  };
  test.each(bothSides([unsolicited]))('%s', (_, { role, bytes }) => {
    expect(eventsOf(role, [bytes])).toEqual([
      ['pong', '48656c6c6f'],
      ['pong', ''],
    ]);
  });

  const full = {
    name: 'a ping of 125 bytes',
    section: '5.5',
    ...wire({ opcode: 9, payload: Buffer.alloc(125, 0xfe) }),
  };
  test.each(bothSides([full]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([['ping', 'fe'.repeat(125)]]);
    }
  });

  test.each(roles)('%s: text as bytes, when it is asked to keep it so', (role) => {
    const { sink, protocol } = protocolFor(role);
    protocol.keepTextAsBytes();
    protocol.receive(frameFor(role, 1, hello));
    expect(sink.events).toEqual([['text bytes', '48656c6c6f', 5]]);
  });

  test.each(roles)('%s: compressed messages, when they are agreed on', (role) => {
    const { sink, protocol } = protocolFor(role, { allowCompressed: true });
    protocol.receive(frameFor(role, 1, hello, { reserved: 4 }));
    expect(sink.events).toEqual([['compressed text', '48656c6c6f']]);
  });
});

describe('hears a close frame', () => {
  const legal = [
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
  ].map((code) => ({
    name: `with ${code}`,
    section: '7.4',
    ...wire({ opcode: 8, payload: closing(code) }),
    code,
    reason: '',
  }));
  const others = [
    {
      name: 'without a payload: 1005',
      section: '7.1.5',
      ...wire({ opcode: 8 }),
      code: 1005,
      reason: '',
    },
    {
      name: 'with a reason of one byte',
      section: '5.5.1',
      ...wire({ opcode: 8, payload: closing(1000, Buffer.from('x')) }),
      code: 1000,
      reason: 'x',
    },
    {
      name: 'of 125 bytes',
      section: '5.5',
      ...wire({ opcode: 8, payload: closing(1000, Buffer.alloc(123, 'x')) }),
      code: 1000,
      reason: 'x'.repeat(123),
    },
    {
      name: 'with U+10FFFF and a non-character in its reason',
      section: '8.1',
      ...wire({ opcode: 8, payload: closing(1000, Buffer.from('\u{10ffff}\uffff')) }),
      code: 1000,
      reason: '\u{10ffff}\uffff',
    },
  ];
  test.each(bothSides([...legal, ...others]))('%s', (_, { role, bytes, code, reason }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([['close', code, reason]]);
    }
  });
});

describe('fails a close frame', () => {
  const codes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
  const illegal = codes.map((code) => ({
    name: `with ${code}: 1002`,
    section: '7.4',
    ...wire({ opcode: 8, payload: closing(code) }),
    expected: ['failed', 'POSTERN_ERR_CLOSE_FRAME', 1002],
  }));
  const others = [
    {
      name: 'of one byte: 1002',
      section: '5.5.1',
      ...wire({ opcode: 8, payload: hex('03') }),
      expected: ['failed', 'POSTERN_ERR_CLOSE_FRAME', 1002],
    },
    {
      name: 'of 126 bytes: 1002',
      section: '5.5',
      ...wire({ opcode: 8, payload: closing(1000, Buffer.alloc(124, 'x')) }),
      expected: ['failed', 'POSTERN_ERR_CONTROL_FRAME', 1002],
    },
    ...['ff', 'eda080', '61e282', 'f4908080'].map((reason) => ({
      name: `with a reason that is not UTF-8, ${reason}: 1007`,
      section: '8.1',
      ...wire({ opcode: 8, payload: closing(1000, hex(reason)) }),
      expected: ['failed', 'POSTERN_ERR_UTF8', 1007],
    })),
  ];
  test.each(bothSides([...illegal, ...others]))('%s', (_, { role, bytes, expected }) => {
    for (const chunks of waysToCut(bytes)) expect(eventsOf(role, chunks)).toEqual([expected]);
  });

  test.each(roles)('%s: and is not closing by it', (role) => {
    const { sink, protocol } = protocolFor(role);
    expect(() => protocol.receive(frameFor(role, 8, closing(1006)))).toThrow(
      failure('POSTERN_ERR_CLOSE_FRAME', 1002),
    );
    expect(protocol.state).toBe('open');
    expect(sink.events).toEqual([]);
  });
});

describe('ignores what follows a close frame', () => {
  const frames = [
    ['a text', { opcode: 1, payload: hello }],
    ['a ping', { opcode: 9, payload: hello }],
    ['a second close frame', { opcode: 8, payload: closing(1001) }],
    ['a reserved opcode', { opcode: 3 }],
    ['half a frame', { opcode: 1, payload: hello, announced: 100n }],
  ] as const;
  const cases = frames.map(([name, parts]) => ({
    name,
    section: '5.5.1',
    ...wire({ opcode: 8, payload: closing(1000) }, parts),
  }));
  test.each(bothSides(cases))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      const { sink, protocol } = protocolFor(role);
      for (const chunk of chunks) protocol.receive(chunk);
      expect(sink.events).toEqual([['close', 1000, '']]);
      expect([protocol.isMidMessage, protocol.hasWaiting]).toEqual([false, false]);
    }
  });

  const unfinished = {
    name: 'and what came before of a message that has not ended',
    section: '5.5.1',
    ...wire(
      { opcode: 1, fin: false, payload: hello },
      { opcode: 8, payload: closing(1000) },
      { opcode: 0, payload: hello },
    ),
  };
  test.each(bothSides([unfinished]))('%s', (_, { role, bytes }) => {
    for (const chunks of waysToCut(bytes)) {
      expect(eventsOf(role, chunks)).toEqual([['close', 1000, '']]);
    }
  });
});

describe.each(roles)('%s: goes through the closing handshake (section 7.1)', (role) => {
  const peerCloses = (): Buffer => frameFor(role, 8, closing(1000));

  test('that the peer begins', () => {
    const { protocol } = protocolFor(role);
    protocol.receive(peerCloses());
    expect([protocol.state, protocol.closeSent]).toEqual(['closeReceived', false]);
    protocol.sendClose();
    expect([protocol.state, protocol.closeSent]).toEqual(['closeDone', true]);
    protocol.end();
    expect(protocol.state).toBe('closed');
  });

  test('that we begin: what the peer sends until its close frame still comes', () => {
    const { sink, protocol } = protocolFor(role);
    protocol.sendClose();
    expect([protocol.state, protocol.closeSent]).toEqual(['closeSent', true]);
    protocol.receive(frameFor(role, 1, hello));
    protocol.receive(frameFor(role, 9, hello));
    protocol.receive(peerCloses());
    expect(sink.events).toEqual([
      ['text', 'Hello', 5],
      ['ping', '48656c6c6f'],
      ['close', 1000, ''],
    ]);
    expect([protocol.state, protocol.closeSent]).toEqual(['closeDone', true]);
    protocol.end();
    expect(protocol.state).toBe('closed');
  });

  test('that both begin at once: none owes an echo', () => {
    const { sink, protocol } = protocolFor(role);
    const seen: unknown[] = [];
    sink.afterEach = () => seen.push(protocol.state);
    const [first, second] = cutAt(peerCloses(), [3]);
    protocol.receive(first!);
    protocol.sendClose();
    protocol.receive(second!);
    expect(seen).toEqual(['closeDone']);
  });

  test('whose echo may be sent from inside the call that tells of the close frame', () => {
    const { sink, protocol } = protocolFor(role);
    const seen: unknown[] = [];
    sink.afterEach = () => {
      seen.push(protocol.state);
      protocol.sendClose();
      seen.push(protocol.state);
      protocol.end();
    };
    protocol.receive(Buffer.concat([peerCloses(), frameFor(role, 1, hello)]));
    expect(seen).toEqual(['closeReceived', 'closeDone']);
    expect(protocol.state).toBe('closed');
    expect(sink.events).toHaveLength(1);
  });

  test('in which no second close frame of ours has a place', () => {
    const { protocol } = protocolFor(role);
    protocol.sendClose();
    expect(() => protocol.sendClose()).toThrow('no transition from closeSent by sendClose');
  });

  test('or ends without it', () => {
    const { sink, protocol } = protocolFor(role);
    protocol.receive(frameFor(role, 1, hello, { fin: false }));
    expect(protocol.isMidMessage).toBe(true);
    protocol.end();
    protocol.end();
    expect([protocol.state, protocol.isMidMessage]).toEqual(['closed', false]);
    protocol.receive(frameFor(role, 0, hello));
    expect(sink.events).toEqual([]);
  });
});

describe.each(roles)('%s: halts', (role) => {
  test('before a close frame, which waits like everything else', () => {
    const { sink, protocol } = protocolFor(role);
    sink.afterEach = () => protocol.halt();
    protocol.receive(Buffer.concat([frameFor(role, 1, hello), frameFor(role, 8, closing(1001))]));
    expect([protocol.hasWaiting, protocol.state]).toEqual([true, 'open']);
    protocol.resume();
    expect(sink.events).toEqual([
      ['text', 'Hello', 5],
      ['close', 1001, ''],
    ]);
    expect([protocol.hasWaiting, protocol.state]).toEqual([false, 'closeReceived']);
  });

  test('and fails when it goes on, where the fault is', () => {
    const { sink, protocol } = protocolFor(role);
    protocol.halt();
    for (const chunk of byteByByte(frameFor(role, 1, hex('ff')))) protocol.receive(chunk);
    expect(() => protocol.resume()).toThrow(failure('POSTERN_ERR_UTF8', 1007));
    protocol.end();
    expect([protocol.hasWaiting, protocol.state]).toEqual([false, 'closed']);
    expect(sink.events).toEqual([]);
  });
});

test('a server and a client that answer each other do not mix their frames', () => {
  const server = protocolFor('server');
  const client = protocolFor('client');
  server.sink.afterEach = (event) => {
    if (event[0] === 'ping') client.protocol.receive(frameFor('client', 10, hex(event[1])));
    if (event[0] === 'close') {
      server.protocol.sendClose();
      client.protocol.receive(frameFor('client', 8, closing(event[1])));
    }
  };
  client.protocol.sendClose();
  const stream = [
    frameFor('server', 9, hello),
    frameFor('server', 1, hello),
    frameFor('server', 8, closing(1001)),
  ];
  server.protocol.receive(Buffer.concat(stream));
  expect(server.sink.events).toEqual([
    ['ping', '48656c6c6f'],
    ['text', 'Hello', 5],
    ['close', 1001, ''],
  ]);
  expect(client.sink.events).toEqual([
    ['pong', '48656c6c6f'],
    ['close', 1001, ''],
  ]);
  expect([server.protocol.state, client.protocol.state]).toEqual(['closeDone', 'closeDone']);
});
