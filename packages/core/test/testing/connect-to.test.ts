import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { attach } from '../../src/node/attach.js';
import { connectTo, type ServesHttp } from '../../src/testing/connect-to.js';

async function echo(ws: WebSocket): Promise<void> {
  for await (const message of ws) await ws.write(message);
}

test.each([
  ['node:http', () => createServer()],
  ['node:https', () => createSecureServer()],
])('connects to a server of %s that does not listen', async (_, create) => {
  const server = create();
  const paths: string[] = [];
  attach(server, {
    websocket: (request, ws) => {
      paths.push(request.url);
      return echo(ws);
    },
  });
  await using ws = await connectTo(server, '/path?query');
  await ws.write('hello');
  expect(await ws.read()).toBe('hello');
  expect(ws.role).toBe('client');
  expect(paths).toEqual(['/path?query']);
  expect(server.listening).toBe(false);
});

test('connects to whatever has a server, at / unless told otherwise', async () => {
  const server = createServer();
  let url: string | undefined;
  attach(server, {
    websocket: (request, ws) => {
      url = request.url;
      return echo(ws);
    },
  });
  const ws = await connectTo({ server });
  await ws.close();
  expect(url).toBe('/');
});

test('a refusal is a HandshakeError, as over the network', async () => {
  const server = createServer();
  attach(server, { websocket: (request, ws) => ws.refuse(401, { body: 'who are you?' }) });
  await expect(connectTo(server, '/')).rejects.toMatchObject({
    name: 'HandshakeError',
    status: 401,
  });
});

test('takes the options of open', async () => {
  const server = createServer();
  attach(server, { websocket: (request, ws) => echo(ws), subprotocols: ['chat'] });
  await using ws = await connectTo(server, '/', { subprotocols: ['other', 'chat'] });
  expect(ws.subprotocol).toBe('chat');
});

test.each([
  [
    'a path without a slash',
    createServer(),
    'chat',
    "path is 'chat', expected one that begins with '/'",
  ],
  [
    'something that is no server',
    { server: {} },
    '/',
    'server is no HTTP server and has none, expected one',
  ],
  ['nothing at all', {}, '/', 'server is no HTTP server and has none, expected one'],
])('%s is a TypeError', async (_, server, path, message) => {
  const connect = async () => connectTo(server as ServesHttp, path);
  await expect(connect()).rejects.toThrow(new TypeError(message));
});
