import { Buffer } from 'node:buffer';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';

import { open, type Gatekeeper, type WebSocket } from '@postern/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { connectionId } from '../src/connection-id.js';
import { logTraffic } from '../src/log-traffic.js';
import { WebSocketLogger } from '../src/web-socket-logger.js';
import { json, pretty } from './support/capture.js';
import { client, echo, renumbered, scene } from './support/traffic-scene.js';
import { heardWarnings } from './support/warnings.js';

const opening = [
  'GET /raw HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

/** A client that sends these bytes once it is in, or resets the connection. */
async function rawClient(port: number, bytes: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(`${opening.join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  if (bytes === '') socket.resetAndDestroy();
  else socket.write(Buffer.from(bytes, 'hex'));
  await once(socket, 'close');
}

/** When everyone has left. */
async function empty(server: { readonly connections: ReadonlySet<WebSocket> }): Promise<void> {
  await vi.waitFor(() => expect(server.connections.size).toBe(0));
}

describe('the log of a server as it comes', () => {
  test('shows who came from where, what became of it and why it ended', async () => {
    const here = await scene(echo, {}, { subprotocols: ['chat.v2'] });
    const ws = await client(`${here.server.url}/chat?room=3&token=abc`, {
      subprotocols: ['chat.v2'],
      headers: { authorization: 'Bearer abc', cookie: 'session=abc' },
    });
    await ws.write('hello');
    await ws.read();
    await ws.close({ code: 4000, reason: 'tab closed' });
    await empty(here.server);
    expect(here.lines).toEqual([
      expect.stringMatching(
        /^WSLOG: #1 accepted 101 GET \/chat\?room=3&token=\*\*\* from 127\.0\.0\.1, offers chat\.v2, subprotocol chat\.v2, 1 open$/,
      ),
      'WSLOG: #1 closed 4000 by the peer after T, received 1 (5 B), sent 1 (5 B): tab closed',
    ]);
    expect(here.capture.text).not.toContain('abc');
  });

  test('shows who was refused, with status and reason', async () => {
    const here = await scene((_, ws) => ws.refuse(401), {}, { subprotocols: ['chat'] });
    await open(`${here.server.url}/chat`).catch(() => {});
    await open(here.server.url, { origin: 'https://evil.example' }).catch(() => {});
    await open(here.server.url, { subprotocols: ['soap'] }).catch(() => {});
    const [refused, foreign, mute] = here.lines;
    expect(refused).toBe(
      'WSLOG: #1 refused 401 GET /chat from 127.0.0.1: the gatekeeper refused the client with 401',
    );
    expect(foreign).toMatch(
      /^WSLOG: #2 refused 403 GET \/.*, origin https:\/\/evil\.example: the page/,
    );
    expect(mute).toMatch(/^WSLOG: #3 refused 400 GET \/.*, offers soap: none of the offered/);
    expect(here.lines).toHaveLength(3);
  });

  test('shows what a refused client was told', async () => {
    const here = await scene((_, ws) =>
      ws.refuse(401, { body: 'token expired\nsee the manual\n' }),
    );
    await open(`${here.server.url}/chat`).catch(() => {});
    expect(here.lines).toEqual([
      'WSLOG: #1 refused 401 GET /chat from 127.0.0.1: token expired\\nsee the manual',
    ]);
  });

  test('shows as an error what a gatekeeper threw, with its stack', async () => {
    const here = await scene(() => {
      throw new TypeError('mine');
    });
    await open(here.server.url).catch(() => {});
    expect(here.lines[0]).toBe(
      'ERROR: #1 failed 500 GET / from 127.0.0.1: the gatekeeper threw [POSTERN_ERR_GATEKEEPER], caused by TypeError: mine',
    );
    expect(here.lines[1]).toBe('    err: TypeError: mine');
  });

  test('shows the stack of the same fault once', async () => {
    const here = await scene(() => {
      throw new TypeError('mine');
    });
    for (let count = 0; count < 3; count += 1) await open(here.server.url).catch(() => {});
    const stacks = here.lines.filter((line) => line.includes('    err: TypeError: mine'));
    const notes = here.lines.filter((line) => line.includes('(the stack is that of #1)'));
    expect([stacks.length, notes.length]).toEqual([3, 2]);
    expect(here.lines.filter((line) => line.includes(' at Gate.run '))).toHaveLength(1);
    expect(here.lines.at(-3)).toMatch(/^ERROR: #3 failed 500 GET \/ /);
  });

  test('warns of a client for which there is no room', async () => {
    const here = await scene(echo, {}, { maxConnections: 1 });
    await client(here.server.url);
    await open(here.server.url).catch(() => {});
    expect(here.lines[1]).toMatch(/^WARN: {2}#2 refused 503 GET \//);
  });

  test('shows a client that left before it was let in', async () => {
    const here = await scene(() => new Promise(() => {}));
    const given = new AbortController();
    const opened = open(here.server.url, { signal: given.signal }).catch(() => {});
    await vi.waitFor(() => expect(here.server.stats().pendingHandshakes).toBe(1));
    given.abort();
    await opened;
    await vi.waitFor(() => expect(here.lines).toHaveLength(1));
    expect(here.lines[0]).toMatch(
      /^WSLOG: #1 failed GET \/ from 127\.0\.0\.1: the client left before it was let in/,
    );
  });

  test("shows a peer's mistake as what connections do, with its code", async () => {
    const here = await scene(echo);
    await rawClient(here.server.port, '810548656c6c6f');
    await empty(here.server);
    expect(here.lines[1]).toMatch(
      /^WSLOG: #1 closed 1002 \(protocol error\) by this side after T, received 0, sent 0: .* \[POSTERN_ERR_MASK\]$/,
    );
  });

  test('shows a connection that was lost, with its cause', async () => {
    const here = await scene(echo);
    await rawClient(here.server.port, '');
    await empty(here.server);
    expect(here.lines[1]).toMatch(
      /^WSLOG: #1 closed 1006 \(abnormal\) by the network after T, .*: .* \[POSTERN_ERR_CONNECTION_LOST\]$/,
    );
  });

  test('shows as an error what failed in the code that serves, with its stack', async () => {
    const here = await scene((_, ws) =>
      ws.listen(() => {
        throw new RangeError('mine');
      }),
    );
    const ws = await client(here.server.url);
    await ws.write('hello');
    await ws.closed;
    await empty(here.server);
    expect(here.lines[1]).toBe('ERROR: #1 failed in the code that serves it: RangeError: mine');
    expect(here.lines[2]).toBe('    err: RangeError: mine');
    expect(here.lines.at(-1)).toMatch(/^WSLOG: #1 closed 1011 \(internal error\) by this side/);
  });

  test('warns of a client that does not take what it is sent', async () => {
    const here = await scene(
      async (_, ws) => {
        await ws.accept();
        while (ws.isOpen) ws.send(Buffer.alloc(1 << 20));
      },
      {},
      { maxSendBuffer: 0 },
    );
    await client(here.server.url);
    await empty(here.server);
    expect(here.lines[1]).toMatch(/^WARN: {2}#1 closed 1006 .* \[POSTERN_ERR_SEND_BUFFER_FULL\]$/);
  });

  test('shows the first ping and pong of each peer', async () => {
    const here = await scene(async (_, ws) => {
      await ws.accept();
      await ws.ping();
      await ws.ping();
      await ws.closed;
    });
    const ws = await client(here.server.url);
    await ws.ping('are you');
    await ws.ping('there');
    await ws.close();
    await empty(here.server);
    expect(here.lines.slice(1, -1).toSorted()).toEqual([
      'WSLOG: #1 received ping, 7 B',
      'WSLOG: #1 received pong, 4 B, T after the ping',
    ]);
  });
});

describe('the log of a client', () => {
  /** What is logged of the clients alone. */
  async function clientLines(ask: () => Promise<unknown>): Promise<string[]> {
    const { capture, options } = pretty();
    const stop = logTraffic(options);
    await ask();
    stop();
    const told = capture.lines.filter((line) => / at ws:| by this side /.test(line));
    return renumbered(told);
  }

  test('shows where it went, what was agreed on, and how it ended', async () => {
    const { server } = await scene(echo, { level: 'silent' }, { subprotocols: ['chat'] });
    const lines = await clientLines(() =>
      open(`${server.url}/chat?token=abc`, () => {}, { subprotocols: ['soap', 'chat'] }),
    );
    expect(lines).toEqual([
      'WSLOG: #1 accepted 101 at ws://127.0.0.1:PORT/chat?token=***, subprotocol chat',
      'WSLOG: #1 closed 1000 (normal) by this side after T, received 0, sent 0',
    ]);
  });

  test.each<[string, Gatekeeper, string]>([
    ['is refused', (_, ws) => ws.refuse(401, { body: 'who?' }), 'refused 401 at URL: who?'],
    ['is refused in silence', (_, ws) => ws.refuse(404), 'refused 404 at URL'],
    [
      'is refused with a page',
      (_, ws) => ws.refuse(502, { body: '<html>\n<body>Bad Gateway' }),
      'refused 502 at URL',
    ],
    [
      'is led away',
      (_, ws) => ws.refuse(302, { headers: { Location: '/there' } }),
      'refused 302 at URL: expected status 101, got 302 [POSTERN_ERR_HANDSHAKE_STATUS]',
    ],
    [
      'gets no answer',
      (_, ws) => ws.terminate(),
      'failed at URL: the connection to the server ended before the opening handshake was complete (ECONNRESET) [POSTERN_ERR_HANDSHAKE_INTERRUPTED], caused by socket hang up [ECONNRESET]',
    ],
  ])('warns when it %s', async (_, gatekeeper, text) => {
    const { server } = await scene(gatekeeper, { level: 'silent' });
    const [line, ...more] = await clientLines(() => open(server.url).catch(() => {}));
    expect(line!.replace('ws://127.0.0.1:PORT/', 'URL')).toBe(`WARN:  #1 ${text}`);
    expect(more).toEqual([]);
  });

  test('does not warn of what it gave up itself', async () => {
    const { server } = await scene(() => new Promise(() => {}), { level: 'silent' });
    const given = new AbortController();
    const lines = await clientLines(async () => {
      const opened = open(server.url, { signal: given.signal }).catch(() => {});
      await vi.waitFor(() => expect(server.stats().pendingHandshakes).toBe(1));
      given.abort();
      await opened;
    });
    expect(lines).toEqual([
      expect.stringMatching(/^WSLOG: #1 failed at ws:\/\/127\.0\.0\.1:PORT\/: AbortError: /),
    ]);
  });

  test('shows no token that comes back as a subprotocol', async () => {
    const { server, lines } = await scene((_, ws) => ws.accept({ subprotocol: 'abc123' }));
    const told = await clientLines(() =>
      open(server.url, () => {}, { subprotocols: ['bearer', 'abc123'] }),
    );
    expect([...told, ...lines].join('\n')).not.toContain('abc123');
    expect(told[0]).toMatch(/, subprotocol \*\*\*$/);
  });
});

describe('at debug', () => {
  test('every message is shown, cut', async () => {
    const here = await scene(echo, { level: 'debug', payload: 8 });
    const ws = await client(here.server.url);
    for (const message of ['hello\nworld', Buffer.from('abcdef'), '']) {
      await ws.write(message);
      await ws.read();
    }
    expect(here.lines.slice(1)).toEqual([
      'DEBUG: #1 open WebSocket(server, OPEN)',
      'DEBUG: #1 received text, 11 B: hello\\nwo...',
      'DEBUG: #1 sent text, 11 B: hello\\nwo...',
      'DEBUG: #1 received binary, 6 B: 61626364...',
      'DEBUG: #1 sent binary, 6 B: 61626364...',
      'DEBUG: #1 received text, 0 B',
      'DEBUG: #1 sent text, 0 B',
    ]);
  });

  test('payloads are left out where that is asked for', async () => {
    const here = await scene(echo, { level: 'debug', payload: 0 });
    const ws = await client(here.server.url);
    await ws.write('hello');
    await ws.read();
    expect(here.lines).toContain('DEBUG: #1 received text, 5 B');
    expect(here.capture.text).not.toContain('hello');
  });

  test('every ping and pong is shown', async () => {
    const here = await scene(echo, { level: 'debug', pings: 0 });
    const ws = await client(here.server.url);
    await ws.ping('a');
    for (const server of here.server.connections) await server.ping('b');
    expect(here.lines.slice(2)).toEqual([
      'DEBUG: #1 received ping, 1 B',
      'DEBUG: #1 sent ping, 1 B',
      'DEBUG: #1 received pong, 1 B, T after the ping',
    ]);
  });

  test('it is told why a guarded read or write failed', async () => {
    const ended: unknown[] = [];
    const here = await scene(
      async (_, ws) => {
        ended.push(await ws.readGuarded(), await ws.writeGuarded('too late'));
      },
      { level: 'debug' },
    );
    await rawClient(here.server.port, '');
    await empty(here.server);
    await vi.waitFor(() => expect(ended).toHaveLength(2));
    const failures = here.lines.filter((line) => line.includes('Guarded'));
    expect(failures).toEqual([
      expect.stringMatching(
        /^DEBUG: #1 readGuarded failed: connection closed with 1006 \[POSTERN_ERR_CONNECTION_CLOSED\], caused by .*\[POSTERN_ERR_CONNECTION_LOST\]$/,
      ),
      expect.stringMatching(/^DEBUG: #1 writeGuarded failed: connection closed with 1006 /),
    ]);
  });
});

test('at trace the headers of a request are shown, secrets redacted', async () => {
  const here = await scene(echo, { level: 'trace' });
  await client(here.server.url, { headers: { authorization: 'Bearer abc', 'x-more': 'abc' } });
  expect(here.lines[1]).toMatch(
    /^TRACE: #1 headers host: 127\.0\.0\.1:PORT; .*authorization: \*\*\*; x-more: abc$/,
  );
});

describe('options', () => {
  test('levels may be others', async () => {
    const levels = { accepted: 'info', close: 'trace', message: 'wslog' } as const;
    const here = await scene(echo, { levels });
    const ws = await client(here.server.url);
    await ws.write('hello');
    await ws.read();
    await ws.close();
    await empty(here.server);
    expect(here.lines).toEqual([
      expect.stringMatching(/^INFO: {2}#1 accepted/),
      'WSLOG: #1 received text, 5 B: hello',
      'WSLOG: #1 sent text, 5 B: hello',
    ]);
  });

  test('lines may be limited and chosen by their id', async () => {
    const here = await scene(echo, {
      limit: { accepted: 1 },
      shouldLog: (level, scope, id) => scope === 'traffic' && id !== 'close',
    });
    for (let index = 0; index < 3; index += 1) await client(here.server.url);
    expect(here.lines).toEqual([
      'WSLOG: #1 accepted 101 GET / from 127.0.0.1, 1 open (no more like this)',
    ]);
  });

  test('an end without counts', async () => {
    const here = await scene(echo, { counts: false });
    await (await client(here.server.url)).close();
    await empty(here.server);
    expect(here.lines[1]).toBe('WSLOG: #1 closed 1000 (normal) by the peer after T');
  });

  test('lines for machines have everything in fields', async () => {
    const { capture, options } = json();
    const here = await scene(echo, options);
    const ws = await client(`${here.server.url}/chat?token=abc`, {
      origin: here.server.url.replace('ws', 'http'),
    });
    const [server] = here.server.connections;
    await ws.close({ code: 4000, reason: 'bye' });
    await empty(here.server);
    const connection = connectionId(server!);
    expect(capture.records).toMatchObject([
      {
        level: 35,
        scope: 'traffic',
        id: 'accepted',
        traffic: {
          connection,
          role: 'server',
          status: 101,
          method: 'GET',
          target: '/chat?token=***',
          address: '127.0.0.1',
          origin: here.server.url.replace('ws', 'http'),
          subprotocols: [],
          open: 1,
        },
        msg: expect.stringContaining(`#${connection} accepted 101`) as unknown,
      },
      {
        level: 35,
        id: 'close',
        traffic: {
          connection,
          code: 4000,
          reason: 'bye',
          wasClean: true,
          initiator: 'peer',
          duration: expect.any(Number) as unknown,
          received: { messages: 0, bytes: 0 },
          sent: { messages: 0, bytes: 0 },
        },
      },
    ]);
  });
});

describe('what it costs', () => {
  const message = channel('postern:message');

  test('nobody subscribes to messages for lines that nobody sees', async () => {
    await scene(echo, { counts: false, pings: 0 });
    expect(message.hasSubscribers).toBe(false);
    expect(channel('postern:close').hasSubscribers).toBe(true);
  });

  test('messages are watched as soon as the level says so, and no longer', async () => {
    const { capture, options } = json();
    const logger = new WebSocketLogger({ ...options, level: 'warn' });
    const here = await scene(echo, { logger });
    const ws = await client(here.server.url);
    expect(message.hasSubscribers).toBe(false);
    logger.level = 'debug';
    expect(message.hasSubscribers).toBe(true);
    await ws.write('hello');
    await ws.read();
    logger.level = 'warn';
    expect(message.hasSubscribers).toBe(false);
    expect(capture.records.map(({ id }) => id)).toEqual(['message', 'message']);
  });

  test('after its end nothing is subscribed to, and nothing shown', async () => {
    const here = await scene(echo, { level: 'trace' });
    here.stop();
    const ws = await client(here.server.url);
    await ws.write('hello');
    await ws.read();
    await ws.close();
    for (const name of ['handshake', 'open', 'message', 'close', 'error']) {
      expect(channel(`postern:${name}`).hasSubscribers).toBe(false);
    }
    expect(here.lines).toEqual([]);
  });
});

test('a line that cannot be made is told once, and ends nothing', async () => {
  const warnings = heardWarnings();
  const here = await scene(echo);
  channel('postern:close').publish({ ws: 3, close: null });
  channel('postern:close').publish({ ws: 3, close: null });
  expect(warnings).toEqual([expect.stringMatching(/^traffic could not be logged: /)]);
  await client(here.server.url);
  expect(here.lines).toHaveLength(1);
});
