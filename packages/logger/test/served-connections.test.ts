import { createServer } from 'node:http';

import { attach } from '@postern/core';
import { expect, test } from 'vitest';

import { isServed, servedConnections, type Served } from '../src/served-connections.js';

const server = createServer();
const attachment = attach(server, { websocket: () => undefined, trustProxy: true });

test.each<[string, Served]>([
  ['what attach returned', attachment],
  ['an HTTP server that is attached, with whatever options', server],
  ['an app that has such a server', { server }],
])('%s has connections', (_, served) => {
  expect(isServed(served)).toBe(true);
  expect(servedConnections(served)).toBe(attachment.connections);
});

test.each([createServer(), { server: createServer() }, { connections: 3 }])(
  'refuses what nobody attached',
  (served) => {
    expect(isServed(served)).toBe(true);
    expect(() => servedConnections(served as never)).toThrow(
      'server: expected what serve or attach returned, or a server that is attached',
    );
  },
);

test('options are no server', () => {
  expect(isServed({ level: 'debug' })).toBe(false);
});
