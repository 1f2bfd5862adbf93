import { createConnection, createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { runClientCases } from '../src/run-client-cases.js';
import { runServerCases } from '../src/run-server-cases.js';

const impatient = { timeout: 5, concurrency: 100 };

test('a server that never says a word passes no case', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const results = await runServerCases({ url: `ws://127.0.0.1:${port}/`, ...impatient });
  server.close();
  const passed = results.filter(({ outcome }) => outcome === 'passed');
  expect(passed.map(({ id }) => id)).toEqual([]);
});

test('a client that never says a word passes no case', async () => {
  const connect = (url: string): Promise<void> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(url);
      const socket = createConnection(Number(port), hostname);
      socket.on('error', () => {}).on('close', () => resolve());
      socket.resume();
    });
  const results = await runClientCases({ connect, ...impatient });
  const passed = results.filter(({ outcome }) => outcome === 'passed');
  expect(passed.map(({ id }) => id)).toEqual([]);
});
