import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/client/open.js';
import type { TlsOptions } from '../../src/client/open-options.js';
import { certificate } from './support/certificate.js';
import { headerOf, serveRaw, switching } from './support/raw-server.js';
import { serveSecurely } from './support/secure-server.js';

const localhost = certificate('localhost');

describe('wss:', () => {
  test.each(['wss', 'https'])('%s: trusts the given ca', async (scheme) => {
    const { port, seen } = await serveSecurely(localhost);
    const ws = await open(`${scheme}://127.0.0.1:${port}/chat`, { tls: { ca: localhost.cert } });
    expect(ws.isOpen).toBe(true);
    ws.terminate();
    expect(seen).toMatchObject([{ servername: false, protocol: 'http/1.1' }]);
    expect(seen[0]!.head).toMatch(/^GET \/chat HTTP\/1\.1\r\nHost: 127\.0\.0\.1:/);
  });

  test('tells the server which name is meant', async () => {
    const { port, seen } = await serveSecurely(localhost);
    const tls = { ca: localhost.cert };
    (await open(`wss://localhost:${port}`, { tls })).terminate();
    (
      await open(`wss://127.0.0.1:${port}`, { tls: { ...tls, servername: 'localhost' } })
    ).terminate();
    expect(seen.map(({ servername }) => servername)).toEqual(['localhost', 'localhost']);
  });

  test('goes on unchecked with rejectUnauthorized: false, and only then', async () => {
    const { port } = await serveSecurely(certificate('expired'));
    const tls = { rejectUnauthorized: false };
    (await open(`wss://127.0.0.1:${port}`, { tls })).terminate();
    await expect(open(`wss://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'POSTERN_ERR_TLS_CERTIFICATE',
    });
  });

  test('goes through an agent, with the same options', async () => {
    const { port } = await serveSecurely(localhost);
    const agent = new Agent();
    const ws = await open(`wss://127.0.0.1:${port}`, { agent, tls: { ca: localhost.cert } });
    expect(ws.isOpen).toBe(true);
    ws.terminate();
    await expect(open(`wss://127.0.0.1:${port}`, { agent })).rejects.toMatchObject({
      code: 'POSTERN_ERR_TLS_CERTIFICATE',
    });
  });

  test('refuses an agent of http', async () => {
    const { Agent: HttpAgent } = await import('node:http');
    const outcome = open('wss://127.0.0.1:1', { agent: new HttpAgent() });
    await expect(outcome).rejects.toThrow(TypeError);
  });

  test('shows a client certificate', async () => {
    const client = certificate('client');
    const { port } = await serveSecurely({ ...localhost, requestCert: true, ca: client.cert });
    const tls = { ca: localhost.cert, ...client };
    const ws = await open(`wss://127.0.0.1:${port}`, { tls });
    expect(ws.isOpen).toBe(true);
    ws.terminate();
  });
});

describe('an error of TLS says what is wrong', () => {
  const fault = (name: string, options: TlsOptions, message: string, code: string) =>
    [name, options, message, code] as const;

  test.each([
    fault(
      'localhost',
      {},
      'it is self-signed, and not among the trusted ones',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ),
    fault('expired', { ca: certificate('expired').cert }, 'it has expired', 'CERT_HAS_EXPIRED'),
    fault(
      'future',
      { ca: certificate('future').cert },
      'it is not valid yet',
      'CERT_NOT_YET_VALID',
    ),
    fault(
      'elsewhere',
      { ca: certificate('elsewhere').cert },
      'it is not for "127.0.0.1"',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ),
    fault(
      'localhost',
      { ca: localhost.cert, servername: 'other.test' },
      'it is not for "other.test"',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ),
  ])('certificate %s with %o', async (name, tls, message, code) => {
    const { port, seen } = await serveSecurely(certificate(name as 'localhost'));
    await expect(open(`wss://127.0.0.1:${port}`, { tls })).rejects.toMatchObject({
      name: 'HandshakeError',
      code: 'POSTERN_ERR_TLS_CERTIFICATE',
      message: `certificate of the server: ${message} (${code})`,
      cause: { code },
    });
    expect(seen).toEqual([]);
  });

  test('a server that wants a certificate, and gets none', async () => {
    const options = { ...localhost, requestCert: true, ca: certificate('client').cert };
    const { port } = await serveSecurely({ ...options, maxVersion: 'TLSv1.2' });
    const outcome = open(`wss://127.0.0.1:${port}`, { tls: { ca: localhost.cert } });
    await expect(outcome).rejects.toMatchObject({ code: 'POSTERN_ERR_TLS' });
  });

  test('a server that does not speak TLS', async () => {
    const { port, server } = await serveRaw(() => undefined);
    server.on('connection', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(open(`wss://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'POSTERN_ERR_TLS',
      message: expect.stringMatching(/^the server does not speak TLS \(/),
    });
  });

  test('a server that ends the connection meanwhile', async () => {
    const { port, server } = await serveRaw(() => undefined);
    server.on('connection', (socket) => socket.end());
    await expect(open(`wss://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'POSTERN_ERR_HANDSHAKE_INTERRUPTED',
    });
  });

  test('a certificate that is none', async () => {
    const { port } = await serveSecurely(localhost);
    const tls = { cert: 'nonsense', key: 'nonsense' };
    await expect(open(`wss://127.0.0.1:${port}`, { tls })).rejects.toMatchObject({
      code: 'POSTERN_ERR_TLS',
      message: expect.stringMatching(
        /^the option tls has a certificate or key that cannot be read/,
      ),
    });
  });
});

describe('a Unix socket', () => {
  async function serveFile(): Promise<{ path: string; heads: string[] }> {
    const directory = mkdtempSync(join(tmpdir(), 'postern-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'a socket');
    const heads: string[] = [];
    await serveRaw(
      ({ socket, head, key }) => {
        heads.push(head);
        socket.write(switching(key));
      },
      { path },
    );
    return { path, heads };
  }

  test('is reached by socketPath, with the host of the URL', async () => {
    const { path, heads } = await serveFile();
    (await open('ws://app.test/chat', { socketPath: path })).terminate();
    expect(heads[0]).toMatch(/^GET \/chat HTTP\/1\.1\r\nHost: app\.test\r\n/);
  });

  test('is reached by a ws+unix: URL', async () => {
    const { path, heads } = await serveFile();
    (await open(`ws+unix:${path.replace(' ', '%20')}:/chat?x`)).terminate();
    expect(heads[0]).toMatch(/^GET \/chat\?x HTTP\/1\.1\r\nHost: localhost\r\n/);
  });

  test('is reached through an agent', async () => {
    const { path, heads } = await serveFile();
    const { Agent: HttpAgent } = await import('node:http');
    const options = { socketPath: path, agent: new HttpAgent() };
    (await open('ws://app.test/chat', options)).terminate();
    expect(headerOf(heads[0]!, 'Host')).toBe('app.test');
  });

  test('that is not there is no connection', async () => {
    await expect(open('ws+unix:/nowhere/at/all:/')).rejects.toMatchObject({
      code: 'POSTERN_ERR_CONNECT',
      cause: { code: 'ENOENT' },
    });
  });
});
