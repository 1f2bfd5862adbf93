import { expect, test } from 'vitest';

import { WebSocket } from '../../src/connection/web-socket.js';
import type { MessageData } from '../../src/connection/message-data.js';
import { resolveConnectionOptions } from '../../src/connection/options.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { pair } from '../../src/testing/pair.js';
import { closeFrame, rawPeer, text, type RawPeer } from './support/raw-peer.js';
import { unhandledRejections } from './support/rejections.js';
import { turns } from './support/turns.js';

// DESIGN: no promise that a method returns can become an unhandled rejection; whoever awaits it still sees it.

/** Calls every method that returns a promise, several times and wrongly too, and looks at none of them. */
function ignoreEverything(ws: WebSocket): void {
  const nonsense = 5 as unknown as MessageData;
  const large = Buffer.alloc(20_000);
  void ws.read();
  void ws.read();
  void ws.read({ signal: AbortSignal.abort(new Error('aborted')) });
  void ws.readGuarded();
  void ws[Symbol.asyncIterator]().next();
  void ws.bursts().next();
  void ws.listen(() => Promise.reject(new Error('of the listener')));
  void ws.listen(nonsense as never);
  for (const data of ['text', large, nonsense]) {
    void ws.write(data);
    void ws.writeGuarded(data);
    void ws.ping(data === large ? undefined : data);
    void ws.ping('x'.repeat(200));
    void ws.pong(data);
  }
  void ws.write(Buffer.from([0xff]), { text: true });
  void ws.accept();
  void ws.close({ code: 5 });
  void ws.close({ reason: 'x'.repeat(200) });
  void ws.closed;
}

const endings: [name: string, end: (peer: RawPeer) => unknown][] = [
  ['a clean end by the peer', (peer) => peer.send(closeFrame(1000))],
  ['a clean end by us', (peer) => void peer.ws.close()],
  ['terminate', (peer) => peer.ws.terminate()],
  ['a reset', (peer) => peer.stream.destroy(new Error('reset'))],
  ['a FIN', (peer) => peer.stream.feed(null)],
  ['a protocol error', (peer) => peer.send({ opcode: 3 })],
  ['a write that fails', (peer) => (peer.stream.failing = new Error('EPIPE'))],
];

test.each(endings)('all promises may be ignored, before and after %s', async (_, end) => {
  const rejections = unhandledRejections();
  const peer = rawPeer({ role: 'server' });
  peer.stream.holding = true;
  ignoreEverything(peer.ws);
  await turns();
  ignoreEverything(peer.ws);
  await peer.send(text('a message'));
  end(peer);
  await turns();
  ignoreEverything(peer.ws);
  peer.ws.terminate();
  await turns();
  ignoreEverything(peer.ws);
  await turns();
  expect(rejections).toEqual([]);
});

test.each(endings)(
  'promises of a listening connection may be ignored, before and after %s',
  async (_, end) => {
    const rejections = unhandledRejections();
    const peer = rawPeer({ role: 'client' });
    void peer.ws.listen(async (message) => {
      await peer.ws.write(message);
      throw new Error('of the listener');
    });
    peer.stream.holding = true;
    void peer.ws.write(Buffer.alloc(200_000));
    await turns();
    ignoreEverything(peer.ws);
    await peer.send(text('one'), text('two'));
    end(peer);
    await turns();
    ignoreEverything(peer.ws);
    peer.ws.terminate();
    await turns();
    expect(rejections).toEqual([]);
  },
);

test('promises of a connection that is not open yet may be ignored', async () => {
  const rejections = unhandledRejections();
  const ws = new WebSocket('server', resolveConnectionOptions(), {
    onError: () => undefined,
    onClosed: () => undefined,
  });
  ignoreEverything(ws);
  await turns();
  expect(rejections).toEqual([]);
});

test('overflow and dropped messages may be ignored', async () => {
  const rejections = unhandledRejections();
  for (const overflow of ['close', 'drop'] as const) {
    const { ws, stream } = rawPeer({ role: 'server', overflow, maxSendBuffer: 1000 });
    stream.holding = true;
    for (let count = 0; count < 20; count += 1) {
      void ws.write(Buffer.alloc(100_000));
      void ws.writeGuarded('small');
      await turns(1);
    }
    ws.terminate();
  }
  await turns();
  expect(rejections).toEqual([]);
});

test('pings that are given up may be ignored', async () => {
  const rejections = unhandledRejections();
  const clock = fakeClock();
  const { client } = pair({ clock, heartbeatInterval: 10, heartbeatTimeout: 0 });
  for (let count = 0; count < 200; count += 1) void client.ping();
  client.terminate();
  await clock.advance(100);
  expect(rejections).toEqual([]);
});

test('whoever awaits a promise late still sees its rejection', async () => {
  const { ws } = rawPeer({ role: 'server' });
  const read = ws.read();
  const second = ws.read();
  const ping = ws.ping();
  ws.terminate();
  const write = ws.write('late');
  await turns();
  await expect(read).rejects.toMatchObject({ name: 'ConnectionClosedError' });
  await expect(second).rejects.toMatchObject({ name: 'StateError' });
  await expect(ping).rejects.toMatchObject({ name: 'ConnectionClosedError' });
  await expect(write).rejects.toMatchObject({ name: 'ConnectionClosedError' });
});
