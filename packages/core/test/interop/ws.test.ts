import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket as WsSocket, WebSocketServer as WsServer, type ClientOptions } from 'ws';

import { open } from '../../src/client/open.js';
import type { Message } from '../../src/connection/inbox.js';
import type { ServeOptions } from '../../src/node/serve.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import { certificate } from '../client/support/certificate.js';
import { deferred, station } from '../server/support/gatehouse.js';
import { socketPath } from '../server/support/roads.js';
import { WsSide } from './support/ws-side.js';
import { meetings, sameMessage, visiting } from './support/meetings.js';

const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 1_000_000];

function bytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
}

describe.each(meetings)('%s', (_, meet) => {
  test('text of every length goes both ways', async () => {
    const { ours, theirs } = await meet();
    for (const size of sizes) {
      const text = 'héλ😀'.repeat(size / 9).padEnd(size / 2, 'x');
      theirs.socket.send(text);
      expect((await ours.read()) === text).toBe(true);
      await ours.write(text);
      expect((await theirs.next()) === text).toBe(true);
    }
  });

  test('bytes of every length go both ways', async () => {
    const { ours, theirs } = await meet();
    for (const size of sizes) {
      const data = bytes(size);
      theirs.socket.send(data);
      expect(sameMessage(await ours.read(), data)).toBe(true);
      await ours.write(data);
      expect(sameMessage(await theirs.next(), data)).toBe(true);
    }
  });

  test('messages of 16 MiB go both ways', async () => {
    const limit = 16 << 20;
    const { ours, theirs } = await meet({
      ours: { maxMessageSize: limit },
      theirs: { maxPayload: limit },
    });
    const data = Buffer.alloc(limit, 'sixteen');
    theirs.socket.send(data);
    expect(sameMessage(await ours.read(), data)).toBe(true);
    await ours.write(data);
    expect(sameMessage(await theirs.next(), data)).toBe(true);
  });

  test('thousands of messages keep their order', async () => {
    const { ours, theirs } = await meet();
    const count = 5_000;
    for (let index = 0; index < count; index += 1) theirs.socket.send(String(index));
    for (let index = 0; index < count; index += 1) {
      if ((await ours.read()) !== String(index)) throw new Error(`lost ${index}`);
    }
    for (let index = 0; index < count; index += 1) await ours.write(String(index));
    for (let index = 0; index < count; index += 1) {
      if ((await theirs.next()) !== String(index)) throw new Error(`lost ${index}`);
    }
    expect(ours.isOpen).toBe(true);
  });

  test('fragments of theirs become one message, pings in between', async () => {
    const { ours, theirs } = await meet();
    theirs.fragments(['a', '', 'b', 'ü', '']);
    expect(await ours.read()).toBe('abü');
    theirs.fragments([Buffer.from([1]), Buffer.alloc(0), Buffer.from([2, 3])], true);
    expect(await ours.read()).toEqual(Buffer.from([1, 2, 3]));
    const pong = once(theirs.socket, 'pong');
    theirs.socket.send('one ', { fin: false });
    theirs.socket.ping('in between');
    theirs.socket.send('message', { fin: true });
    expect(await ours.read()).toBe('one message');
    expect(String((await pong)[0])).toBe('in between');
  });

  test('fragments may cut a character', async () => {
    const { ours, theirs } = await meet();
    const text = Buffer.from('😀 ça va?');
    const parts = [...text].map((byte) => Buffer.from([byte]));
    theirs.fragments(parts, false);
    expect(await ours.read()).toBe('😀 ça va?');
  });

  test('pings are answered both ways, with their payload', async () => {
    const { ours, theirs } = await meet();
    const pinged = once(theirs.socket, 'ping');
    const latency = await ours.ping('are you there?');
    expect(String((await pinged)[0])).toBe('are you there?');
    expect(latency).toBeGreaterThanOrEqual(0);
    expect(ours.latency).toBe(latency);
    for (const payload of ['', 'x'.repeat(125)]) {
      const pong = once(theirs.socket, 'pong');
      theirs.socket.ping(payload);
      expect(String((await pong)[0])).toBe(payload);
    }
    const pong = once(theirs.socket, 'pong');
    await ours.pong('nobody asked');
    expect(String((await pong)[0])).toBe('nobody asked');
  });

  test.each([
    [1000, ''],
    [1000, 'done'],
    [1001, 'going'],
    [1003, ''],
    [1011, 'x'.repeat(123)],
    [3000, 'ça va'],
    [4999, '😀'],
  ])('we close with %i %j', async (code, reason) => {
    const { ours, theirs } = await meet();
    const close = { code, reason, wasClean: true, initiator: 'local', cause: undefined };
    expect(await ours.close({ code, reason })).toEqual(close);
    expect(await theirs.ended).toEqual({ code, reason });
  });

  test.each([
    [1000, ''],
    [1001, 'going'],
    [1012, ''],
    [3000, 'ça va'],
    [4999, 'x'.repeat(123)],
  ])('they close with %i %j', async (code, reason) => {
    const { ours, theirs } = await meet();
    theirs.socket.close(code, reason);
    const close = { code, reason, wasClean: true, initiator: 'peer', cause: undefined };
    expect(await ours.closed).toEqual(close);
    // The code comes back; a reason need not, RFC 6455 section 5.5.1.
    expect((await theirs.ended).code).toBe(code);
  });

  test('they close without a code', async () => {
    const { ours, theirs } = await meet();
    theirs.socket.close();
    expect(await ours.closed).toMatchObject({ code: 1005, wasClean: true, initiator: 'peer' });
    expect((await theirs.ended).code).toBe(1005);
  });

  test('both close at once', async () => {
    const { ours, theirs } = await meet();
    theirs.socket.close(4001);
    const ourEnd = await ours.close({ code: 4002 });
    expect(ourEnd.wasClean).toBe(true);
    expect([4001, 4002]).toContain(ourEnd.code);
    expect([4001, 4002]).toContain((await theirs.ended).code);
  });

  test('what was sent before the close arrives before it', async () => {
    const { ours, theirs } = await meet();
    ours.send('last words');
    ours.send(bytes(100_000));
    await ours.close();
    expect(await theirs.next()).toBe('last words');
    expect(await theirs.next()).toHaveLength(100_000);
    expect((await theirs.ended).code).toBe(1000);
  });

  test('what they sent before they closed is read before the end', async () => {
    const { ours, theirs } = await meet();
    for (let index = 0; index < 100; index += 1) theirs.socket.send(String(index));
    theirs.socket.close(1000);
    const messages: Message[] = [];
    for await (const message of ours) messages.push(message);
    expect(messages).toEqual(Array.from({ length: 100 }, (unused, index) => String(index)));
    expect(ours.closeInfo).toMatchObject({ code: 1000, wasClean: true });
  });

  test('they vanish: 1006, and we vanish: 1006', async () => {
    const one = await meet();
    one.theirs.socket.terminate();
    expect(await one.ours.closed).toMatchObject({ code: 1006, wasClean: false });
    const other = await meet();
    other.ours.terminate();
    expect((await other.theirs.ended).code).toBe(1006);
  });

  test('a message over our limit: 1009', async () => {
    const { ours, theirs } = await meet({ ours: { maxMessageSize: 1_000 } });
    theirs.socket.send('x'.repeat(1_000));
    expect(await ours.read()).toHaveLength(1_000);
    theirs.socket.send('x'.repeat(1_001));
    expect((await theirs.ended).code).toBe(1009);
    expect(await ours.closed).toMatchObject({ code: 1009, wasClean: false, initiator: 'local' });
  });

  test('a message over their limit: 1009', async () => {
    const { ours } = await meet({ theirs: { maxPayload: 1_000 } });
    ours.send('x'.repeat(1_001));
    expect(await ours.closed).toMatchObject({ code: 1009, wasClean: true, initiator: 'peer' });
  });

  test('compression that they offer is declined, and does no harm', async () => {
    const { ours, theirs } = await meet({ theirs: { perMessageDeflate: true } });
    expect(theirs.socket.extensions).toBe('');
    const text = 'compressible '.repeat(10_000);
    theirs.socket.send(text);
    expect((await ours.read()) === text).toBe(true);
  });

  test('backpressure holds a flood of theirs, and nothing is lost', async () => {
    const { ours, theirs } = await meet();
    const data = bytes(32_000);
    const count = 400;
    for (let index = 0; index < count; index += 1) theirs.socket.send(data);
    // Nobody reads: what is unread stays bounded, the rest with the sender.
    await new Promise((resolve) => setImmediate(resolve));
    let received = 0;
    for await (const message of ours) {
      if (!sameMessage(message, data)) throw new Error(`message ${received} differs`);
      received += 1;
      if (received === count) break;
    }
    expect(received).toBe(count);
  });

  test('write waits while they do not read, and nothing is lost', async () => {
    const { ours, theirs } = await meet();
    theirs.socket.pause();
    const data = bytes(64_000);
    const count = 200;
    let written = 0;
    const writing = (async () => {
      for (; written < count; written += 1) await ours.write(data);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    theirs.socket.resume();
    for (let index = 0; index < count; index += 1) {
      if (!sameMessage(await theirs.next(), data)) throw new Error(`message ${index} differs`);
    }
    await writing;
    expect(written).toBe(count);
  });
});

describe('the opening handshake of our server as their client sees it', () => {
  async function answered(
    gatekeeper: Gatekeeper<undefined>,
    options: Partial<ServeOptions> = {},
    offer: readonly string[] = [],
    clientOptions: ClientOptions = {},
  ): Promise<{ readonly side: WsSide; readonly response: IncomingMessage }> {
    const { server } = await station(gatekeeper, options);
    const socket = new WsSocket(server.url, [...offer], clientOptions);
    onTestFinished(() => socket.terminate());
    const side = new WsSide(socket);
    const upgraded = once(socket, 'upgrade');
    const refused = once(socket, 'unexpected-response').then(([, response]) => [response]);
    const [response] = (await Promise.race([upgraded, refused])) as [IncomingMessage];
    return { side, response };
  }

  test('subprotocols: the first of ours, which their client checks', async () => {
    const { side } = await answered(
      async (request, ws) => {
        await ws.accept();
        await ws.write(ws.subprotocol);
      },
      { subprotocols: ['v2', 'v1'] },
      ['v1', 'v2'],
    );
    await side.opened();
    expect(side.socket.protocol).toBe('v2');
    expect(await side.next()).toBe('v2');
  });

  test('headers of accept are on the 101', async () => {
    const { response } = await answered((request, ws) =>
      ws.accept({ headers: { 'Set-Cookie': ['a=1', 'b=2'] } }),
    );
    expect(response.statusCode).toBe(101);
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  test('a refusal comes whole', async () => {
    const { response } = await answered((request, ws) =>
      ws.refuse(401, { headers: { 'WWW-Authenticate': 'Basic' }, body: 'sign in\n' }),
    );
    expect(response.statusCode).toBe(401);
    expect(response.headers).toMatchObject({ 'www-authenticate': 'Basic', connection: 'close' });
    let body = '';
    for await (const chunk of response) body += String(chunk);
    expect(body).toBe('sign in\n');
  });

  test('a foreign origin: 403; version 8: 426', async () => {
    const origin = 'http://evil.example';
    expect((await answered(() => {}, {}, [], { origin })).response.statusCode).toBe(403);
    const old = await answered(() => {}, {}, [], { protocolVersion: 8 });
    expect(old.response.statusCode).toBe(426);
  });

  test('text that it sends before the 101 is answered after it', async () => {
    const word = deferred();
    const { server } = await station(async (request, ws) => {
      await word.promise;
      await ws.listen((data) => ws.write(data));
    });
    const side = new WsSide(new WsSocket(server.url));
    onTestFinished(() => side.socket.terminate());
    word.resolve();
    await side.opened();
    side.socket.send('hello');
    expect(await side.next()).toBe('hello');
  });

  test('over TLS, and over a Unix socket', async () => {
    const { cert, key } = certificate('localhost');
    const path = socketPath();
    const reaches: readonly (readonly [Partial<ServeOptions>, ClientOptions, string?])[] = [
      [{ tls: { cert, key } }, { ca: cert }],
      [{ path }, {}, `ws+unix:${path}:/chat`],
    ];
    for (const [options, clientOptions, url] of reaches) {
      const { server } = await station(
        (request, ws) => ws.listen((data) => ws.write(data)),
        options,
      );
      const side = new WsSide(new WsSocket(url ?? server.url, clientOptions));
      onTestFinished(() => side.socket.terminate());
      await side.opened();
      side.socket.send('hello');
      expect(await side.next()).toBe('hello');
    }
  });

  test('our server that closes tells their clients 1001', async () => {
    const { server } = await station((request, ws) => ws.listen(() => undefined));
    const sides = Array.from({ length: 20 }, () => new WsSide(new WsSocket(server.url)));
    await Promise.all(sides.map((side) => side.opened()));
    await server.close();
    const ends = await Promise.all(sides.map((side) => side.ended));
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1001]));
  });
});

describe('the opening handshake of their server as our client sees it', () => {
  test('subprotocols that they choose', async () => {
    const { ours, theirs } = await visiting({ offer: ['v1', 'v2'] });
    expect(ours.subprotocol).toBe('v1');
    expect(theirs.socket.protocol).toBe('v1');
  });

  test('their refusal is a HandshakeError with all there is to know', async () => {
    const server = new WsServer({
      host: '127.0.0.1',
      port: 0,
      verifyClient: (info: object, done: (ok: boolean, status: number, text: string) => void) =>
        done(false, 418, 'a teapot'),
    });
    onTestFinished(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(open(`ws://127.0.0.1:${port}`)).rejects.toMatchObject({
      name: 'HandshakeError',
      status: 418,
      body: 'a teapot',
    });
  });

  test('their server that shuts down tells us 1001', async () => {
    const { ours, theirs } = await visiting();
    theirs.socket.close(1001);
    expect(await ours.closed).toMatchObject({ code: 1001, wasClean: true, initiator: 'peer' });
  });

  test('the function form opens, talks and closes with 1000', async () => {
    const server = new WsServer({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    await once(server, 'listening');
    const ended = deferred<number>();
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => socket.send(data.toString().toUpperCase()));
      socket.on('close', (code) => ended.resolve(code));
    });
    const { port } = server.address() as AddressInfo;
    const answer = await open(`ws://127.0.0.1:${port}`, async (ws) => {
      await ws.write('hello');
      return ws.read();
    });
    expect(answer).toBe('HELLO');
    expect(await ended.promise).toBe(1000);
  });
});
