import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';

import type { Agreed } from '../../src/connection/agreed.js';
import { broadcast } from '../../src/connection/broadcast.js';
import type { Message } from '../../src/connection/inbox.js';
import { prepare } from '../../src/connection/prepared-message.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import type { Role } from '../../src/protocol/protocol.js';
import { pair } from '../../src/testing/pair.js';
import type { FrameParts } from '../support/frame-builder.js';
import { MemoryStream } from './support/memory-stream.js';
import { closeFrame, ping, rawPeer, text, type RawPeer } from './support/raw-peer.js';
import { isPending, turns, until } from './support/turns.js';
import { wireFrames } from './support/wire-frames.js';

const roles: Role[] = ['server', 'client'];
const KIB = 1024;

/** What the opening handshake would have agreed on: permessage-deflate, every message by itself. */
const deflated: Agreed = {
  extensions: [
    {
      name: 'permessage-deflate',
      parameters: [
        ['server_no_context_takeover', true],
        ['client_no_context_takeover', true],
      ],
    },
  ],
};

function compressing(role: Role, options = {}): RawPeer {
  return rawPeer({ role, agreed: deflated, ...options });
}

/** A compressed message of the peer's, in one frame. RFC 7692, section 7.2.1. */
function compressed(
  message: string | Buffer,
  opcode = typeof message === 'string' ? 1 : 2,
): FrameParts {
  return {
    opcode,
    reserved: 4,
    payload: deflateRawSync(message, { finishFlush: 2 }).subarray(0, -4),
  };
}

/** What such a payload says, without a limit. */
function inflated(payload: Buffer): Buffer {
  const bytes = Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]);
  return inflateRawSync(bytes, { finishFlush: 2 });
}

/** RSV1 of every frame that came from the connection. */
function compressedFlags(peer: RawPeer): boolean[] {
  const bytes = peer.stream.written;
  const flags: boolean[] = [];
  for (let at = 0; at < bytes.length;) {
    flags.push((bytes[at]! & 0x40) !== 0);
    const [frame] = wireFrames(bytes.subarray(at));
    const form = bytes[at + 1]! & 0x7f;
    const masked = bytes[at + 1]! >= 0x80 ? 4 : 0;
    at += 2 + (form === 127 ? 8 : form === 126 ? 2 : 0) + masked + frame!.payload.length;
  }
  return flags;
}

/** Lines of JSON: a text of this length that compresses well. */
function lines(length: number): string {
  let result = '';
  for (let index = 0; result.length < length; index += 1) {
    result += `{"index":${index},"name":"postern ${index % 7}"}\n`;
  }
  return result.slice(0, length);
}

test.each(roles)(
  '%s: messages at and above the threshold go compressed, and say so by RSV1',
  async (role) => {
    const peer = compressing(role, { compression: { threshold: 100 } });
    const sent = ['x'.repeat(99), 'x'.repeat(100), lines(5000), lines(12_000)];
    for (const message of sent) await peer.ws.write(message);
    await turns();
    expect(compressedFlags(peer)).toEqual([false, true, true, true]);
    const payloads = peer
      .received()
      .map(({ payload }, index) => (index === 0 ? payload : inflated(payload)).toString());
    expect(payloads).toEqual(sent);
    expect(peer.received()[3]!.payload.length).toBeLessThan(3000);
  },
);

test('compress: false opts one message out, and a control frame is never compressed', async () => {
  const peer = compressing('server');
  await peer.ws.write(lines(500), { compress: false });
  await peer.ws.write(Buffer.alloc(500), { compress: false });
  await peer.ws.write(prepare(lines(500)), { compress: false });
  void peer.ws.ping('p'.repeat(120));
  await peer.ws.write(lines(500));
  await turns();
  expect(compressedFlags(peer)).toEqual([false, false, false, false, true]);
});

test.each(roles)(
  '%s: takes compressed messages, small and large, whole and in fragments',
  async (role) => {
    const { ws, send } = compressing(role);
    const sent = ['', 'short', lines(3000), lines(60_000), lines(700_000)];
    const frames = sent.map((message) => compressed(message));
    const { payload } = compressed(lines(9000));
    await send(
      ...frames,
      { opcode: 1, reserved: 4, fin: false, payload: payload!.subarray(0, 100) },
      ping(),
      { opcode: 0, payload: payload!.subarray(100) },
      text('plain'),
    );
    for (const message of [...sent, lines(9000), 'plain']) expect(await ws.read()).toBe(message);
  },
);

test('while a large message is inflated, what follows waits, and order is kept', async () => {
  const peer = compressing('server', { maxMessageSize: 4 * KIB * KIB });
  const received: Message[] = [];
  void peer.ws.listen((message) => received.push(message));
  const large = lines(2 * KIB * KIB);
  await turns();
  peer.stream.feed(peer.bytesOf(text('before'), compressed(large), text('after'), ping('too')));
  expect(received).toEqual(['before']);
  expect(peer.stream.isPaused()).toBe(true);
  await until(() => received.length === 3);
  expect(received).toEqual(['before', large, 'after']);
  expect(peer.stream.isPaused()).toBe(false);
  await turns();
  expect(peer.received().map(({ payload }) => payload.toString())).toEqual(['too']);
});

test.each([
  ['corrupt data', { opcode: 1, reserved: 4, payload: Buffer.from([0xff, 0xff, 0xff]) }, 1007],
  ['text that is not UTF-8 once inflated', compressed(Buffer.from([0x61, 0xff]), 1), 1007],
  [
    'a large text that is not UTF-8 once inflated',
    compressed(Buffer.alloc(600_000, 0xff), 1),
    1007,
  ],
  ['a message over the limit once inflated', compressed(Buffer.alloc(2 * KIB * KIB)), 1009],
  ['a small bomb', compressed(Buffer.alloc(1100 * KIB)), 1009],
])('%s fails the connection', async (_, frame, code) => {
  const peer = compressing('server');
  await peer.send(frame);
  await until(() => peer.ws.closeInfo !== undefined);
  expect(peer.ws.closeInfo).toMatchObject({ code, wasClean: false, initiator: 'local' });
  expect(peer.ws.tryRead()).toBeUndefined();
  expect(peer.errors).toEqual([]);
});

test('RSV1 where compression was not agreed on is 1002', async () => {
  const peer = rawPeer({ role: 'server' });
  await peer.send(compressed('hello'));
  expect(peer.ws.closeInfo).toMatchObject({ code: 1002 });
});

test.each(roles)(
  '%s: while a large message is compressed, what follows waits, and order is kept',
  async (role) => {
    const peer = compressing(role);
    const sent = [lines(300), lines(500_000), 'short', lines(400), lines(200_000), 'last'];
    const written = sent.map((message, index) =>
      peer.ws.write(index === 4 ? Buffer.from(message) : message),
    );
    await Promise.all(written);
    await turns();
    expect(compressedFlags(peer)).toEqual([true, true, false, true, true, false]);
    const payloads = peer
      .received()
      .map(({ payload }, index) =>
        (index === 2 || index === 5 ? payload : inflated(payload)).toString(),
      );
    expect(payloads).toEqual(sent);
  },
);

test('small bytes that wait behind a large message are copied at the call', async () => {
  const { ws, received } = compressing('server');
  const bytes = Buffer.from('as it was');
  void ws.write(lines(500_000));
  const written = ws.write(bytes);
  bytes.fill('x');
  await written;
  await turns();
  expect(received()[1]!.payload.toString()).toBe('as it was');
});

test('what is being compressed counts as output', async () => {
  const { ws } = compressing('server');
  const large = Buffer.alloc(500_000);
  const first = ws.write(large);
  expect(ws.bufferedAmount).toBeGreaterThanOrEqual(500_000);
  expect(ws.send('over the mark')).toBe(false);
  void ws.write(large);
  expect(ws.bufferedAmount).toBeGreaterThanOrEqual(1_000_000);
  await first;
  await until(() => ws.bufferedAmount === 0);
  expect(ws.send('room again')).toBe(true);
});

test('what is being compressed counts against maxSendBuffer', async () => {
  const { ws } = compressing('server', { maxSendBuffer: 1_000_000 });
  const large = Buffer.alloc(600_000);
  const written = [ws.write(large), ws.write(large), ws.write(large)];
  const error = { name: 'ConnectionClosedError', cause: { code: 'POSTERN_ERR_SEND_BUFFER_FULL' } };
  for (const promise of written) await expect(promise).rejects.toMatchObject(error);
});

const endings: [name: string, end: (peer: RawPeer) => unknown][] = [
  ['terminate', (peer) => peer.ws.terminate()],
  ['a reset', (peer) => peer.stream.destroy(new Error('reset'))],
  ['the peer’s close frame', (peer) => peer.stream.feed(peer.bytesOf(closeFrame(1000)))],
  ['a protocol error', (peer) => peer.stream.feed(peer.bytesOf({ opcode: 3 }))],
];

test.each(endings)('%s settles every job: whoever writes hears of the end', async (_, end) => {
  const peer = compressing('client');
  const written = [
    peer.ws.write(lines(500_000)),
    peer.ws.write('waits'),
    peer.ws.write(lines(90_000)),
  ];
  const guarded = peer.ws.writeGuarded(lines(500_000));
  await turns(0);
  end(peer);
  for (const promise of written) {
    await expect(promise).rejects.toMatchObject({ name: 'ConnectionClosedError' });
  }
  expect(await guarded).toBe(false);
});

test.each(roles)(
  '%s: nothing follows our close frame, even what was being compressed',
  async (role) => {
    const peer = compressing(role);
    await turns();
    void peer.ws.write(lines(40_000));
    void peer.ws.write(lines(500));
    peer.stream.feed(peer.bytesOf(closeFrame(4000)));
    expect(peer.received().map(({ opcode }) => opcode)).toEqual([8]);
    await turns(100);
    peer.stream.feed(null);
    expect(await peer.ws.closed).toMatchObject({ code: 4000, wasClean: true, cause: undefined });
    expect(peer.received().map(({ opcode }) => opcode)).toEqual([8]);
    expect(peer.stream.errored).toBeNull();
  },
);

test('what was written before close goes out before the close frame', async () => {
  const { client, server } = pair({ compression: true });
  const sent = [lines(500_000), 'short', lines(300)];
  for (const message of sent) void server.write(message);
  const closed = server.close({ code: 4000 });
  expect(server.state).toBe('closing');
  await expect(server.write('late')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
  const received: Message[] = [];
  for await (const message of client) received.push(message);
  expect(received).toEqual(sent);
  expect(await closed).toMatchObject({ code: 4000, wasClean: true });
});

test('close while a message is inflated drops it', async () => {
  const peer = compressing('server');
  await turns();
  peer.stream.feed(peer.bytesOf(compressed(lines(900_000)), text('behind')));
  const closed = peer.ws.close();
  await peer.send(compressed(lines(900_000)), compressed('small'), closeFrame(1000));
  peer.stream.feed(null);
  expect(await closed).toMatchObject({ code: 1000, wasClean: true });
  expect(peer.ws.tryRead()).toBeUndefined();
});

const settings = [
  ['takeover both ways', true],
  ['no takeover', { serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ['small windows', { serverMaxWindowBits: 9, clientMaxWindowBits: 10 }],
  ['the smallest window', { serverMaxWindowBits: 8, clientMaxWindowBits: 8 }],
  ['zlib alone', { codec: 'zlib' }],
  ['everything compressed', { threshold: 0 }],
] as const;

test.each(settings)(
  '%s: an echo of every size comes back byte for byte, in order',
  async (_, compression) => {
    const { client, server } = pair({ compression });
    void server.listen((message) => server.write(message));
    const lengths = [0, 1, 63, 64, 65, 300, 4096, 4097, 16_384, 16_385, 70_000, 300_000];
    const sent: Message[] = lengths.flatMap((length) => [
      lines(length),
      Buffer.from(lines(length)),
      randomBytes(length),
      'é'.repeat(length >> 1),
    ]);
    const writing = (async () => {
      for (const message of sent) await client.write(message);
    })();
    for (const message of sent) {
      const echo = await client.read();
      expect(Buffer.from(echo as string).equals(Buffer.from(message as string))).toBe(true);
      expect(typeof echo).toBe(typeof message);
    }
    await writing;
  },
);

test('two bulk senders that both echo never wait for each other, compressed or not', async () => {
  const { client, server } = pair({ compression: true });
  void server.listen((message) => server.write(message));
  const count = 60;
  let echoed = 0;
  void client.listen(() => {
    echoed += 1;
  });
  for (let index = 0; index < count; index += 1) {
    await client.write(index % 3 === 0 ? randomBytes(100_000) : lines(100_000 * (index % 3)));
  }
  await until(() => echoed === count);
  expect([client.isOpen, server.isOpen]).toEqual([true, true]);
});

test('a prepared message is compressed once, and fits wherever it is sent', async () => {
  const peers = [compressing('server'), compressing('server'), compressing('client')];
  const plain = rawPeer({ role: 'server' });
  const sockets = new Set([...peers, plain].map(({ ws }) => ws));
  const message = prepare(lines(2000));
  for (const ws of sockets) await ws.write(message);
  expect(broadcast(sockets, message)).toBe(4);
  expect(broadcast(sockets, lines(2000))).toBe(4);
  expect(broadcast(sockets, 'short')).toBe(4);
  await turns();
  for (const peer of peers) {
    expect(compressedFlags(peer)).toEqual([true, true, true, false]);
    const frames = peer.received();
    expect(frames.slice(0, 3).map(({ payload }) => inflated(payload).toString())).toEqual(
      Array.from({ length: 3 }, () => lines(2000)),
    );
  }
  expect(compressedFlags(plain)).toEqual([false, false, false, false]);
});

test('a large broadcast is compressed once in the thread pool, and keeps its place', async () => {
  const all = Array.from({ length: 3 }, () => pair({ compression: true }));
  const sockets = new Set(all.map(({ server }) => server));
  const large = lines(400_000);
  broadcast(sockets, 'first');
  broadcast(sockets, large);
  broadcast(sockets, lines(200));
  for (const server of sockets) void server.write('own');
  broadcast(sockets, 'last');
  for (const { client } of all) {
    for (const expected of ['first', large, lines(200), 'own', 'last']) {
      expect(await client.read()).toBe(expected);
    }
  }
});

test('a slow peer gets broadcasts with context takeover in an order that it can inflate', async () => {
  const { client, server } = pair({ compression: true });
  const sockets = new Set([server]);
  const sent: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    sent.push(lines(100 + index * 40));
    if (index % 3 === 0) void server.write(sent.at(-1)!);
    else broadcast(sockets, sent.at(-1)!);
    if (index % 7 === 0) await turns(1);
  }
  for (const message of sent) expect(await client.read()).toBe(message);
});

test.each([
  ['an unknown extension', { extensions: [{ name: 'x-other', parameters: [] }] }],
  ['two extensions', { extensions: [...deflated.extensions!, ...deflated.extensions!] }],
])('over with %s is a TypeError', (_, agreed) => {
  const stream = new MemoryStream();
  expect(() => WebSocket.over(stream, { role: 'server', agreed })).toThrow(TypeError);
});

test('a client refuses what it did not ask for', () => {
  const agreed: Agreed = {
    extensions: [{ name: 'permessage-deflate', parameters: [] }],
  };
  const options = { agreed, compression: { serverNoContextTakeover: true } };
  const over = (role: Role) => WebSocket.over(new MemoryStream(), { role, ...options });
  expect(() => over('client')).toThrow(TypeError);
  expect(over('server').isOpen).toBe(true);
});

test('a write that waits behind a large message is pending until its own turn', async () => {
  const { ws } = compressing('server');
  void ws.write(lines(900_000));
  const waiting = ws.write('waits');
  expect(await isPending(Promise.race([waiting, Promise.resolve('now')]))).toBe(false);
  await waiting;
  await until(() => ws.bufferedAmount === 0);
  expect(ws.isOpen).toBe(true);
});

test.each(endings)('%s while a message is inflated is no error of ours', async (_, end) => {
  const peer = compressing('server');
  await turns();
  peer.stream.feed(peer.bytesOf(text('before'), compressed(lines(900_000)), text('behind')));
  end(peer);
  peer.ws.terminate();
  await turns(50);
  expect(peer.errors).toEqual([]);
  expect(peer.ws.bufferedAmount).toBe(0);
});

test('what was being compressed when the connection ended counts no more', async () => {
  const { ws } = compressing('server');
  void ws.write(lines(500_000));
  void ws.write(lines(500_000));
  ws.terminate();
  expect(ws.bufferedAmount).toBe(0);
  await turns(50);
  expect(ws.bufferedAmount).toBe(0);
});

test('a message whose inflating is through after our close frame is dropped', async () => {
  const peer = compressing('server');
  const received: Message[] = [];
  void peer.ws.listen((message) => received.push(message));
  await turns();
  peer.stream.feed(peer.bytesOf(compressed(lines(900_000))));
  const closed = peer.ws.close();
  await turns(200);
  await peer.send(closeFrame(1000));
  peer.stream.feed(null);
  expect(await closed).toMatchObject({ code: 1000, wasClean: true });
  expect(received).toEqual([]);
});
