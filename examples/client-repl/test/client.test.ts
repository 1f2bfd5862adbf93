import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { serve, type Gatekeeper, type WebSocketServer } from '@postern/core';
import { afterEach, expect, test } from 'vitest';
import { Session } from './support/session.js';

let session: Session | undefined;
let server: WebSocketServer | undefined;

afterEach(async () => {
  session?.kill();
  await server?.close({ grace: 0 });
  server = undefined;
});

/** A server, and somebody who connects to it. */
async function connectTo(websocket: Gatekeeper, ...args: string[]): Promise<Session> {
  server = await serve({ websocket, subprotocols: ['chat'] });
  session = Session.piped(...args, server.url);
  return session;
}

const echo: Gatekeeper = (_, ws) => ws.listen((message) => ws.write(message));

test('without a URL it has a server of its own, and a file can be the input', async () => {
  session = Session.piped();
  session.type('Is anybody there?\nAnybody there?\n');
  session.endInput();
  expect(await session.ended()).toBe(0);
  const lines = session.shown.split('\n');
  expect(lines[0]).toMatch(/^No URL was given, so here is an echo server: ws:\/\/localhost:\d+$/);
  expect(lines.slice(1)).toEqual([
    'Connected.',
    'Type a line. Ctrl+D closes with 1000, Ctrl+C with 1001.',
    '← Is anybody there?',
    '← Anybody there?',
    'Closed with 1000, by us.',
    '',
  ]);
});

test('a line goes out when it is finished, and what comes back is shown at once', async () => {
  session = await connectTo(echo);
  await session.reads('Connected.');
  session.type('first\nsec');
  await session.reads('← first\n');
  session.type('ond\n');
  await session.reads('← second\n');
  session.endInput();
  expect(await session.ended()).toBe(0);
});

test('offers subprotocols, and sends headers and an origin', async () => {
  const gatekeeper: Gatekeeper = async ({ headers }, ws) => {
    await ws.accept();
    await ws.write(JSON.stringify([headers['authorization'], headers['origin']]));
  };
  server = await serve({ websocket: gatekeeper, subprotocols: ['chat'], origins: 'any' });
  session = Session.piped(
    '--subprotocol=none',
    '-schat',
    '-HAuthorization: Basic YTpi',
    '--origin=https://elsewhere.example',
    server.url,
  );
  await session.reads('Connected, the subprotocol is “chat”.\n');
  await session.reads('← ["Basic YTpi","https://elsewhere.example"]\n');
  await session.reads('Closed with 1000, by the server.\n');
  expect(await session.ended()).toBe(0);
});

test('shows bytes as bytes, and lets nobody send commands to the terminal', async () => {
  const gatekeeper: Gatekeeper = async (_, ws) => {
    await ws.accept();
    await ws.write(Buffer.from('Postern'));
    await ws.write('\u001B[2Jempty?\u0007');
    await ws.close({ code: 4000, reason: 'enough' });
  };
  session = await connectTo(gatekeeper);
  await session.reads('← 7 bytes: 506f737465726e\n');
  await session.reads('← �[2Jempty?�\n');
  await session.reads('Closed with 4000, “enough”, by the server.\n');
  expect(await session.ended()).toBe(0);
});

test.each([
  [(_, ws) => ws.refuse(401, { body: 'Who are you?\n' }), 'Refused with 401. Who are you?\n'],
  [(_, ws) => ws.refuse(404), 'Refused with 404.'],
] satisfies [Gatekeeper, string][])('says why it was refused', async (gatekeeper, words) => {
  session = await connectTo(gatekeeper);
  expect(await session.ended()).toBe(1);
  expect(session.shown).toContain(words);
});

test('says that it lost the connection, exit code 1', async () => {
  session = await connectTo(async (_, ws) => {
    await ws.accept();
    ws.terminate();
  });
  expect(await session.ended()).toBe(1);
  expect(session.shown).toContain('Closed with 1006, by the network.\n');
});

test.each([
  [['--nonsense'], 2, "Unknown option '--nonsense'"],
  [['-H', 'nonsense'], 2, 'expected a header as “name: value”, got “nonsense”'],
  [['nonsense'], 1, 'expected an absolute URL, got "nonsense"'],
  [['--help'], 0, 'node client.mjs [options] [url]'],
])('%j ends with %i', async (args, code, words) => {
  session = Session.piped(...args);
  expect(await session.ended()).toBe(code);
  expect(session.shown).toContain(words);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s closes with 1001', async (signal) => {
  session = await connectTo(echo);
  await session.reads('Type a line.');
  const [ws] = server!.connections;
  session.signal(signal);
  expect(await ws!.closed).toMatchObject({ code: 1001, initiator: 'peer', wasClean: true });
  expect(await session.ended()).toBe(0);
  expect(session.shown).toContain('Closed with 1001, by us.\n');
});

test('a signal gives up a handshake that nobody answers', async () => {
  const asked = new EventEmitter();
  session = await connectTo(({ signal }) => {
    asked.emit('question');
    return once(signal, 'abort');
  });
  await once(asked, 'question');
  session.signal('SIGINT');
  expect(await session.ended()).toBe(1);
  expect(session.shown).toBe('Gave up.\n');
});

const script = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path));
if (script === undefined) console.warn('skipped: no /usr/bin/script, of util-linux');

test.skipIf(script === undefined).each([
  ['\u0004', 'Closed with 1000, by us.'],
  ['\u0003', 'Closed with 1001, by us.'],
])('at a terminal it prompts, and %j ends it', async (key, words) => {
  session = Session.atTerminal();
  await session.reads('→ ');
  session.type('hello\r');
  await session.reads('← hello');
  session.type(key);
  await session.reads(words);
  expect(await session.ended()).toBe(0);
});
