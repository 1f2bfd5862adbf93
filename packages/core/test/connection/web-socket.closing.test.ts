import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import type { CloseInfo } from '../../src/connection/close-info.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import type { Role } from '../../src/protocol/protocol.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { pair } from '../../src/testing/pair.js';
import { MemoryStream } from './support/memory-stream.js';
import { binary, closeFrame, ping, rawPeer, text, type RawPeer } from './support/raw-peer.js';
import { tcpPair } from './support/sockets.js';
import { isPending, turns, until } from './support/turns.js';

const roles: Role[] = ['server', 'client'];

/** The payload of the close frames that the peer got, as code and reason. */
function closeFrames(peer: RawPeer): string[] {
  return peer
    .received()
    .filter(({ opcode }) => opcode === 8)
    .map(({ payload }) =>
      payload.length === 0 ? '' : `${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`,
    );
}

test.each(roles)(
  '%s: close sends a close frame, waits for the peer’s, and resolves when the socket is gone',
  async (role) => {
    const peer = rawPeer({ role });
    const { ws, stream } = peer;
    const closed = ws.close({ code: 4000, reason: 'that is all' });
    expect(ws.state).toBe('closing');
    expect(ws.isOpen).toBe(false);
    await turns();
    expect(closeFrames(peer)).toEqual(['4000 that is all']);
    expect(stream.finished).toBe(false);
    await peer.send(closeFrame(4000));
    expect(ws.state).toBe('closing');
    stream.feed(null);
    const info: CloseInfo = {
      code: 4000,
      reason: '',
      wasClean: true,
      initiator: 'local',
      cause: undefined,
    };
    expect(await closed).toEqual(info);
    expect(ws.state).toBe('closed');
    expect(ws.closeInfo).toEqual(info);
    expect(stream.finished).toBe(true);
  },
);

test('close has code 1000 and no reason unless told otherwise', async () => {
  const peer = rawPeer({ role: 'server' });
  void peer.ws.close();
  await turns();
  expect(closeFrames(peer)).toEqual(['1000 ']);
});

test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])(
  'close code %i may be sent (section 7.4)',
  async (code) => {
    const peer = rawPeer({ role: 'client' });
    void peer.ws.close({ code });
    await turns();
    expect(closeFrames(peer)).toEqual([`${code} `]);
  },
);

test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_536, -1, 1000.5, NaN, Infinity])(
  'close code %d is a RangeError, and nothing happens (section 7.4)',
  async (code) => {
    const peer = rawPeer({ role: 'client' });
    await expect(peer.ws.close({ code })).rejects.toThrow(RangeError);
    await turns();
    expect(peer.ws.isOpen).toBe(true);
    expect(peer.received()).toEqual([]);
  },
);

test('a close reason has at most 123 bytes of UTF-8', async () => {
  const peer = rawPeer({ role: 'server' });
  await expect(peer.ws.close({ reason: 'x'.repeat(124) })).rejects.toThrow(
    new RangeError('close reason of 124 bytes, expected at most 123'),
  );
  await expect(peer.ws.close({ reason: 'é'.repeat(62) })).rejects.toThrow(RangeError);
  expect(peer.ws.isOpen).toBe(true);
  const reason = 'é'.repeat(61);
  void peer.ws.close({ reason });
  await turns();
  expect(closeFrames(peer)).toEqual([`1000 ${reason}`]);
});

test.each([
  ['a code that is no number', { code: '1000' }, TypeError],
  ['a reason that is no string', { reason: 5 }, TypeError],
  ['bytes as a reason', { reason: Buffer.from('bytes') }, TypeError],
  ['a timeout below 0', { timeout: -1 }, RangeError],
  ['a timeout that is no number', { timeout: '1000' }, RangeError],
  ['a timeout without end', { timeout: Infinity }, RangeError],
  ['a timeout longer than timers are', { timeout: 2 ** 31 }, RangeError],
])('close with %s is refused', async (_, options, expected) => {
  const { ws } = rawPeer({ role: 'server' });
  await expect(ws.close(options as object)).rejects.toThrow(expected);
  expect(ws.isOpen).toBe(true);
});

test('close is idempotent: one close frame, one end', async () => {
  const peer = rawPeer({ role: 'client' });
  const first = peer.ws.close({ code: 4001 });
  const second = peer.ws.close({ code: 4002 });
  await turns();
  expect(closeFrames(peer)).toEqual(['4001 ']);
  await peer.send(closeFrame(4001));
  peer.stream.feed(null);
  expect(await first).toMatchObject({ code: 4001 });
  expect(await second).toBe(await first);
  expect(await peer.ws.close({ code: 4003 })).toBe(await first);
  await turns();
  expect(closeFrames(peer)).toEqual(['4001 ']);
});

test.each(roles)(
  '%s: the peer’s close frame is echoed with its code and without its reason',
  async (role) => {
    const peer = rawPeer({ role });
    await peer.send(closeFrame(4005, 'enough of this'));
    expect(closeFrames(peer)).toEqual(['4005 ']);
    expect(peer.ws.closeInfo).toEqual({
      code: 4005,
      reason: 'enough of this',
      wasClean: true,
      initiator: 'peer',
      cause: undefined,
    });
    peer.stream.feed(null);
    expect(await peer.ws.closed).toBe(peer.ws.closeInfo);
  },
);

test('a close frame without a code is 1005, and echoed empty', async () => {
  const peer = rawPeer({ role: 'server' });
  await peer.send(closeFrame());
  expect(closeFrames(peer)).toEqual(['']);
  expect(peer.ws.closeInfo).toMatchObject({ code: 1005, reason: '', wasClean: true });
});

test('both ends may close at the same time', async () => {
  const { client, server } = pair();
  const [atClient, atServer] = await Promise.all([
    client.close({ code: 4001, reason: 'from the client' }),
    server.close({ code: 4002, reason: 'from the server' }),
  ]);
  expect(atClient).toMatchObject({ code: 4002, reason: 'from the server', initiator: 'local' });
  expect(atServer).toMatchObject({ code: 4001, reason: 'from the client', initiator: 'local' });
  expect(atClient.wasClean && atServer.wasClean).toBe(true);
});

test('nothing is sent after a close frame, and nothing heard after the peer’s', async () => {
  const peer = rawPeer({ role: 'server' });
  const received: unknown[] = [];
  void peer.ws.listen((message) => received.push(message));
  await peer.send(text('before'), closeFrame(1000), text('after'), ping('after'), { opcode: 3 });
  expect(received).toEqual(['before']);
  expect(peer.received().map(({ opcode }) => opcode)).toEqual([8]);
  expect(peer.ws.closeInfo).toMatchObject({ code: 1000, wasClean: true });
});

test('what was written before close goes out before the close frame', async () => {
  const { client, server } = pair();
  const sent = [Buffer.alloc(200_000, 1), Buffer.alloc(10, 2), Buffer.alloc(100_000, 3)];
  for (const message of sent) server.send(message);
  void server.close();
  const received: unknown[] = [];
  for await (const message of client) received.push(message);
  expect(received).toEqual(sent);
  expect(await client.closed).toMatchObject({ code: 1000, wasClean: true, initiator: 'peer' });
});

test('the server ends the socket first, the client waits for it (section 7.1.1)', async () => {
  const server = rawPeer({ role: 'server' });
  await server.send(closeFrame(1000));
  expect(server.stream.finished).toBe(true);
  const client = rawPeer({ role: 'client' });
  await client.send(closeFrame(1000));
  expect(closeFrames(client)).toEqual(['1000 ']);
  expect(client.stream.finished).toBe(false);
  client.stream.feed(null);
  await client.ws.closed;
  expect(client.stream.finished).toBe(true);
});

test.each(roles)(
  '%s, threat 25: a peer that never answers a close is cut off after closeTimeout',
  async (role) => {
    const clock = fakeClock();
    const { ws, stream } = rawPeer({ role, clock });
    const closed = ws.close();
    await clock.advance(9999);
    expect(ws.state).toBe('closing');
    await clock.advance(1);
    expect(ws.state).toBe('closed');
    expect(stream.destroyed).toBe(true);
    expect(await closed).toMatchObject({
      code: 1006,
      wasClean: false,
      initiator: 'local',
      cause: {
        code: 'POSTERN_ERR_CLOSE_TIMEOUT',
        message: 'closing handshake not completed within 10000 ms',
      },
    });
  },
);

test.each(roles)(
  '%s, threat 25: a socket that lingers after the closing handshake is destroyed',
  async (role) => {
    const clock = fakeClock();
    const { ws, stream, send } = rawPeer({ role, clock });
    await send(closeFrame(1000));
    await clock.advance(9999);
    expect(ws.state).toBe('closing');
    await clock.advance(1);
    expect(stream.destroyed).toBe(true);
    expect(await ws.closed).toMatchObject({ code: 1000, wasClean: true, initiator: 'peer' });
    expect(clock.pendingTimers).toBe(0);
  },
);

test('the timeout of close and the option closeTimeout', async () => {
  const clock = fakeClock();
  const byCall = rawPeer({ role: 'server', clock });
  const byOption = rawPeer({ role: 'server', clock, closeTimeout: 500 });
  void byCall.ws.close({ timeout: 200 });
  void byOption.ws.close();
  await clock.advance(200);
  expect(byCall.ws.closeInfo).toMatchObject({ cause: { code: 'POSTERN_ERR_CLOSE_TIMEOUT' } });
  expect(byOption.ws.closeInfo).toBeUndefined();
  await clock.advance(300);
  expect(byOption.ws.state).toBe('closed');
});

test('close with timeout 0 waits for nobody, but lets the close frame go', async () => {
  const clock = fakeClock();
  const peer = rawPeer({ role: 'server', clock });
  const closed = peer.ws.close({ timeout: 0 });
  await clock.advance(0);
  expect(await closed).toMatchObject({ cause: { code: 'POSTERN_ERR_CLOSE_TIMEOUT' } });
  expect(closeFrames(peer)).toEqual(['1000 ']);
});

test.each(roles)(
  '%s: the peer’s FIN without a close frame is 1006 by the network, with a coded cause',
  async (role) => {
    const { ws, stream } = rawPeer({ role });
    stream.feed(null);
    expect(await ws.closed).toMatchObject({
      code: 1006,
      reason: '',
      wasClean: false,
      initiator: 'network',
      cause: {
        code: 'POSTERN_ERR_CONNECTION_LOST',
        message: 'the peer ended the socket without a close frame',
      },
    });
    expect(stream.finished).toBe(true);
  },
);

test.each(roles)(
  '%s: an error of the socket is 1006 by the network, and the cause of the cause',
  async (role) => {
    const { ws, stream } = rawPeer({ role });
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    stream.destroy(reset);
    expect(await ws.closed).toMatchObject({
      code: 1006,
      wasClean: false,
      initiator: 'network',
      cause: {
        code: 'POSTERN_ERR_CONNECTION_LOST',
        message: 'the socket failed: read ECONNRESET',
        cause: reset,
      },
    });
  },
);

test('a socket that is destroyed by somebody else is 1006 by the network', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  stream.destroy();
  expect(await ws.closed).toMatchObject({ code: 1006, initiator: 'network' });
});

test.each(roles)('%s: over TCP, a FIN and a RST of the peer', async (role) => {
  const fin = await tcpPair();
  const ended = WebSocket.over(fin.near, { role });
  fin.far.end();
  expect(await ended.closed).toMatchObject({ code: 1006, initiator: 'network' });
  const rst = await tcpPair();
  const reset = WebSocket.over(rst.near, { role });
  rst.far.resetAndDestroy();
  expect(await reset.closed).toMatchObject({
    code: 1006,
    initiator: 'network',
    cause: { code: 'POSTERN_ERR_CONNECTION_LOST', cause: { code: 'ECONNRESET' } },
  });
});

test('an error of the socket after a clean end changes nothing', async () => {
  const peer = rawPeer({ role: 'client' });
  await peer.send(closeFrame(1000));
  peer.stream.destroy(new Error('reset'));
  expect(await peer.ws.closed).toMatchObject({ code: 1000, wasClean: true, cause: undefined });
});

test('a FIN in the place of an answer to our close frame is no clean end', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  const closed = ws.close({ code: 4000 });
  await turns();
  stream.feed(null);
  expect(await closed).toMatchObject({ code: 1006, wasClean: false, initiator: 'network' });
});

const failures: [what: string, frames: Parameters<RawPeer['send']>, code: number, cause: string][] =
  [
    ['a reserved opcode', [{ opcode: 3 }], 1002, 'POSTERN_ERR_OPCODE'],
    [
      'text that is not UTF-8',
      [{ opcode: 1, payload: Buffer.from([0xff]) }],
      1007,
      'POSTERN_ERR_UTF8',
    ],
    [
      'a message that is too large',
      [binary(Buffer.alloc(1001))],
      1009,
      'POSTERN_ERR_MESSAGE_TOO_BIG',
    ],
    [
      'too many fragments',
      [
        { ...text('a'), fin: false },
        { opcode: 0, fin: false },
        { opcode: 0, fin: false },
        { opcode: 0, fin: false },
      ],
      1008,
      'POSTERN_ERR_TOO_MANY_FRAGMENTS',
    ],
    ['a bad close frame', [closeFrame(1005)], 1002, 'POSTERN_ERR_CLOSE_FRAME'],
  ];

test.each(roles.flatMap((role) => failures.map((failure) => [role, ...failure] as const)))(
  '%s: %s fails the connection with a close frame that says so (section 7.1.7)',
  async (role, _, frames, code, cause) => {
    const peer = rawPeer({ role, maxMessageSize: 1000, maxFragments: 3 });
    await peer.send(...frames, text('of no interest'));
    const { closeInfo } = peer.ws;
    expect(closeInfo).toMatchObject({
      code,
      wasClean: false,
      initiator: 'local',
      cause: { name: 'ProtocolError', code: cause, closeCode: code },
    });
    expect(closeInfo!.reason).toBe((closeInfo!.cause as Error).message);
    expect(closeFrames(peer)).toEqual([`${code} ${closeInfo!.reason}`]);
    expect(peer.stream.finished).toBe(true);
    expect(peer.errors).toEqual([]);
    expect(peer.ws.tryRead()).toBeUndefined();
    peer.stream.feed(null);
    expect(await peer.ws.closed).toBe(closeInfo);
  },
);

test('threat 16: what the peer breaks ends its own connection and no other', async () => {
  const bad = rawPeer({ role: 'server' });
  const good = rawPeer({ role: 'server' });
  await bad.send({ opcode: 15, reserved: 7, fin: false, payload: Buffer.alloc(130) });
  await good.send(text('still here'));
  expect(bad.ws.closeInfo).toMatchObject({ code: 1002 });
  expect(good.ws.tryRead()).toBe('still here');
});

test('after our close frame a broken frame ends the connection without a second one', async () => {
  const peer = rawPeer({ role: 'client' });
  void peer.ws.close({ code: 4000 });
  await peer.send({ opcode: 3 });
  expect(closeFrames(peer)).toEqual(['4000 ']);
  expect(peer.ws.closeInfo).toMatchObject({ code: 1002, wasClean: false });
  expect(peer.stream.finished).toBe(true);
});

test('what a failed peer goes on sending is read and thrown away, so that it sees the close frame', async () => {
  const { near, far } = await tcpPair();
  const ws = WebSocket.over(near, { role: 'client' });
  far.write(Buffer.from('8300', 'hex'));
  await until(() => ws.closeInfo !== undefined);
  const got: Buffer[] = [];
  far.on('data', (chunk: Buffer) => got.push(chunk));
  const ended = new Promise((resolve) => far.once('end', resolve));
  for (let count = 0; count < 100; count += 1) far.write(Buffer.alloc(10_000));
  await ended;
  far.end();
  await ws.closed;
  expect(Buffer.concat(got)[0]).toBe(0x88);
});

test.each(roles)('%s: terminate destroys the socket at once', async (role) => {
  const peer = rawPeer({ role });
  peer.ws.send('never leaves');
  peer.ws.terminate();
  expect(peer.ws.state).toBe('closed');
  expect(peer.stream.destroyed).toBe(true);
  expect(await peer.ws.closed).toMatchObject({
    code: 1006,
    wasClean: false,
    initiator: 'local',
    cause: { code: 'POSTERN_ERR_TERMINATED' },
  });
  peer.ws.terminate();
  await turns();
  expect(peer.received()).toEqual([]);
});

test('terminate during a closing handshake ends it; after a clean one it changes nothing', async () => {
  const during = rawPeer({ role: 'client' });
  const closed = during.ws.close();
  during.ws.terminate();
  expect(await closed).toMatchObject({ cause: { code: 'POSTERN_ERR_TERMINATED' } });
  const after = rawPeer({ role: 'client' });
  await after.send(closeFrame(1000));
  after.ws.terminate();
  expect(await after.ws.closed).toMatchObject({ code: 1000, wasClean: true });
});

test('closed is one promise, also when it is first asked for after the end', async () => {
  const { ws } = rawPeer({ role: 'server' });
  const closed = ws.closed;
  expect(ws.closed).toBe(closed);
  expect(await isPending(closed)).toBe(true);
  ws.terminate();
  expect(await closed).toBe(ws.closeInfo);
  const other = rawPeer({ role: 'server' });
  other.ws.terminate();
  expect(await other.ws.closed).toBe(other.ws.closeInfo);
  expect(other.ws.closed).toBe(other.ws.closed);
});

test('closed resolves when the socket is gone, closeInfo is there as soon as it is known', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  expect(ws.closeInfo).toBeUndefined();
  await send(closeFrame(1001));
  expect(ws.closeInfo).toMatchObject({ code: 1001 });
  expect(await isPending(ws.closed)).toBe(true);
  stream.feed(null);
  await ws.closed;
});

test('the signal fires at the end, with the error that readers get', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const { signal } = ws;
  expect(ws.signal).toBe(signal);
  expect(signal.aborted).toBe(false);
  await send(closeFrame(4000, 'bye'));
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ name: 'ConnectionClosedError', closeCode: 4000 });
});

test('a signal that is first asked for after the end has fired', async () => {
  const { ws } = rawPeer({ role: 'server' });
  ws.terminate();
  expect(ws.signal.aborted).toBe(true);
  expect(ws.signal.reason).toMatchObject({ closeCode: 1006 });
});

test('the state goes from open over closing to closed', async () => {
  const { client, server } = pair();
  const states = [client.state];
  const closed = client.close();
  states.push(client.state);
  await closed;
  states.push(client.state);
  expect(states).toEqual(['open', 'closing', 'closed']);
  await server.closed;
  expect([server.state, server.isOpen]).toEqual(['closed', false]);
});

test('inspect prints the role and the state', async () => {
  const { client, server } = pair();
  expect(inspect(server)).toBe('WebSocket(server, OPEN)');
  const closed = client.close();
  expect(inspect(client)).toBe('WebSocket(client, CLOSING)');
  await closed;
  expect(inspect({ client })).toBe('{ client: WebSocket(client, CLOSED) }');
});

test('Symbol.asyncDispose closes with 1000', async () => {
  const { client, server } = pair();
  await client[Symbol.asyncDispose]();
  expect(client.state).toBe('closed');
  expect(await server.closed).toMatchObject({ code: 1000, wasClean: true, initiator: 'peer' });
  await client[Symbol.asyncDispose]();
});

test('a stream that is gone before it is handed over is the end', async () => {
  const destroyed = new MemoryStream();
  destroyed.destroy();
  const ws = WebSocket.over(destroyed, { role: 'server' });
  expect(await ws.closed).toMatchObject({ code: 1006, initiator: 'network' });
  const ended = new MemoryStream();
  ended.feed(null);
  ended.resume();
  await turns();
  const late = WebSocket.over(ended, { role: 'client' });
  expect(await late.closed).toMatchObject({ code: 1006, initiator: 'network' });
});

test('a stream that is gone, with bytes that came before it went', async () => {
  const { bytesOf } = rawPeer({ role: 'server' });
  const destroyed = new MemoryStream();
  destroyed.destroy();
  const ws = WebSocket.over(destroyed, { role: 'server', head: bytesOf(text('early')) });
  expect(await ws.read()).toBe('early');
  await expect(ws.read()).rejects.toMatchObject({ closeCode: 1006 });
});

test('over wants a role', () => {
  const stream = new MemoryStream();
  expect(() => WebSocket.over(stream, { role: 'peer' as Role })).toThrow(
    new TypeError("role is peer, expected 'server' or 'client'"),
  );
  expect(() => WebSocket.over(stream, {} as { role: Role })).toThrow(TypeError);
});

test('over says which subprotocol was agreed on, and which end it is', () => {
  const { ws } = rawPeer({ role: 'server', agreed: { subprotocol: 'chat' } });
  expect([ws.subprotocol, ws.role]).toEqual(['chat', 'server']);
  const other = rawPeer({ role: 'client' });
  expect([other.ws.subprotocol, other.ws.role]).toEqual(['', 'client']);
});

test('a duplex that errors later than it ends does not end the process', async () => {
  const { ws, stream } = rawPeer({ role: 'server' });
  ws.terminate();
  await ws.closed;
  stream.emit('error', new Error('late'));
  expect(ws.closeInfo).toMatchObject({ cause: { code: 'POSTERN_ERR_TERMINATED' } });
});

test('accept is a matter of course where the handshake is done, refuse a StateError', async () => {
  const { ws } = rawPeer({ role: 'server' });
  await ws.accept();
  expect(() => ws.refuse(403)).toThrow(
    expect.objectContaining({ name: 'StateError', code: 'POSTERN_ERR_ALREADY_DECIDED' }),
  );
});
