import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/client/open.js';
import type { HandshakeEvent } from '../../src/connection/diagnostics.js';
import { HandshakeError } from '../../src/handshake/errors.js';
import { serve } from '../../src/node/serve.js';
import { serveRaw, switching } from './support/raw-server.js';

/** What clients tell on `postern:handshake` until the test has finished. */
function told(): HandshakeEvent[] {
  const events: HandshakeEvent[] = [];
  const onEvent = (event: unknown): void => {
    const seen = event as HandshakeEvent;
    if (seen.role === 'client') events.push(seen);
  };
  subscribe('postern:handshake', onEvent);
  onTestFinished(() => void unsubscribe('postern:handshake', onEvent));
  return events;
}

test('a client that is let in is told before it is open, with what was agreed on', async () => {
  const events = told();
  const order: string[] = [];
  const onHandshake = (event: unknown): void =>
    void ((event as HandshakeEvent).role === 'client' && order.push('handshake'));
  const onOpen = (event: unknown): void =>
    void ((event as HandshakeEvent).ws?.role === 'client' && order.push('open'));
  subscribe('postern:handshake', onHandshake);
  subscribe('postern:open', onOpen);
  onTestFinished(() => void unsubscribe('postern:handshake', onHandshake));
  onTestFinished(() => void unsubscribe('postern:open', onOpen));
  const server = await serve({
    host: '127.0.0.1',
    subprotocols: ['chat'],
    websocket: (_, ws) => ws.listen(() => {}),
  });
  onTestFinished(() => server.close({ grace: 0 }));
  const url = new URL(`${server.url}/room?x=1`);
  url.username = 'me';
  url.password = 'secret';
  const ws = await open(url, { subprotocols: ['chat'], headers: { 'X-More': 'y' } });
  expect(order).toEqual(['handshake', 'open']);
  expect(events).toEqual([
    {
      role: 'client',
      ws,
      request: {
        method: 'GET',
        url: `ws://127.0.0.1:${server.port}/room?x=1`,
        headers: expect.objectContaining({ upgrade: 'websocket', 'x-more': 'y' }) as unknown,
        clientAddress: '',
      },
      outcome: 'accepted',
      status: 101,
      subprotocol: 'chat',
      connections: undefined,
      error: undefined,
    },
  ]);
  await ws.close();
});

test.each<[string, string, object]>([
  ['is refused', 'HTTP/1.1 403 Forbidden\r\n\r\n', { outcome: 'refused', status: 403 }],
  [
    'gets a 101 that is wrong',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    { outcome: 'failed', status: 101 },
  ],
  ['gets no answer', '', { outcome: 'failed', status: undefined }],
])('a client that %s is told once, with the error of open', async (_, answer, expected) => {
  const events = told();
  const server = await serveRaw(({ socket }) => void socket.end(answer));
  const error: unknown = await open(`${server.url}/a`).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HandshakeError);
  expect(events).toMatchObject([
    { ws: undefined, request: { url: `${server.url}/a` }, ...expected },
  ]);
  expect(events[0]!.error).toBe(error);
});

test.each([
  ['an error', new Error('enough'), { message: 'enough' }],
  ['anything', 'enough', { message: 'the opening handshake was given up', cause: 'enough' }],
])('a signal that aborts with %s is a failure', async (_, reason, error) => {
  const events = told();
  const given = new AbortController();
  const server = await serveRaw(() => given.abort(reason));
  await expect(open(server.url, { signal: given.signal })).rejects.toBe(reason);
  expect(events).toMatchObject([{ outcome: 'failed', status: undefined, error }]);
});

test('a redirect is told of once, with where it led', async () => {
  const events = told();
  const server = await serveRaw(({ socket, head, key }) => {
    if (head.includes('/there')) socket.write(switching(key));
    else socket.end('HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n');
  });
  const ws = await open(`${server.url}/here`, { maxRedirects: 1 });
  expect(events).toMatchObject([{ outcome: 'accepted', request: { url: `${server.url}/there` } }]);
  ws.terminate();
});

test('a mistake of the caller is no handshake', async () => {
  const events = told();
  await expect(open('ws://127.0.0.1:1', { headers: { Upgrade: 'h2c' } })).rejects.toThrow(
    TypeError,
  );
  await expect(open('ftp://127.0.0.1')).rejects.toThrow(TypeError);
  expect(events).toEqual([]);
});
