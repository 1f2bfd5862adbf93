import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { OpenOptions } from '../../src/client/open-options.js';
import { open } from '../../src/client/open.js';
import { certificate } from './support/certificate.js';
import { textFrame } from './support/frames.js';
import { ManualClock } from './support/manual-clock.js';
import { connectThere, serveProxy } from './support/proxy-server.js';
import { headerOf, serveRaw, switching, type RawClient } from './support/raw-server.js';
import { serveSecurely } from './support/secure-server.js';

const localhost = certificate('localhost');

const letInAndGreet = ({ socket, key }: RawClient): void =>
  void socket.write(Buffer.concat([Buffer.from(switching(key)), textFrame('hello')]));

describe('a proxy', () => {
  test('connects to a ws: URL, and sees nothing but that', async () => {
    const { url, port, clients } = await serveRaw(letInAndGreet);
    const proxy = await serveProxy();
    const ws = await open(`${url}/chat`, { proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await ws.read()).toBe('hello');
    ws.terminate();
    const [request] = proxy.requests;
    expect(request).toMatchObject({ method: 'CONNECT', url: `127.0.0.1:${port}` });
    expect(request!.headers).toEqual({ host: `127.0.0.1:${port}`, connection: 'close' });
    expect(clients[0]!.head).toMatch(/^GET \/chat HTTP\/1\.1\r\n/);
    expect(headerOf(clients[0]!.head, 'Host')).toBe(`127.0.0.1:${port}`);
    await once(proxy.sockets[0]!, 'close');
  });

  test('connects to a wss: URL, checked as without a proxy', async () => {
    const { port, seen } = await serveSecurely(localhost);
    const proxy = `http://127.0.0.1:${(await serveProxy()).port}`;
    const ws = await open(`wss://localhost:${port}`, { proxy, tls: { ca: localhost.cert } });
    expect(ws.isOpen).toBe(true);
    ws.terminate();
    expect(seen[0]).toMatchObject({ servername: 'localhost', protocol: 'http/1.1' });
    await expect(open(`wss://localhost:${port}`, { proxy })).rejects.toMatchObject({
      code: 'POSTERN_ERR_TLS_CERTIFICATE',
      message: expect.stringMatching(/^certificate of the server: it is self-signed/),
    });
  });

  test.each(['ws', 'wss'])('may itself be behind TLS: %s', async (scheme) => {
    const proxyServer = await serveProxy(connectThere, certificate('elsewhere'));
    const proxy = `https://127.0.0.1:${proxyServer.port}`;
    const proxyTls = { ca: certificate('elsewhere').cert, servername: 'elsewhere.test' };
    const options: OpenOptions = { proxy, proxyTls, tls: { ca: localhost.cert } };
    const { port } =
      scheme === 'ws' ? await serveRaw(letInAndGreet) : await serveSecurely(localhost);
    const ws = await open(`${scheme}://127.0.0.1:${port}`, options);
    expect(ws.isOpen).toBe(true);
    ws.terminate();
    await once(proxyServer.sockets[0]!, 'close');
    await expect(open('ws://127.0.0.1:1', { proxy })).rejects.toMatchObject({
      code: 'POSTERN_ERR_TLS_CERTIFICATE',
      message: expect.stringMatching(/^certificate of the proxy: /),
    });
  });

  test('gets user and password of its URL, and the server does not', async () => {
    const { url, clients } = await serveRaw(letInAndGreet);
    const { port, requests } = await serveProxy();
    (await open(url, { proxy: `http://user:p%40ss@127.0.0.1:${port}` })).terminate();
    const expected = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(requests[0]!.headers['proxy-authorization']).toBe(expected);
    expect(clients[0]!.head).not.toMatch(/authorization/i);
  });

  test('comes from the environment when asked for', async () => {
    const { url } = await serveRaw(letInAndGreet);
    const { port, requests } = await serveProxy();
    const before = process.env['http_proxy'];
    onTestFinished(() => {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    });
    process.env['http_proxy'] = `127.0.0.1:${port}`;
    (await open(url)).terminate();
    expect(requests).toHaveLength(0);
    (await open(url, { proxy: 'environment' })).terminate();
    expect(requests).toHaveLength(1);
  });

  test('that is none is a TypeError', async () => {
    await expect(open('ws://127.0.0.1:1', { proxy: 'proxy' })).rejects.toThrow(TypeError);
  });
});

describe('a proxy that fails', () => {
  test.each([407, 403, 502, 101])('with status %i: the error has it', async (status) => {
    const { port } = await serveProxy((_, socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nProxy-Authenticate: Basic\r\n\r\n`);
    });
    await expect(
      open('ws://app.test', { proxy: `http://127.0.0.1:${port}` }),
    ).rejects.toMatchObject({
      name: 'HandshakeError',
      code: 'POSTERN_ERR_PROXY',
      status,
      headers: { 'proxy-authenticate': 'Basic' },
      message: `expected the proxy to answer 2xx, got ${status}`,
    });
  });

  test.each([
    ['as text', 'Content-Length: 4\r\n\r\nwho?', 'who?'],
    ['not in chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nwho?\r\n0\r\n\r\n', ''],
  ])('the error has what came of the body with the head, %s', async (_, rest, body) => {
    const { port } = await serveProxy((request, socket) => {
      socket.write(`HTTP/1.1 407 No\r\n${rest}`);
    });
    const proxy = `http://127.0.0.1:${port}`;
    const outcome = open('ws://app.test', { proxy });
    await expect(outcome).rejects.toMatchObject({ code: 'POSTERN_ERR_PROXY', status: 407, body });
  });

  test('because it is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await expect(
      open('ws://app.test', { proxy: `http://127.0.0.1:${port}` }),
    ).rejects.toMatchObject({
      code: 'POSTERN_ERR_CONNECT',
      message: 'no connection to the proxy (ECONNREFUSED)',
    });
  });

  test.each([
    ['by hanging up', '', 'POSTERN_ERR_HANDSHAKE_INTERRUPTED'],
    ['by nonsense', 'SSH-2.0\r\n\r\n', 'POSTERN_ERR_HANDSHAKE_MALFORMED'],
    ['by talking first', 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101', 'POSTERN_ERR_PROXY'],
  ])('%s', async (how, bytes, code) => {
    const { port, sockets } = await serveProxy((_, socket) => {
      if (how === 'by hanging up') socket.destroy();
      else socket.write(bytes);
    });
    const outcome = open('ws://app.test', { proxy: `http://127.0.0.1:${port}` });
    await expect(outcome).rejects.toMatchObject({ name: 'HandshakeError', code });
    if (!sockets[0]!.destroyed) await once(sockets[0]!, 'close');
  });

  test.each([
    ['the timeout', 'POSTERN_ERR_HANDSHAKE_TIMEOUT'],
    ['the signal', 'ABORT_ERR'],
  ])('by silence is ended by %s', async (how, code) => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const { port, sockets } = await serveProxy(() => {
      if (how === 'the timeout') clock.advance(10_000);
      else controller.abort(Object.assign(new Error('enough'), { code: 'ABORT_ERR' }));
    });
    const proxy = `http://127.0.0.1:${port}`;
    const outcome = open('ws://app.test', { proxy, clock, signal: controller.signal });
    await expect(outcome).rejects.toMatchObject({ code });
    if (!sockets[0]!.destroyed) await once(sockets[0]!, 'close');
  });

  test('later, ends the connection', async () => {
    const { url } = await serveRaw(letInAndGreet);
    const { port, sockets } = await serveProxy();
    const ws = await open(url, { proxy: `http://127.0.0.1:${port}` });
    sockets[0]!.destroy();
    expect(await ws.closed).toMatchObject({ code: 1006, initiator: 'network' });
  });
});
