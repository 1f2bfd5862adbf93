import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Duplex, duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/client/open.js';
import type { OpenOptions } from '../../src/client/open-options.js';
import { computeAcceptKey } from '../../src/handshake/accept-key.js';
import type { HandshakeError } from '../../src/handshake/errors.js';
import { textFrame } from './support/frames.js';
import { serveRaw, switching, type RawClient } from './support/raw-server.js';

/** Sends `bytes`, in one piece, and leaves the socket open. */
const say =
  (bytes: string | Buffer) =>
  ({ socket }: RawClient): void =>
    void socket.write(bytes);

/** Sends `bytes`, if any, and then ends the connection by a reset. */
const sayAndReset =
  (bytes: string) =>
  ({ socket }: RawClient): void => {
    if (bytes === '') socket.resetAndDestroy();
    else socket.write(bytes, () => socket.resetAndDestroy());
  };

/** A head with one more line. */
function add(head: string, line: string): string {
  return head.replace('\r\n\r\n', `\r\n${line}\r\n\r\n`);
}

/** Opens, expects to be refused and the socket to be gone, and returns the error. */
async function refusalOf(
  answer: (client: RawClient) => void,
  options?: OpenOptions,
): Promise<HandshakeError> {
  const { url, clients } = await serveRaw(answer);
  const error: unknown = await open(url, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'HandshakeError' });
  await clients[0]!.gone;
  return error as HandshakeError;
}

describe('a refusal', () => {
  test('has status, headers and body', async () => {
    const error = await refusalOf(
      say(
        'HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\nWWW-Authenticate: Basic\r\n' +
          'Set-Cookie: a=1\r\nset-cookie: b=2\r\nX-Double: 1\r\nX-Double: 2\r\n\r\nnot today',
      ),
    );
    expect(error.code).toBe('POSTERN_ERR_HANDSHAKE_STATUS');
    expect(error.message).toBe('expected status 101, got 401');
    expect(error.status).toBe(401);
    expect(error.headers).toMatchObject({
      'www-authenticate': 'Basic',
      'set-cookie': ['a=1', 'b=2'],
      'x-double': '1, 2',
    });
    expect(error.body).toBe('not today');
  });

  test.each([200, 204, 302, 304, 400, 404, 426, 503])(
    'is any status but 101, as %i, although all headers of a 101 are there',
    async (status) => {
      const error = await refusalOf(({ socket, key }) => {
        const head = switching(key, ['Content-Length: 0']);
        socket.write(head.replace('101 Switching Protocols', `${status} Whatever`));
      });
      expect(error).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_STATUS', status, body: '' });
    },
  );

  test('has a chunked body put together, in UTF-8 whatever the chunks', async () => {
    const error = await refusalOf(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\xe2', 'latin1');
      socket.write('\x82\xac\r\n2\r\nok\r\n0\r\n\r\n', 'latin1');
    });
    expect(error).toMatchObject({ status: 200, body: '€ok' });
  });

  test('has a body that lasts until the end of the connection', async () => {
    const error = await refusalOf(({ socket }) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\nno'));
    expect(error).toMatchObject({ status: 403, body: 'no' });
  });

  test.each([
    ['a reset', sayAndReset('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nno')],
    [
      'the end',
      ({ socket }: RawClient) =>
        void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nno'),
    ],
  ])('has the part of a body that came before %s', async (_, answer) => {
    expect(await refusalOf(answer)).toMatchObject({ status: 403, body: 'no' });
  });

  test.each([
    ['an empty body', 'Content-Length: 0\r\n\r\n', ''],
    ['a body', 'Content-Length: 3\r\n\r\nyes', 'yes'],
    ['a body in chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n', 'yes'],
  ])('is not taken back by a 101 behind %s', async (_, rest, body) => {
    const error = await refusalOf(
      ({ socket, key }) => void socket.write(`HTTP/1.1 200 OK\r\n${rest}${switching(key)}`),
    );
    expect(error).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_STATUS', status: 200, body });
  });

  test('keeps its status when the body is nonsense', async () => {
    const head = 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await refusalOf(say(`${head}zzz\r\n`))).toMatchObject({ status: 403, body: '' });
  });

  test('has at most 64 KiB of a body without end', async () => {
    const error = await refusalOf(({ socket }) => {
      socket.write('HTTP/1.1 500 No\r\n\r\n');
      const more = (): void => {
        if (socket.write(Buffer.alloc(50_000, 'a'))) setImmediate(more);
        else socket.once('drain', more);
      };
      more();
    });
    expect(error.status).toBe(500);
    expect(error.body).toBe('a'.repeat(65_536));
  });

  test('comes from a server that answers before it has the whole request', async () => {
    const server = createServer({ maxHeaderSize: 1024 }, (request, response) => response.end());
    server.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = { 'X-Large': 'a'.repeat(8000) };
    await expect(open(`ws://127.0.0.1:${port}`, { headers })).rejects.toMatchObject({
      status: 431,
    });
  });

  test('comes from a server of node:http that does not know upgrades', async () => {
    const server = createServer((request, response) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']).writeHead(404).end('nothing here');
    });
    server.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(open(`ws://127.0.0.1:${port}/x`)).rejects.toMatchObject({
      status: 404,
      body: 'nothing here',
      headers: { 'set-cookie': ['a=1', 'b=2'] },
    });
  });
});

describe('a 101 that is not right is refused', () => {
  const sound = 'HTTP/1.1 101 Switching Protocols';

  test.each([
    ['HTTP/1.0', (head: string) => head.replace('HTTP/1.1', 'HTTP/1.0'), 'HTTP_VERSION'],
    ['HTTP/2.0', (head: string) => head.replace('HTTP/1.1', 'HTTP/2.0'), 'HTTP_VERSION'],
    ['no Upgrade', (head: string) => head.replace('Upgrade: websocket\r\n', ''), 'UPGRADE'],
    ['another protocol', (head: string) => head.replace('websocket', 'h2c'), 'UPGRADE'],
    ['two protocols', (head: string) => head.replace('websocket', 'websocket, h2c'), 'UPGRADE'],
    [
      'Upgrade twice',
      (head: string) => head.replace('Connection', 'Upgrade: websocket\r\nConnection'),
      'UPGRADE',
    ],
    ['no Connection', (head: string) => head.replace('Connection: Upgrade\r\n', ''), 'CONNECTION'],
    [
      'Connection: close',
      (head: string) => head.replace('Connection: Upgrade', 'Connection: close'),
      'CONNECTION',
    ],
    ['no accept key', (head: string) => head.replace(/Sec-WebSocket-Accept.*\r\n/, ''), 'ACCEPT'],
    ['a wrong accept key', (head: string) => head.replace(/Accept: ./, 'Accept: _'), 'ACCEPT'],
    [
      'the accept key twice',
      (head: string) => head.replace(/(Sec-WebSocket-Accept.*\r\n)/, '$1$1'),
      'ACCEPT',
    ],
    [
      'an unasked subprotocol',
      (head: string) => add(head, 'Sec-WebSocket-Protocol: b'),
      'SUBPROTOCOL',
    ],
    [
      'a subprotocol in other letters',
      (head: string) => add(head, 'Sec-WebSocket-Protocol: CHAT'),
      'SUBPROTOCOL',
    ],
    [
      'two subprotocols',
      (head: string) => add(head, 'Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat'),
      'SUBPROTOCOL',
    ],
    ['an empty subprotocol', (head: string) => add(head, 'Sec-WebSocket-Protocol:'), 'SUBPROTOCOL'],
    [
      'an unasked extension',
      (head: string) => add(head, 'Sec-WebSocket-Extensions: permessage-deflate'),
      'EXTENSIONS',
    ],
    [
      'an extension named like a property',
      (head: string) => add(head, 'Sec-WebSocket-Extensions: __proto__'),
      'EXTENSIONS',
    ],
    [
      'malformed extensions',
      (head: string) => add(head, 'Sec-WebSocket-Extensions: a; b="c'),
      'EXTENSIONS',
    ],
  ])('%s', async (_, edit, code) => {
    const error = await refusalOf(({ socket, key }) => void socket.write(edit(switching(key))), {
      subprotocols: ['chat'],
    });
    expect(error).toMatchObject({ code: `POSTERN_ERR_HANDSHAKE_${code}`, status: 101 });
  });

  test.each([
    ['in small letters', (key: string) => computeAcceptKey(key).toLowerCase()],
    ['without its padding', (key: string) => computeAcceptKey(key).replace('=', '')],
    ['quoted', (key: string) => `"${computeAcceptKey(key)}"`],
    ['of a key with a space', (key: string) => computeAcceptKey(`${key} `)],
    ['of no key', () => computeAcceptKey('')],
    ['that is the key', (key: string) => key],
    ['and another', (key: string) => `${computeAcceptKey(key)}, x`],
    ['that is empty', () => ''],
  ])('an accept key %s', async (_, make) => {
    const error = await refusalOf(({ socket, key }) => {
      socket.write(switching(key).replace(/(Accept: ).*/, `$1${make(key)}`));
    });
    expect(error).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_ACCEPT', status: 101 });
  });

  test.each([
    'permessage-deflate; server_max_window_bits=7',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits=08',
    'permessage-deflate; server_max_window_bits=1e1',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; client_max_window_bits',
    'permessage-deflate; client_no_context_takeover=1',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'permessage-deflate; window=8',
    'permessage-deflate; constructor',
    'permessage-deflate, permessage-deflate',
    'permessage-deflate, permessage-bzip2',
    'permessage-deflate;',
    'x-webkit-deflate-frame',
    ',',
  ])('compression answered with %s', async (extensions) => {
    const error = await refusalOf(
      ({ socket, key }) =>
        void socket.write(switching(key, [`Sec-WebSocket-Extensions: ${extensions}`])),
      { compression: true },
    );
    expect(error).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_EXTENSIONS', status: 101 });
  });

  test('with frames behind it, and a socket that fails at the same time', async () => {
    const error = await refusalOf(sayAndReset(`${sound}\r\nUpgrade: websocket\r\n\r\n\x81\x01a`));
    expect(error.name).toBe('HandshakeError');
  });
});

describe('a 101 that is right is taken', () => {
  const edits: Record<string, (head: string) => string> = {
    'with names in capitals': (head) =>
      head.replace(/^[\w-]+(?=:)/gm, (name) => name.toUpperCase()),
    'with WebSocket and upgrade in other letters': (head) =>
      head.replace('websocket', 'WebSocket').replace('n: Upgrade', 'n: uPGRADE'),
    'with a list in Connection': (head) => head.replace('n: Upgrade', 'n: keep-alive, Upgrade'),
    'with Connection in two lines': (head) =>
      head.replace('Connection: Upgrade', 'Connection: keep-alive\r\nConnection: Upgrade'),
    'with spaces around the values': (head) => head.replace(/: (.*)(?=\r)/g, ':  \t$1  '),
    'without spaces before the values': (head) => head.replaceAll(': ', ':'),
    'without a reason phrase': (head) => head.replace(' Switching Protocols', ''),
    'with another reason phrase': (head) => head.replace('Switching', 'Dandelion'),
    'behind empty lines': (head) => `\r\n\r\n${head}`,
    // A 101 ends with its head whatever these say (RFC 9112, section 6.3).
    'with a Content-Length': (head) => add(head, 'Content-Length: 5'),
    'with a Transfer-Encoding': (head) => add(head, 'Transfer-Encoding: chunked'),
    'with Sec-WebSocket-Version': (head) => add(head, 'Sec-WebSocket-Version: 8'),
    'with headers of 15 KiB': (head) => add(head, `X-Large: ${'a'.repeat(15_000)}`),
    'with bytes that are no ASCII': (head) => add(head, 'X-Name: J\xfcrgen'),
  };

  test.each(Object.keys(edits))('%s', async (name) => {
    const { url } = await serveRaw(({ socket, key }) => {
      const head = Buffer.from(edits[name]!(switching(key)), 'latin1');
      socket.write(Buffer.concat([head, textFrame('hello')]));
    });
    const ws = await open(url);
    expect(await ws.read()).toBe('hello');
    ws.terminate();
  });
});

describe('what is no answer', () => {
  test.each([
    ['a folded header', 'Accept: ', 'Accept:\r\n '],
    ['lines that end with LF', /\r\n/g, '\n'],
    ['lines that end with CR', /\r\n/g, '\r'],
    ['a space before a colon', 'Accept: ', 'Accept : '],
    ['a header without a name', 'Upgrade: w', ': x\r\nUpgrade: w'],
    ['a header whose name is no token', 'Upgrade: w', 'X@: x\r\nUpgrade: w'],
    ['CR in a header', 'Upgrade: w', 'X: a\rb\r\nUpgrade: w'],
    ['HTTP in small letters', 'HTTP', 'http'],
    ['a version with a letter', 'HTTP/1.1', 'HTTP/1.x'],
    ['a status of two digits', '101', '10'],
    ['two lengths', 'Upgrade: w', 'Content-Length: 1\r\nContent-Length: 2\r\nUpgrade: w'],
  ])('a 101 with %s', async (_, from, to) => {
    const error = await refusalOf(
      ({ socket, key }) => void socket.write(switching(key).replace(from, to)),
    );
    expect(error).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_MALFORMED', status: undefined });
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['frames at once', Buffer.from('\x81\x05Hello', 'latin1')],
    ['noise', Buffer.alloc(200, 0x81)],
    ['zeros', Buffer.alloc(200)],
    ['empty lines and then noise', `${'\r\n'.repeat(1000)}noise`],
    ['a status of four digits', 'HTTP/1.1 1010 What\r\n\r\n'],
    ['a status of words', 'HTTP/1.1 one What\r\n\r\n'],
    ['a NUL in a header', 'HTTP/1.1 101 S\r\nUpgrade: web\0socket\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 101 S\r\nnonsense\r\n\r\n'],
    ['a head too large', `HTTP/1.1 101 S\r\nX-Large: ${'a'.repeat(200_000)}`],
    ['too many headers', `HTTP/1.1 101 S\r\n${'a: b\r\n'.repeat(50_000)}`],
  ])('%s', async (_, bytes) => {
    const error = await refusalOf(say(bytes));
    expect(error.code).toBe('POSTERN_ERR_HANDSHAKE_MALFORMED');
    expect(error.message).toMatch(/^expected an HTTP response from the server \(HPE_\w+\)$/);
    expect(error).toMatchObject({ status: undefined, headers: {}, body: '' });
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    ['the end at once', ({ socket }: RawClient) => void socket.end()],
    ['a reset at once', sayAndReset('')],
    ['the end in the status line', ({ socket }: RawClient) => void socket.end('HTTP/1.1 10')],
    [
      'the end in the headers',
      ({ socket }: RawClient) => void socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: w'),
    ],
    ['a reset in the headers', sayAndReset('HTTP/1.1 101 Switching Protocols\r\nUpgrade: w')],
    ['a reset after a 100', sayAndReset('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('%s', async (_, answer) => {
    const error = await refusalOf(answer);
    expect(error.code).toBe('POSTERN_ERR_HANDSHAKE_INTERRUPTED');
    expect(error.message).toBe(
      'the connection to the server ended before the opening handshake was complete (ECONNRESET)',
    );
  });

  test('a server that is not there', async () => {
    const { url, server } = await serveRaw(() => undefined);
    server.close();
    await once(server, 'close');
    await expect(open(url)).rejects.toMatchObject({
      name: 'HandshakeError',
      code: 'POSTERN_ERR_CONNECT',
      message: 'no connection to the server (ECONNREFUSED)',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test('a name that is nobody’s', async () => {
    await expect(open('ws://nobody.invalid')).rejects.toMatchObject({
      code: 'POSTERN_ERR_CONNECT',
      cause: { syscall: 'getaddrinfo' },
    });
  });

  test('the same, through an agent', async () => {
    const { url, server } = await serveRaw(() => undefined);
    server.close();
    await once(server, 'close');
    const agent = new Agent();
    await expect(open(url, { agent })).rejects.toMatchObject({ code: 'POSTERN_ERR_CONNECT' });
    const closing = await serveRaw(sayAndReset('HTTP/1.1 1'));
    await expect(open(closing.url, { agent })).rejects.toMatchObject({
      code: 'POSTERN_ERR_HANDSHAKE_INTERRUPTED',
    });
  });
});

describe('informational answers', () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n';

  test('before the 101 are passed over', async () => {
    const { url } = await serveRaw(({ socket, key }) => {
      socket.write(`HTTP/1.1 100 Continue\r\n\r\n${early.repeat(5)}${switching(key)}`);
    });
    const ws = await open(url);
    expect(ws.isOpen).toBe(true);
    ws.terminate();
  });

  test.each([
    ['in one piece', ({ socket }: RawClient) => void socket.write(early.repeat(5000))],
    [
      'one after another',
      ({ socket }: RawClient) => {
        const more = (): void => {
          if (!socket.destroyed) socket.write(early, () => setImmediate(more));
        };
        more();
      },
    ],
  ])('without end are no answer: %s', async (_, answer) => {
    const error = await refusalOf(answer);
    expect(error.code).toBe('POSTERN_ERR_HANDSHAKE_MALFORMED');
    expect(error.message).toBe('expected an answer, got more than 32 informational ones');
  });
});

describe('createConnection', () => {
  test('reaches a server in memory', async () => {
    const server = createServer();
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      socket.write(switching(request.headers['sec-websocket-key']!));
      socket.write(textFrame(request.url!));
    });
    const [near, far] = duplexPair();
    server.emit('connection', far);
    const ws = await open('ws://in.memory/chat', { createConnection: () => near });
    expect(await ws.read()).toBe('/chat');
    expect(near.listenerCount('error')).toBe(1);
    ws.terminate();
  });

  test('brings any Duplex', async () => {
    const written: Buffer[] = [];
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, callback) => {
        written.push(chunk);
        callback();
        stream.destroy(new Error('gone'));
      },
    });
    const outcome = open('ws://in.memory/chat', { createConnection: () => stream });
    await expect(outcome).rejects.toMatchObject({ message: 'no connection to the server (gone)' });
    expect(Buffer.concat(written).toString()).toMatch(
      /^GET \/chat HTTP\/1\.1\r\nHost: in\.memory\r\n/,
    );
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    [
      'calls back with an error',
      (_: unknown, oncreate: (error: Error, stream: Socket) => void) => {
        oncreate(new Error('mine'), undefined as never);
        return null;
      },
    ],
  ])('that %s is no connection', async (_, createConnection) => {
    await expect(open('ws://in.memory', { createConnection })).rejects.toMatchObject({
      code: 'POSTERN_ERR_CONNECT',
      cause: { message: 'mine' },
    });
  });

  test('that calls back too late has its stream destroyed', async () => {
    const stream = new Duplex({ read: () => undefined });
    const controller = new AbortController();
    let connected: (() => void) | undefined;
    const outcome = open('ws://in.memory', {
      signal: controller.signal,
      createConnection: (_, oncreate) => {
        connected = () => oncreate(null, stream);
        return null;
      },
    });
    void outcome.catch(() => undefined);
    await turn();
    controller.abort();
    await expect(outcome).rejects.toThrow('aborted');
    connected?.();
    await once(stream, 'close');
    expect(stream.destroyed).toBe(true);
  });
});
