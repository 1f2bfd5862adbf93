import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';

import { open } from '../src/client/open.js';
import { WebSocket } from '../src/connection/web-socket.js';
import { defaults } from '../src/defaults.js';
import { Inflater } from '../src/deflate/inflater.js';
import { computeAcceptKey } from '../src/handshake/accept-key.js';
import { HandshakeError } from '../src/handshake/errors.js';
import { negotiate } from '../src/server/negotiate.js';
import { duplexPair } from '../src/testing/duplex-pair.js';
import { requestHead } from './handshake/http-heads.js';
import { echo, gatehouse, station } from './server/support/gatehouse.js';
import { upgradeRequest } from './server/support/upgrade-request.js';

// Those that concern one room alone have their tests in the `threats.test.ts` of that room.

test.each(['1000', '7', '16', '08', '1e1', ''])(
  'CVE-2026-2229: a server that answers server_max_window_bits=%s fails the handshake, and nothing else',
  async (bits) => {
    const server = createServer();
    onTestFinished(() => void server.close());
    server.on('upgrade', (request, socket) => {
      const accept = computeAcceptKey(request.headers['sec-websocket-key']!);
      socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Accept: ${accept}\r\n` +
          `Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=${bits}\r\n\r\n`,
      );
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const opening = open(`ws://127.0.0.1:${port}`, { compression: true });
    await expect(opening).rejects.toBeInstanceOf(HandshakeError);
  },
);

describe('CVE-2026-29035, CVE-2018-25032: inflating ends with the connection, and never jams the queue', () => {
  test('ws issues 1202 and 1617: jobs that are given up settle, and those behind them run', async () => {
    const text = Buffer.alloc(400_000, 'all of it ');
    const payload = deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
    const settings = { noContextTakeover: false, windowBits: 15, codec: 'zlib' } as const;
    const limit = text.length;
    const given = Array.from({ length: 50 }, () => new Inflater(settings));
    const jobs = given.map(async (inflater) => inflater.inflate(payload, limit));
    for (const inflater of given) inflater.release();
    const ends = await Promise.allSettled(jobs);
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['rejected']));
    const last = await new Inflater(settings).inflate(payload, limit);
    expect(last.equals(text)).toBe(true);
  });
});

test('CVE-2023-43669: a handshake without an end is cut off while its head still comes', async () => {
  const { server, knock, heard } = await station(echo);
  const client = knock(false).send(upgradeRequest().slice(0, -2));
  const line = `X-More: ${'a'.repeat(1000)}\r\n`;
  let sent = 0;
  while (!client.hasEnded && sent < 64 * 1024 * 1024) {
    client.send(line.repeat(16));
    sent += 16 * line.length;
    await turn();
  }
  expect(client.hasEnded).toBe(true);
  await client.gone;
  expect(server.stats()).toMatchObject({ connections: 0, pendingHandshakes: 0 });
  expect(heard).toEqual([]);
});

describe('the crash of the upgraded socket: a reset before the client is let in ends nobody else', () => {
  test.each<[string, (ws: WebSocket) => unknown]>([
    ['accept', (ws) => ws.accept().catch(() => undefined)],
    ['refuse', (ws) => ws.refuse(403)],
    ['return', () => undefined],
    ['listen', (ws) => ws.listen(() => undefined)],
  ])('that the gatekeeper meets with %s', async (_, decide) => {
    let lost!: WebSocket;
    const { server, knock, heard } = await station(async (request, ws) => {
      if (request.url === '/next') return ws.refuse(404);
      lost = ws;
      client.reset();
      await client.gone;
      await decide(ws);
    });
    const client = knock();
    await client.gone;
    expect((await knock(false).ask({}, { target: '/next' }).response()).status).toBe(404);
    expect(await lost.closed).toMatchObject({ wasClean: false });
    expect(server.connections.size).toBe(0);
    expect(heard).toEqual([]);
  });
});

describe('CVE-2024-38355, CVE-2023-32695, CVE-2022-21676: what a peer sends ends its own connection alone', () => {
  test.each<[string, Parameters<typeof upgradeRequest>[0]]>([
    ['a subprotocol outside ASCII', { 'Sec-WebSocket-Protocol': '\u00e9\u00ff' }],
    ['an extension outside the grammar', { 'Sec-WebSocket-Extensions': ';;=' }],
    ['a key that is none', { 'Sec-WebSocket-Key': '\u00ff' }],
    ['an origin that is none', { Origin: '://' }],
    ['a host that is none', { Host: '@@' }],
  ])('%s', async (_, lines) => {
    const { knock, heard } = gatehouse(echo);
    const good = knock();
    await good.opened();
    const { status } = await knock(false).ask(lines).response();
    expect([400, 403]).toContain(status);
    expect(await good.say('hello').text()).toBe('hello');
    expect(heard).toEqual([]);
  });
});

test('CVE-2026-33151, CVE-2026-69185, CVE-2020-36048: whatever a peer can pile up has a bound', () => {
  const {
    maxMessageSize,
    maxFragments,
    maxUnreadBytes,
    maxUnreadMessages,
    maxSendBuffer,
    maxPendingHandshakes,
    handshakeTimeout,
    messageTimeout,
    closeTimeout,
  } = defaults;
  for (const size of [maxMessageSize, maxFragments, maxUnreadBytes, maxSendBuffer]) {
    expect(size).toBeLessThanOrEqual(4 * 1024 * 1024);
  }
  for (const count of [maxUnreadMessages, maxPendingHandshakes]) {
    expect(count).toBeLessThanOrEqual(4096);
  }
  for (const time of [handshakeTimeout, messageTimeout, closeTimeout]) {
    expect(time).toBeGreaterThan(0);
    expect(time).toBeLessThanOrEqual(60_000);
  }
});

test('RFC 9931: what is glued to a refused handshake is discarded, and the connection ends', async () => {
  const requests: unknown[] = [];
  const { knock, heard } = await station((request, ws) => ws.refuse(403), {
    http: (request, response) => void response.end(requests.push(request.url)),
  });
  const glued = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const { status, body } = await knock(false).send(upgradeRequest(), glued, glued).response();
  expect(status).toBe(403);
  expect(body).not.toContain('HTTP/1.1');
  expect(requests).toEqual([]);
  expect(heard).toEqual([]);
});

describe('CRIME and BREACH (RFC 7692, section 8): secrets are not compressed beside what an attacker wrote', () => {
  const offer = { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' };

  test('nothing is compressed unless asked for', () => {
    expect(negotiate(requestHead(offer))).toMatchObject({ ok: true, extensions: [] });
  });

  test('and then every message can be made to stand alone', () => {
    const compression = { serverNoContextTakeover: true };
    const { headers } = negotiate(requestHead(offer), { compression });
    expect(JSON.stringify(headers)).toContain('server_no_context_takeover');
  });
});

test('RFC 6455, section 10.3: no two frames of a client share a masking key', async () => {
  const [near, far] = duplexPair();
  const ws = WebSocket.over(near, { role: 'client' });
  onTestFinished(() => ws.terminate());
  const frameLength = 6 + 4;
  let wire = Buffer.alloc(0);
  far.on('data', (chunk: Buffer) => (wire = Buffer.concat([wire, chunk])));
  for (let count = 0; count < 200; count += 1) await ws.write('same');
  while (wire.length < 200 * frameLength) await turn();
  const keys = Array.from({ length: 200 }, (_, at) =>
    wire.toString('hex', at * frameLength + 2, at * frameLength + 6),
  );
  expect(new Set(keys).size).toBe(200);
});

test('Slowloris: a handshake that nobody decides is over after 10 s', async () => {
  const { attachment, clock, knock } = gatehouse((request, ws) => ws.closed);
  const client = knock();
  while (attachment.stats().pendingHandshakes === 0) await turn();
  await clock.advance(10_000);
  expect((await client.response()).status).toBe(503);
  expect(attachment.stats().pendingHandshakes).toBe(0);
});
