import { request } from 'node:http';
import type { WebSocketServer } from '@postern/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../server.mjs';

let server: WebSocketServer;

beforeAll(async () => {
  server = await start({ port: 0 });
});
afterAll(() => server.close());

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]', '192.168.1.20', '[fe80::1]'])(
  'lets in a page that was opened at %s',
  async (host) => {
    expect(await knock({ host: `${host}:80`, origin: `http://${host}:80` })).toBe(101);
  },
);

test('lets in a program that sends no origin', async () => {
  expect(await knock({ host: 'localhost' })).toBe(101);
});

test.each(['stranger.example', 'localhost.stranger.example', '127.0.0.1.stranger.example'])(
  'refuses a page that was opened at %s, a name that anyone may give to this machine',
  async (host) => {
    expect(await knock({ host, origin: `http://${host}` })).toBe(403);
  },
);

test.each(['http://stranger.example', 'http://localhost:1', 'null', 'what', ''])(
  'refuses the origin "%s" at another host',
  async (origin) => {
    expect(await knock({ host: 'localhost', origin })).toBe(403);
  },
);

/** Asks for a WebSocket with these headers; the status of the answer. */
function knock(headers: Record<string, string>): Promise<number | undefined> {
  const handshake = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  return new Promise((resolve, reject) => {
    const asked = request({ port: server.port, headers: { ...handshake, ...headers } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    asked.end();
  });
}
