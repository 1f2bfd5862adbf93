import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';

import { openDefaults } from '../src/client/open-options.js';
import { reconnectingDefaults } from '../src/client/reconnecting-options.js';
import { connectionDefaults } from '../src/connection/options.js';
import * as core from '../src/index.js';
import { handlerDefaults } from '../src/server/options.js';
import { dial } from './server/support/raw-client.js';

describe('the public surface', () => {
  test.each([
    'serve',
    'attach',
    'upgrade',
    'negotiate',
    'open',
    'broadcast',
    'prepare',
    'origin',
    'target',
    'subprotocols',
    'clientAddress',
    'isUpgrade',
    'WebSocket',
    'PosternError',
    'ProtocolError',
    'HandshakeError',
    'ConnectionClosedError',
    'StateError',
  ])('has %s', (name) => {
    expect(core).toHaveProperty(name, expect.any(Function));
  });

  test('has the close codes', () => {
    expect(core.CloseCode).toMatchObject({ Normal: 1000, GoingAway: 1001 });
  });

  test('re-exports and does nothing else', () => {
    const source = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8');
    const code = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
    for (const statement of code.split(';')) {
      expect(statement.trim()).toMatch(/^(export (type )?\{[^}]*\} from '\.\/[^']+\.js')?$/);
    }
  });
});

describe('defaults', () => {
  test('are one table: what each room says of its own, and no name twice', () => {
    const rooms = [connectionDefaults, handlerDefaults, openDefaults, reconnectingDefaults];
    expect(core.defaults).toEqual(Object.assign({}, ...rooms));
    const names = rooms.flatMap((room) => Object.keys(room));
    expect(new Set(names).size).toBe(names.length);
  });

  test('cannot be changed', () => {
    expect(Object.isFrozen(core.defaults)).toBe(true);
    for (const value of Object.values(core.defaults)) {
      expect(typeof value !== 'object' || Object.isFrozen(value)).toBe(true);
    }
  });

  test('are safe', () => {
    expect(core.defaults).toMatchObject({
      origins: 'same',
      trustProxy: false,
      subprotocols: [],
      handshakeTimeout: 10_000,
      closeTimeout: 10_000,
      maxMessageSize: 1 << 20,
      heartbeatInterval: 20_000,
      heartbeatTimeout: 20_000,
      highWaterMark: 64 << 10,
      maxUnreadBytes: 64 << 10,
      maxUnreadMessages: 1024,
      maxSendBuffer: 4 << 20,
      overflow: 'close',
    });
    expect(core.defaults.maxFragments).toBeLessThan(Infinity);
    expect(core.defaults.messageTimeout).toBeGreaterThan(0);
  });
});

describe('two copies of the library in one process', () => {
  test('serve and call each other', async () => {
    vi.resetModules();
    const first = await import('../src/index.js');
    vi.resetModules();
    const second = await import('../src/index.js');
    expect(first.WebSocket).not.toBe(second.WebSocket);
    const server = await first.serve({
      host: '127.0.0.1',
      websocket: (request, ws) => ws.listen((data) => ws.write(data)),
    });
    const client = dial({ port: server.port }).ask();
    await client.opened();
    expect(await client.say('raw').text()).toBe('raw');
    client.socket.destroy();
    const answer = await second.open(server.url, async (ws) => {
      expect(ws).toBeInstanceOf(second.WebSocket);
      expect(ws).not.toBeInstanceOf(first.WebSocket);
      await ws.write('from the other copy');
      return ws.read();
    });
    expect(answer).toBe('from the other copy');
    await server.close();
  });
});
