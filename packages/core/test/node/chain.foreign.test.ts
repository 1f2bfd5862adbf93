import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';

import { attach } from '../../src/node/attach.js';
import { fakeClock } from '../../src/testing/index.js';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(chain: RequestListener): Promise<Server> {
  const server = createServer(chain);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const handshake = [
  'GET /theirs HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');

/** All that the server sends until it ends the socket. */
function answerTo(server: Server, request: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.end();
      resolve(answer);
    });
  });
}

test("a chain's 404 leaves the socket to another listener that answers late", async () => {
  let answerLate = (): void => undefined;
  const server = await listening((request, response) => {
    response.once('close', () => answerLate());
    response.writeHead(404).end('nothing');
  });
  server.on('upgrade', (request, socket: Duplex) => {
    answerLate = () => void socket.end('HTTP/1.1 418 late\r\nConnection: close\r\n\r\n');
  });
  attach(server);
  expect(await answerTo(server, handshake)).toMatch(/^HTTP\/1\.1 418 late/);
});

test('the 503 at the deadline arrives although the client has sent early bytes', async () => {
  const clock = fakeClock();
  const server = await listening(() => undefined);
  attach(server, { clock, onError: () => undefined });
  const answer = answerTo(server, `${handshake}${'early'.repeat(1000)}`);
  while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(10_000);
  expect(await answer).toMatch(/^HTTP\/1\.1 503 [^]*neither accepted nor refused within 10 s/);
});

test('a refusal with keep-alive among its headers ends the connection all the same', async () => {
  const errors: unknown[] = [];
  const server = await listening((request, response) => {
    response.writeHead(401, 'Who are you', { Connection: 'keep-alive', 'X-Why': ['a', 'b'] });
    response.end('log in first');
  });
  attach(server, { onError: (error) => errors.push(error) });
  const answer = await answerTo(server, handshake);
  expect(answer).toMatch(/^HTTP\/1\.1 401 Who are you\r\n/);
  expect(answer.toLowerCase()).toContain('connection: close');
  expect(answer.toLowerCase()).not.toContain('keep-alive');
  expect(answer).toMatch(/x-why: a\r\nx-why: b/i);
  expect(errors).toEqual([]);
});
