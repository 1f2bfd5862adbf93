import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebSocketServer } from '@postern/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../server.mjs';

let server: WebSocketServer;

beforeAll(async () => {
  server = await start({ port: 0 });
});
afterAll(() => server.close());

test.each([
  ['GET', '/', 200, 'text/html'],
  ['GET', '/?from=bookmark', 200, 'text/html'],
  ['HEAD', '/', 200, 'text/html'],
  ['GET', '/page.css', 200, 'text/css'],
  ['GET', '/page.js', 200, 'text/javascript'],
  ['GET', '/favicon.svg', 200, 'image/svg+xml'],
  ['GET', '/gatekeeper.mjs', 200, 'text/javascript'],
  ['GET', '/server.mjs', 404, 'text/plain'],
  ['GET', '/../package.json', 404, 'text/plain'],
  ['GET', '//', 404, 'text/plain'],
])('%s %s is answered with %i', async (method, path, status, type) => {
  const { head } = await ask(method, path);
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toContain(`content-type: ${type}`);
});

test('a method that changes things is refused', async () => {
  const { head } = await ask('POST', '/');
  expect(head).toMatch(/^HTTP\/1.1 405 /);
  expect(head).toContain('allow: get, head');
});

test('the page names nothing that is not on this server', async () => {
  for (const path of ['/', '/page.css', '/page.js', '/favicon.svg']) {
    const { body } = await ask('GET', path);
    const addresses = body.match(/https?:\/\/[^\s'"]+/g) ?? [];
    expect(addresses.filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([]);
  }
});

/** Asks over a bare socket: `fetch` would tidy the path first. */
async function ask(method: string, path: string): Promise<{ head: string; body: string }> {
  const socket = connect(server.port, 'localhost');
  await once(socket, 'connect');
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const [head = '', body = ''] = (await text(socket)).split(/\r\n\r\n(.*)/s);
  return { head: head.toLowerCase().replace('http/', 'HTTP/'), body };
}
