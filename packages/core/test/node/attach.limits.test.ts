import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { deferred, echo, gatehouse, station } from '../server/support/gatehouse.js';
import { closeFrame } from '../server/support/raw-client.js';

const never = new Promise<void>(() => {});

describe('maxConnections', () => {
  test('one more gets 503, and a place that is left is free', async () => {
    const { knock, attachment } = gatehouse(echo, { maxConnections: 2 });
    const clients = [knock(), knock()];
    await Promise.all(clients.map((client) => client.opened()));
    expect(await knock().response()).toMatchObject({
      status: 503,
      headers: { connection: 'close', 'retry-after': '5' },
      body: 'the server is full\n',
    });
    const [ws] = attachment.connections;
    clients[0]!.send(closeFrame(1000));
    await ws!.closed;
    await knock().opened();
  });

  test('handshakes under way count', async () => {
    const { knock } = gatehouse(() => never, { maxConnections: 2 });
    const waiting = [knock(), knock()];
    expect((await knock().response()).status).toBe(503);
    waiting[0]!.end();
    await turn();
    await turn();
    expect(knock().received.length).toBe(0);
  });
});

describe('maxPendingHandshakes', () => {
  test('holds for those under way, not for those who are in', async () => {
    const word = deferred();
    const { knock } = gatehouse(
      async (request, ws) => {
        await word.promise;
        await ws.listen((data) => ws.write(data));
      },
      { maxPendingHandshakes: 2 },
    );
    const first = [knock(), knock()];
    expect(await knock().response()).toMatchObject({
      status: 503,
      body: 'too many opening handshakes are under way\n',
    });
    word.resolve();
    await Promise.all(first.map((client) => client.opened()));
    await Promise.all([knock().opened(), knock().opened()]);
  });
});

describe('maxConnectionsPerAddress', () => {
  test('one more gets 429, and a place that is left is free', async () => {
    const { knock, server } = await station(echo, { maxConnectionsPerAddress: 2 });
    const clients = [knock(), knock()];
    await Promise.all(clients.map((client) => client.opened()));
    expect(await knock().response()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '5' },
    });
    const [ws] = server.connections;
    clients[0]!.reset();
    clients[1]!.reset();
    await ws!.closed;
    await knock().opened();
  });

  test('counts by what a trusted proxy saw', async () => {
    const { knock } = await station(echo, { maxConnectionsPerAddress: 1, trustProxy: true });
    const from = (address: string) => knock(false).ask({ 'X-Forwarded-For': address });
    await from('203.0.113.7').opened();
    await from('203.0.113.8').opened();
    expect((await from('6.6.6.6, 203.0.113.7').response()).status).toBe(429);
  });

  test('a refused client does not count any longer', async () => {
    const { knock } = await station(() => undefined, { maxConnectionsPerAddress: 1 });
    for (let count = 0; count < 3; count += 1) {
      expect((await knock().response()).status).toBe(403);
    }
  });
});

describe('stats', () => {
  test('tell how things stand', async () => {
    const word = deferred();
    const { knock, server } = await station(async (request, ws) => {
      if (request.url === '/refused') return;
      await word.promise;
      await ws.listen((data) => ws.write(data));
    });
    await knock(false).ask({}, { target: '/refused' }).response();
    await knock(false).ask({ Origin: 'http://evil.example' }).response();
    const client = knock();
    const other = knock();
    await expect
      .poll(() => server.stats())
      .toEqual({
        connections: 0,
        pendingHandshakes: 2,
        runningGatekeepers: 2,
        accepted: 0,
        refused: 2,
        bufferedBytes: 0,
      });
    word.resolve();
    await Promise.all([client.opened(), other.opened()]);
    expect(server.stats()).toMatchObject({
      connections: 2,
      pendingHandshakes: 0,
      runningGatekeepers: 2,
      accepted: 2,
    });
    client.send(closeFrame(1000));
    other.reset();
    await Promise.all([...server.connections].map((ws) => ws.closed));
    await turn();
    expect(server.stats()).toMatchObject({ connections: 0, runningGatekeepers: 0, accepted: 2 });
  });
});
