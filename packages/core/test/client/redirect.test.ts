import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { resolveOpenOptions } from '../../src/client/open-options.js';
import { open } from '../../src/client/open.js';
import { withoutCredentials } from '../../src/client/redirect.js';
import { certificate } from './support/certificate.js';
import { ManualClock } from './support/manual-clock.js';
import { headerOf, serveRaw, switching, type RawClient } from './support/raw-server.js';
import { serveSecurely } from './support/secure-server.js';

const redirectTo =
  (location: string, status = 302) =>
  ({ socket }: RawClient): void =>
    void socket.write(
      `HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 9\r\n\r\n`,
    );

const letIn = ({ socket, key }: RawClient): void => void socket.write(switching(key));

const pathOf = ({ head }: RawClient): string => head.split(' ')[1]!;

/** Lets clients into `/in`, and sends others where `/other?location` says. */
function followQuery(client: RawClient): void {
  const path = pathOf(client);
  if (path === '/in') letIn(client);
  else redirectTo(decodeURIComponent(path.slice(path.indexOf('?') + 1)))(client);
}

test('is a refusal by default', async () => {
  const { url } = await serveRaw(({ socket }) =>
    socket.write('HTTP/1.1 302 Found\r\nLocation: /in\r\nContent-Length: 2\r\n\r\nno'),
  );
  await expect(open(url)).rejects.toMatchObject({
    code: 'POSTERN_ERR_HANDSHAKE_STATUS',
    status: 302,
    headers: { location: '/in' },
    body: 'no',
  });
});

describe('with maxRedirects', () => {
  test.each([301, 302, 303, 307, 308])(
    '%i is followed, its body not waited for',
    async (status) => {
      const { url, clients } = await serveRaw((client) =>
        pathOf(client) === '/in' ? letIn(client) : redirectTo('in', status)(client),
      );
      const ws = await open(`${url}/out`, { maxRedirects: 1 });
      expect(ws.isOpen).toBe(true);
      ws.terminate();
      await clients[0]!.gone;
      expect(clients.map(pathOf)).toEqual(['/out', '/in']);
      expect(clients[0]!.key).not.toBe(clients[1]!.key);
    },
  );

  test.each(['http', 'ws'])(
    'an absolute %s: URL is followed, its fragment dropped',
    async (scheme) => {
      const inner = await serveRaw(followQuery);
      const { url } = await serveRaw(redirectTo(`${scheme}://127.0.0.1:${inner.port}/in#part`));
      (await open(url, { maxRedirects: 1 })).terminate();
      expect(inner.clients.map(pathOf)).toEqual(['/in']);
    },
  );

  test.each([300, 304, 305, 403])('%i with a Location is a refusal', async (status) => {
    const { url } = await serveRaw(({ socket }) =>
      socket.write(`HTTP/1.1 ${status} No\r\nLocation: /in\r\nContent-Length: 0\r\n\r\n`),
    );
    await expect(open(url, { maxRedirects: 5 })).rejects.toMatchObject({
      code: 'POSTERN_ERR_HANDSHAKE_STATUS',
      status,
    });
  });

  test('a 302 without a Location is a refusal', async () => {
    const { url } = await serveRaw(({ socket }) => socket.end('HTTP/1.1 302 Found\r\n\r\n'));
    await expect(open(url, { maxRedirects: 5 })).rejects.toMatchObject({
      code: 'POSTERN_ERR_HANDSHAKE_STATUS',
    });
  });

  test('a circle ends at the limit', async () => {
    const { url, clients } = await serveRaw(redirectTo('/again'));
    await expect(open(url, { maxRedirects: 3 })).rejects.toMatchObject({
      name: 'HandshakeError',
      code: 'POSTERN_ERR_HANDSHAKE_REDIRECT',
      message: 'expected at most 3 redirects, got more',
      status: 302,
      headers: { location: '/again' },
    });
    expect(clients).toHaveLength(4);
    await Promise.all(clients.map(({ gone }) => gone));
  });

  test('the timeout is one for all', async () => {
    const clock = new ManualClock();
    const { url } = await serveRaw((client) => {
      clock.advance(4000);
      redirectTo('/again')(client);
    });
    await expect(open(url, { clock, maxRedirects: 100 })).rejects.toMatchObject({
      code: 'POSTERN_ERR_HANDSHAKE_TIMEOUT',
    });
  });

  test('the signal is heard on the way', async () => {
    const controller = new AbortController();
    const { url, clients } = await serveRaw((client) => {
      if (clients.length === 3) controller.abort('enough');
      redirectTo('/again')(client);
    });
    const options = { signal: controller.signal, maxRedirects: 100 };
    await expect(open(url, options)).rejects.toBe('enough');
    expect(clients).toHaveLength(3);
  });
});

describe('is not followed', () => {
  test('from wss: to ws:', async () => {
    const plain = await serveRaw(letIn);
    const { cert, key } = certificate('localhost');
    const { port } = await serveSecurely({ cert, key }, [`Location: ${plain.url}`]);
    const options = { tls: { ca: cert }, maxRedirects: 5 };
    await expect(open(`wss://127.0.0.1:${port}`, options)).rejects.toMatchObject({
      code: 'POSTERN_ERR_HANDSHAKE_REDIRECT',
      message: 'expected wss: to stay wss:, got a redirect to ws:',
    });
    expect(plain.clients).toEqual([]);
  });

  test.each(['ftp://a.test', 'file:///etc/passwd', 'ws://', 'data:,x', 'ws+unix:'])(
    'to %s',
    async (location) => {
      const { url } = await serveRaw(redirectTo(location));
      await expect(open(url, { maxRedirects: 5 })).rejects.toMatchObject({
        code: 'POSTERN_ERR_HANDSHAKE_REDIRECT',
        message: 'expected a redirect to a ws, wss, http or https URL',
      });
    },
  );

  test('to a Unix socket', async () => {
    const { url } = await serveRaw(redirectTo('ws+unix:/run/app.sock:/'));
    await expect(open(url, { maxRedirects: 5 })).rejects.toMatchObject({
      message: 'expected a redirect to a host, got one to a Unix socket',
    });
  });

  test('away from a Unix socket, but within it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'postern-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const socketPath = join(directory, 'socket');
    const { clients } = await serveRaw(followQuery, { path: socketPath });
    const options = { socketPath, maxRedirects: 5 };
    (await open('ws://app.test/out?/in', options)).terminate();
    expect(clients.map(pathOf)).toEqual(['/out?/in', '/in']);
    await expect(open('ws://app.test/out?ws://b.test/', options)).rejects.toMatchObject({
      message: 'expected to stay on the Unix socket, got a redirect to another host',
    });
  });
});

describe('credentials', () => {
  const headers = { Authorization: 'Bearer x', cookie: 'a=1', 'X-Other': 'y', Host: 'a.test' };
  const shown = ({ head }: RawClient): unknown[] =>
    ['Authorization', 'Cookie', 'X-Other'].map((name) => headerOf(head, name));

  test('stay with the same origin', async () => {
    const { url, clients } = await serveRaw(followQuery);
    (await open(`${url}/out?/in`, { headers, maxRedirects: 1 })).terminate();
    expect(clients.map(shown)).toEqual([
      ['Bearer x', 'a=1', 'y'],
      ['Bearer x', 'a=1', 'y'],
    ]);
  });

  test('of the URL stay with the same origin', async () => {
    const { port, clients } = await serveRaw(followQuery);
    (await open(`ws://u:p@127.0.0.1:${port}/out?/in`, { maxRedirects: 1 })).terminate();
    const sent = clients.map(({ head }) => headerOf(head, 'Authorization'));
    expect(sent).toEqual(['Basic dTpw', 'Basic dTpw']);
  });

  test('do not go to another origin, nor come back from there', async () => {
    const inner = await serveRaw(followQuery);
    const { port, url, clients } = await serveRaw(followQuery);
    const back = encodeURIComponent(`${url}/in`);
    const there = encodeURIComponent(`${inner.url}/out?${back}`);
    const start = `ws://u:p@127.0.0.1:${port}/out?${there}`;
    (await open(start, { headers, maxRedirects: 2 })).terminate();
    expect([...clients, ...inner.clients].map(shown)).toEqual([
      ['Bearer x', 'a=1', 'y'],
      [undefined, undefined, 'y'],
      [undefined, undefined, 'y'],
    ]);
    expect(headerOf(inner.clients[0]!.head, 'Host')).toBe(`127.0.0.1:${inner.port}`);
  });

  test('are client certificates and server names, too', () => {
    const tls = { ca: 'a', cert: 'b', key: 'c', pfx: 'd', passphrase: 'e', servername: 'f' };
    const settings = resolveOpenOptions({ tls, headers });
    expect(withoutCredentials(settings)).toEqual({
      ...settings,
      tls: { ca: 'a' },
      headers: { 'X-Other': 'y' },
    });
  });
});
