import { describe, expect, test } from 'vitest';

import { open } from '../../src/client/open.js';
import { certificate } from './support/certificate.js';
import { textFrame } from './support/frames.js';
import { serveRaw, switching } from './support/raw-server.js';
import { serveSecurely } from './support/secure-server.js';
import { startTinyproxy, tinyproxyAvailable } from './support/tinyproxy.js';

describe.skipIf(!tinyproxyAvailable())('through tinyproxy', () => {
  const hello = async (): Promise<string> => {
    const { url } = await serveRaw(({ socket, key }) => {
      socket.write(Buffer.concat([Buffer.from(switching(key)), textFrame('hello')]));
    });
    return url;
  };

  test('to a ws: URL', async () => {
    const proxy = `http://127.0.0.1:${await startTinyproxy()}`;
    const ws = await open(await hello(), { proxy });
    expect(await ws.read()).toBe('hello');
    ws.terminate();
  });

  test('to a wss: URL', async () => {
    const localhost = certificate('localhost');
    const { port } = await serveSecurely(localhost);
    const proxy = `http://127.0.0.1:${await startTinyproxy()}`;
    const ws = await open(`wss://127.0.0.1:${port}`, { proxy, tls: { ca: localhost.cert } });
    expect(ws.isOpen).toBe(true);
    ws.terminate();
  });

  test('with a password, and not without', async () => {
    const port = await startTinyproxy('BasicAuth user secret');
    const url = await hello();
    const ws = await open(url, { proxy: `http://user:secret@127.0.0.1:${port}` });
    expect(await ws.read()).toBe('hello');
    ws.terminate();
    await expect(open(url, { proxy: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'POSTERN_ERR_PROXY',
      status: 407,
    });
    await expect(open(url, { proxy: `http://user:wrong@127.0.0.1:${port}` })).rejects.toMatchObject(
      {
        code: 'POSTERN_ERR_PROXY',
        status: 401,
      },
    );
  });

  test('to a server that is not there', async () => {
    const proxy = `http://127.0.0.1:${await startTinyproxy()}`;
    await expect(open('ws://127.0.0.1:1', { proxy })).rejects.toMatchObject({
      code: 'POSTERN_ERR_PROXY',
      status: expect.toSatisfy((status: number) => status >= 500),
    });
  });
});
