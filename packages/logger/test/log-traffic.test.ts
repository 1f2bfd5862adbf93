import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { attach, open } from '@postern/core';
import { connectTo, pair } from '@postern/core/testing';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { connectionId } from '../src/connection-id.js';
import { logTraffic } from '../src/log-traffic.js';
import { WebSocketLogger } from '../src/web-socket-logger.js';
import { Capture, pretty } from './support/capture.js';
import { scratchFolder } from './support/scratch.js';
import { client, echo, renumbered, scene } from './support/traffic-scene.js';

describe('whose traffic', () => {
  test('with a server it is only its own, and not that of its clients', async () => {
    const here = await scene(echo);
    const there = await scene(echo);
    const ws = await client(here.server.url);
    await ws.close();
    await vi.waitFor(() => expect(here.lines).toHaveLength(2));
    expect(there.lines).toEqual([]);
  });

  test('without one it is all of the process, clients included', async () => {
    const here = await scene(echo, { level: 'silent' });
    const { capture, options } = pretty();
    onTestFinished(logTraffic(options));
    const ws = await client(here.server.url);
    expect(capture.lines.some((line) => line.includes('accepted 101 GET /'))).toBe(true);
    expect(capture.text).toContain(`#${connectionId(ws)} `);
    await ws.close();
    expect(capture.text).toContain(`#${connectionId(ws)} closed 1000 (normal) by this side`);
  });

  test('a connection without an opening handshake of its own is first heard of as open', () => {
    const { capture, options } = pretty();
    onTestFinished(logTraffic(undefined, options));
    const { client: end } = pair();
    onTestFinished(() => end.terminate());
    expect(capture.lines).toContain(`WSLOG: #${connectionId(end)} open WebSocket(client, OPEN)`);
  });

  test("a handshake that a client's end tells of is not a server's, and tells where it went", async () => {
    const here = await scene((_, ws) => ws.refuse(403, { body: 'not today' }));
    const { capture, options } = pretty();
    onTestFinished(logTraffic(options));
    const url = new URL(`${here.server.url}/chat?token=abc`);
    url.username = 'me';
    await open(url).catch(() => {});
    expect(here.lines).toEqual([
      'WSLOG: #1 refused 403 GET /chat?token=*** from 127.0.0.1: not today',
    ]);
    expect(renumbered(capture.lines)).toEqual([
      'WSLOG: #1 refused 403 GET /chat?token=*** from 127.0.0.1: not today',
      'WARN:  #2 refused 403 at ws://127.0.0.1:PORT/chat?token=***: not today',
    ]);
  });

  test('a handshake that another server tells of is not shown', async () => {
    const here = await scene(echo);
    const there = await scene(echo, {}, { maxConnections: 1 });
    await client(there.server.url);
    await open(there.server.url).catch(() => {});
    await open(there.server.url, { origin: 'https://evil.example' }).catch(() => {});
    expect(there.lines).toHaveLength(3);
    expect(here.lines).toEqual([]);
  });

  test('an error that belongs to no connection is everybody’s', async () => {
    const here = await scene(echo);
    const origins = (): boolean => {
      throw new TypeError('mine');
    };
    const there = await scene(echo, {}, { origins });
    await open(there.server.url, { origin: 'https://a.example' }).catch(() => {});
    const error = 'ERROR: failed outside any connection: TypeError: mine';
    expect(here.lines[0]).toBe(error);
    expect(there.lines[0]).toBe(error);
    expect(there.lines.at(-1)).toMatch(
      /^WARN: {2}#1 refused 500 GET \/ from 127\.0\.0\.1, origin https:\/\/a\.example: the server failed to decide$/,
    );
  });

  test('that of a server that was attached', async () => {
    const server = createServer();
    attach(server, { websocket: echo });
    const { capture, options } = pretty();
    onTestFinished(logTraffic(server, options));
    const ws = await connectTo(server, '/chat');
    onTestFinished(() => ws.terminate());
    expect(capture.lines).toEqual([expect.stringMatching(/^WSLOG: #\d+ accepted 101 GET \/chat/)]);
  });

  test('connections that were open before end without duration and counts', async () => {
    const server = createServer();
    attach(server, { websocket: echo });
    const ws = await connectTo(server);
    const { capture, options } = pretty();
    onTestFinished(logTraffic(server, options));
    await ws.close();
    await vi.waitFor(() =>
      expect(capture.lines).toEqual([
        expect.stringMatching(/^WSLOG: #\d+ closed 1000 \(normal\) by the peer$/),
      ]),
    );
  });
});

describe('where it goes', () => {
  test('into a file that is closed with it', async () => {
    const path = join(scratchFolder(), 'traffic.log');
    const here = await scene(echo, { level: 'silent' });
    const stop = logTraffic(here.server, { destination: path });
    await client(here.server.url);
    stop();
    stop();
    await client(here.server.url);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^\d{4}-\d\d-\d\d [\d:.]{12} WSLOG: #\d+ accepted 101 GET \/ from 127\.0\.0\.1, \d open\n$/,
    );
  });

  test('to a WebSocketLogger, with its scope for others, which stays open', async () => {
    const here = await scene(echo, { level: 'silent' });
    const { capture, options } = pretty();
    const logger = new WebSocketLogger(options);
    logTraffic(here.server, { logger: logger.child({ node: 1 }) })();
    const stop = logTraffic(here.server, { logger: logger.child({ node: 2 }) });
    await client(here.server.url);
    stop();
    logger.info('still here');
    expect(capture.lines).toEqual([
      expect.stringMatching(
        /^WSLOG: #\d+ accepted 101 GET \/ from 127\.0\.0\.1, 1 open \{"node":2\}$/,
      ),
      'INFO:  still here',
    ]);
  });

  test('to a pino, whose level decides, whenever it changes', async () => {
    const here = await scene(echo, { level: 'silent' });
    const capture = new Capture();
    const logger = pino({ level: 'info' }, capture);
    onTestFinished(logTraffic(here.server, { logger }));
    const ws = await client(here.server.url);
    await ws.write('hello');
    await ws.read();
    logger.level = 'debug';
    await ws.write('hello');
    await ws.read();
    expect(capture.records).toMatchObject([
      { level: 30, scope: 'traffic', id: 'accepted', traffic: { status: 101 } },
      { level: 20, id: 'message', traffic: { direction: 'received', payload: 'hello' } },
      { level: 20, id: 'message', traffic: { direction: 'sent' } },
    ]);
  });

  test('to a console', async () => {
    const here = await scene(echo, { level: 'silent' });
    const told: string[] = [];
    const write = (line: string): void => void told.push(line);
    onTestFinished(logTraffic(here.server, { logger: { info: write, debug: write } }));
    await client(here.server.url);
    expect(told).toEqual([expect.stringMatching(/ WSLOG: #\d+ accepted 101 GET \/ from /)]);
  });
});

test('using ends it with the scope', async () => {
  const here = await scene(echo, { level: 'silent' });
  const { capture, options } = pretty();
  const log = logTraffic(here.server, options);
  log[Symbol.dispose]();
  await open(here.server.url, () => {});
  expect(capture.text).toBe('');
});

test.each([
  [{ level: 'loud' }, 'level is loud'],
  [{ levels: { close: 'loud' } }, 'levels.close is loud'],
  [{ payload: -1 }, 'payload is -1, expected a number of at least 0'],
  [{ pings: 'x' }, 'pings is x, expected a number of at least 0'],
  [{ summary: -1 }, 'summary is -1, expected a number of at least 0'],
  [{ counts: 1 }, 'counts is number, expected a boolean'],
  [{ logger: {} }, 'logger: expected one with the methods of pino or of console'],
])('refuses %o', (options, message) => {
  expect(() => logTraffic(options as never)).toThrow(message);
});

test('refuses options that a WebSocketLogger has already', () => {
  const logger = new WebSocketLogger({ destination: new Capture() });
  expect(() => logTraffic({ logger, level: 'debug' })).toThrow(
    'level: give this option to the WebSocketLogger, expected none here',
  );
});
