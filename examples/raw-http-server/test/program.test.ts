import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { open } from '@postern/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Program } from '../../shared/test/support/program.js';

let program: Program;
let url: string;

beforeEach(async () => {
  program = new Program(new URL('../server.mjs', import.meta.url));
  url = await program.url();
});
afterEach(() => program.kill());

test('answers requests and WebSockets on one port', async () => {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('<h1>A bare HTTP server</h1>');
  await open(url, async (ws) => {
    await ws.write('Good evening');
    expect(await ws.read()).toBe('Good evening');
    await ws.write(Buffer.of(1, 2, 3));
    expect(await ws.read()).toEqual(Buffer.of(1, 2, 3));
  });
});

test('refuses WebSockets elsewhere with 404', async () => {
  await expect(open(new URL('elsewhere', url))).rejects.toMatchObject({
    status: 404,
    body: 'Nobody listens here. Try “/”.\n',
  });
});

test('refuses the page of another site with 403', async () => {
  const opening = open(url, { origin: 'https://elsewhere.example' });
  await expect(opening).rejects.toMatchObject({ status: 403 });
});

test('refuses to become anything but a WebSocket', async () => {
  const socket = connect(Number(new URL(url).port), 'localhost');
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 501 /);
});

// Browsers open connections in advance; http.Server.close() alone waits a minute for those that have asked nothing.
test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s tells everyone 1001 and exits with 0, whoever else is connected',
  async (signal) => {
    const idle = connect(Number(new URL(url).port), 'localhost');
    await once(idle, 'connect');
    const ws = await open(url);
    program.signal(signal);
    expect(await ws.closed).toMatchObject({ code: 1001, initiator: 'peer', wasClean: true });
    expect(await program.ended()).toBe(0);
    idle.destroy();
  },
);
