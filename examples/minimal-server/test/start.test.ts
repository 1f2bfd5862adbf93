import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { open } from '@postern/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DemoProcess } from './support/demo-process.js';
import { portOf } from './support/port-of.js';

let occupant: Server;
let takenPort: number;
let demo: DemoProcess;

beforeEach(async () => {
  occupant = createServer();
  await once(occupant.listen(0), 'listening');
  takenPort = portOf(occupant);
  demo = await DemoProcess.start(takenPort);
});

afterEach(() => {
  demo.kill();
  occupant.close();
});

test('takes the next free port when the one asked for is taken, and prints the address', async () => {
  const { protocol, hostname, port } = new URL(demo.url);
  expect(`${protocol}//${hostname}`).toBe('http://localhost');
  expect(Number(port)).toBeGreaterThan(takenPort);
  expect(demo.printed[0]).toBe(`Port ${takenPort} is taken.`);

  const response = await fetch(demo.url);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('<h1>The gatekeeper</h1>');
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s tells a client 1001 and exits with 0',
  async (signal) => {
    const ws = await open(demo.url);
    await ws.write('Peer?');
    expect(await ws.read()).toBe("No, I'm not!");
    demo.signal(signal);
    expect(await ws.closed).toMatchObject({ code: 1001, initiator: 'peer', wasClean: true });
    expect(await demo.ended()).toBe(0);
  },
);

// Ctrl+C reaches the whole process group, and a package manager in it may pass the signal on once more.
test('a second SIGINT does not spoil the clean end', async () => {
  const ws = await open(demo.url);
  demo.signal('SIGINT');
  demo.signal('SIGINT');
  expect(await ws.closed).toMatchObject({ code: 1001 });
  expect(await demo.ended()).toBe(0);
});

test('exits with 0 when nobody is connected', async () => {
  demo.signal('SIGINT');
  expect(await demo.ended()).toBe(0);
});

// Browsers open such connections in advance; http.Server.close() alone waits a minute for them.
test('a connection that has asked for nothing does not hold up the end', async () => {
  const idle = connect(Number(new URL(demo.url).port), 'localhost');
  await once(idle, 'connect');
  demo.signal('SIGINT');
  expect(await demo.ended()).toBe(0);
  idle.destroy();
});
