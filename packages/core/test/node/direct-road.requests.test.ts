import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';

import { serve } from '../../src/node/serve.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import { deferred, echo, gatehouse, station } from '../server/support/gatehouse.js';
import { sampleKey, upgradeRequest, type Lines } from '../server/support/upgrade-request.js';

/** A gatekeeper that must not be asked. */
function uncalled() {
  return vi.fn<Gatekeeper<undefined>>((request, ws) => void ws.accept());
}

describe('a request outside RFC 6455, section 4.2.1, is refused before the gatekeeper', () => {
  test.each<[string, number, Lines]>([
    ['no Host', 400, { Host: undefined }],
    ['two Hosts', 400, { Host: ['localhost', 'evil.example'] }],
    ['an empty Host', 400, { Host: '' }],
    ['version 8', 426, { 'Sec-WebSocket-Version': '8' }],
    ['version 14', 426, { 'Sec-WebSocket-Version': '14' }],
    ['version 013', 426, { 'Sec-WebSocket-Version': '013' }],
    ['no version', 426, { 'Sec-WebSocket-Version': undefined }],
    ['two versions', 426, { 'Sec-WebSocket-Version': ['13', '8'] }],
    ['no key', 400, { 'Sec-WebSocket-Key': undefined }],
    ['a short key', 400, { 'Sec-WebSocket-Key': 'AAAA' }],
    ['two keys', 400, { 'Sec-WebSocket-Key': [sampleKey, sampleKey] }],
    ['a body', 400, { 'Content-Length': '5' }],
    ['a body in chunks', 400, { 'Transfer-Encoding': 'chunked' }],
    ['an upgrade to h2c', 426, { Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }],
    ['an upgrade to something similar', 426, { Upgrade: 'websockets' }],
    ['a subprotocol that is no token', 400, { 'Sec-WebSocket-Protocol': 'a b' }],
    ['no subprotocol in the header for it', 400, { 'Sec-WebSocket-Protocol': '' }],
    ['a subprotocol twice', 400, { 'Sec-WebSocket-Protocol': 'a, a' }],
    ['extensions outside the grammar', 400, { 'Sec-WebSocket-Extensions': 'a; =' }],
  ])('%s: %i', async (_, status, lines) => {
    const gatekeeper = uncalled();
    const { knock, heard } = gatehouse(gatekeeper);
    const response = await knock(false).ask(lines).response();
    expect(response).toMatchObject({ status, headers: { connection: 'close' } });
    expect(response.body).toMatch(/^[\x20-\x7e]+\n$/);
    expect(gatekeeper).not.toHaveBeenCalled();
    expect(heard).toEqual([]);
  });

  test('the wrong version is told the right one', async () => {
    const { knock } = gatehouse(uncalled());
    const response = await knock(false).ask({ 'Sec-WebSocket-Version': '8' }).response();
    expect(response.headers).toMatchObject({
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      connection: 'close',
    });
  });

  test.each(['POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('the method %s: 405', async (method) => {
    const gatekeeper = uncalled();
    const { knock } = gatehouse(gatekeeper);
    const response = await knock(false).ask({}, { method }).response();
    expect(response).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(gatekeeper).not.toHaveBeenCalled();
  });

  test('HTTP/1.0: 400', async () => {
    const gatekeeper = uncalled();
    const { knock } = gatehouse(gatekeeper);
    expect((await knock(false).ask({}, { version: '1.0' }).response()).status).toBe(400);
    expect(gatekeeper).not.toHaveBeenCalled();
  });

  test('a body that comes along is discarded, never read as frames or as a request', async () => {
    const requests: unknown[] = [];
    const { knock, heard } = await station(uncalled(), {
      http: (request, response) => void response.end(requests.push(request.url)),
    });
    const body = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const client = knock(false);
    client.send(upgradeRequest({ 'Content-Length': String(body.length) }), body, body);
    expect((await client.response()).status).toBe(400);
    expect(requests).toEqual([]);
    expect(heard).toEqual([]);
  });

  test('an extended CONNECT of HTTP/1.1 is cut off by Node, and ends nothing', async () => {
    const { knock } = await station(echo);
    const client = knock(false).send('CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n');
    await client.gone;
    expect((await knock().head()).status).toBe(101);
  });
});

describe('headers that peers send', () => {
  test.each(['Sec-WebSocket-Key', 'Upgrade', 'Connection', 'Sec-WebSocket-Version'])(
    'past those that Node keeps are missing, not a crash: %s',
    async (name) => {
      const gatekeeper = uncalled();
      const { http, knock, heard } = gatehouse(gatekeeper);
      http.maxHeadersCount = 20;
      const line = upgradeRequest().match(new RegExp(`${name}: .*\r\n`))![0];
      const head = upgradeRequest({ [name]: undefined });
      const client = knock(false).send(`${head.slice(0, -2)}${'A: b\r\n'.repeat(20)}${line}\r\n`);
      // Newer releases of Node refuse by themselves, with 431.
      expect([400, 426, 431]).toContain((await client.response()).status);
      expect(gatekeeper).not.toHaveBeenCalled();
      expect((await knock().head()).status).toBe(101);
      expect(heard).toEqual([]);
    },
  );

  test.each<[string, Lines]>([
    ['non-ASCII subprotocols', { 'Sec-WebSocket-Protocol': '\u00e9, \u00ff' }],
    [
      'names of Object.prototype',
      { 'Sec-WebSocket-Extensions': 'constructor, __proto__; toString' },
    ],
    ['an extension that nobody speaks', { 'Sec-WebSocket-Extensions': 'x-webkit-deflate-frame' }],
    [
      'a quoted string that never ends',
      { 'Sec-WebSocket-Extensions': `a; b="${'\\c'.repeat(6000)}` },
    ],
    ['15,000 spaces', { 'Sec-WebSocket-Protocol': `b${' '.repeat(15_000)}x` }],
    ['an Origin of bytes', { Origin: '\u00ff\u00fe://\u0080' }],
  ])('%s end no more than their own connection', async (_, lines) => {
    const { knock, heard } = gatehouse(echo);
    const client = knock(false).ask(lines);
    expect([101, 400, 403, 431]).toContain((await client.head()).status);
    expect((await knock().head()).status).toBe(101);
    expect(heard).toEqual([]);
  });

  test.each<[string, Lines]>([
    ['lower case', { Upgrade: 'websocket', Connection: 'upgrade' }],
    ['upper case', { Upgrade: 'WEBSOCKET', Connection: 'UPGRADE' }],
    ['lists', { Upgrade: 'h2c, websocket', Connection: 'keep-alive, Upgrade' }],
    ['lists over lines', { Connection: ['keep-alive', 'Upgrade'] }],
  ])('Upgrade and Connection may come in %s', async (_, lines) => {
    const { knock } = gatehouse(echo);
    expect((await knock(false).ask(lines).head()).status).toBe(101);
  });
});

describe('other requests on the same socket', () => {
  test('a GET before the upgrade is answered as ever', async () => {
    const { knock } = await station(echo, {
      http: (request, response) => response.setHeader('Content-Length', 5).end('hello'),
    });
    const client = knock(false).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await client.head()).status).toBe(200);
    expect(await client.bytes(5)).toBe('hello');
    await client.ask().opened();
    expect(await client.say('and on').text()).toBe('and on');
  });

  test('a pipelined GET that has no answer yet: the socket is cut, nothing overtakes, nothing crashes', async () => {
    const gatekeeper = uncalled();
    const answered = deferred();
    const { knock, heard } = await station(gatekeeper, {
      http: (request, response) => void answered.promise.then(() => response.end('late')),
    });
    const client = knock(false).send(
      'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n',
      upgradeRequest(),
    );
    await client.gone;
    answered.resolve();
    await turn();
    expect(client.received.length).toBe(0);
    expect(gatekeeper).not.toHaveBeenCalled();
    expect(heard).toEqual([]);
    expect((await knock().head()).status).toBe(101);
  });

  test('two upgrades in one packet: the second is frames to us, and fails the connection', async () => {
    const { knock } = await station(echo);
    const client = knock(false).send(upgradeRequest(), upgradeRequest());
    await client.opened();
    expect(await client.closeCode()).toBe(1002);
  });
});

describe("the timeouts of somebody's server", () => {
  test('do not kill a connection that is in, nor a gatekeeper that thinks', async () => {
    const word = deferred();
    const { server, knock } = await station(async (request, ws) => {
      if (request.url === '/slow') await word.promise;
      for await (const message of ws) await ws.write(message);
    });
    const http = server.server;
    http.timeout = http.keepAliveTimeout = http.headersTimeout = http.requestTimeout = 50;
    const quick = knock();
    const slow = knock(false).ask({}, { target: '/slow' });
    await quick.opened();
    // An ordinary client that sends nothing is what the timeout is for.
    const idle = knock(false);
    await idle.gone;
    expect(await quick.say('still here').text()).toBe('still here');
    word.resolve();
    await slow.opened();
    expect(await slow.say('me too').text()).toBe('me too');
  });
});

describe('same origin', () => {
  const at = 'http://localhost:8080';

  test.each<[string | undefined, number]>([
    [undefined, 101],
    [at, 101],
    ['https://localhost:8080', 101],
    ['http://localhost', 403],
    ['http://localhost:8081', 403],
    ['http://evil.example', 403],
    ['http://evil.example:8080', 403],
    ['null', 403],
    ['', 403],
    ['file://', 403],
  ])('by default: Origin %j at Host localhost:8080 is %i', async (page, status) => {
    const { knock } = gatehouse(echo);
    expect((await knock(false).ask({ Origin: page }).head()).status).toBe(status);
  });

  test.each([
    ['example.com', 'https://example.com', 101],
    ['example.com', 'http://example.com', 101],
    ['example.com', 'https://example.com:443', 101],
    ['example.com:443', 'https://example.com', 101],
    ['example.com', 'https://example.com:8443', 403],
  ])('default ports go by the scheme of the origin: %s, %s is %i', async (host, page, status) => {
    const { knock } = gatehouse(echo);
    expect((await knock(false).ask({ Host: host, Origin: page }).head()).status).toBe(status);
  });

  test('is judged before the gatekeeper; the 403 names both values and the option', async () => {
    const gatekeeper = uncalled();
    const { knock } = gatehouse(gatekeeper);
    const { body } = await knock(false).ask({ Origin: 'http://evil.example' }).response();
    expect(body).toContain('"http://evil.example"');
    expect(body).toContain('"localhost:8080"');
    expect(body).toContain('"origins"');
    expect(gatekeeper).not.toHaveBeenCalled();
  });

  test('origins: any lets in every page', async () => {
    const { knock } = gatehouse(echo, { origins: 'any' });
    expect((await knock(false).ask({ Origin: 'http://evil.example' }).head()).status).toBe(101);
    expect((await knock(false).ask({ Origin: 'null' }).head()).status).toBe(101);
  });

  test('origins: a list lets in those on it, and no others', async () => {
    const { knock } = gatehouse(echo, { origins: ['https://app.example', 'null'] });
    const statusOf = async (page: string): Promise<number> =>
      (await knock(false).ask({ Origin: page }).head()).status;
    expect(await statusOf('https://app.example')).toBe(101);
    expect(await statusOf('null')).toBe(101);
    expect(await statusOf('https://app.example.evil.example')).toBe(403);
    expect(await statusOf(at)).toBe(403);
  });

  test('origins: a function is asked with the page and the light request', async () => {
    const origins = vi.fn<(page: string, request: object) => boolean>(
      (page) => page === 'https://app.example',
    );
    const { knock } = gatehouse(echo, { origins, trustProxy: true });
    const ask = async (page: string): Promise<number> => {
      const lines = { Origin: page, 'X-Forwarded-For': '203.0.113.7' };
      return (await knock(false).ask(lines, { target: '/chat?a=b' }).head()).status;
    };
    expect(await ask('https://app.example')).toBe(101);
    expect(await ask('https://evil.example')).toBe(403);
    const [page, request] = origins.mock.calls[0]!;
    expect(page).toBe('https://app.example');
    expect(request).toMatchObject({
      method: 'GET',
      url: '/chat?a=b',
      headers: { origin: 'https://app.example' },
      clientAddress: '203.0.113.7',
      context: undefined,
      signal: { aborted: false },
    });
    expect(request.constructor.name).toBe('HandshakeRequest');
  });

  test.each<[string, () => unknown, object]>([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
      { message: 'mine' },
    ],
    ['returns a promise', async () => true, { name: 'TypeError' }],
    ['returns a rejection', () => Promise.reject(new Error('mine')), { name: 'TypeError' }],
    ['returns nothing', () => undefined, { name: 'TypeError' }],
  ])(
    'origins: a function that %s: 500 and onError, and nothing dies',
    async (_, origins, error) => {
      const gatekeeper = uncalled();
      const { knock, heard } = gatehouse(gatekeeper, { origins: origins as () => boolean });
      const response = await knock(false).ask({ Origin: at }).response();
      expect(response).toMatchObject({ status: 500, headers: { connection: 'close' } });
      expect(response.body).not.toContain('mine');
      expect(heard).toMatchObject([{ error, ws: undefined }]);
      expect(gatekeeper).not.toHaveBeenCalled();
    },
  );

  test('trustProxy compares with the last X-Forwarded-Host', async () => {
    const { knock } = gatehouse(echo, { trustProxy: true });
    const statusOf = async (lines: Lines): Promise<number> =>
      (
        await knock(false)
          .ask({ Origin: 'https://example.com', ...lines })
          .head()
      ).status;
    expect(await statusOf({ 'X-Forwarded-Host': 'example.com' })).toBe(101);
    expect(await statusOf({ 'X-Forwarded-Host': 'evil.example, example.com' })).toBe(101);
    expect(await statusOf({ 'X-Forwarded-Host': 'example.com, evil.example' })).toBe(403);
    expect(await statusOf({ Host: 'example.com' })).toBe(101);
  });

  test('without trustProxy what is forwarded counts for nothing', async () => {
    const { knock } = gatehouse(echo);
    const lines = { Origin: 'https://example.com', 'X-Forwarded-Host': 'example.com' };
    expect((await knock(false).ask(lines).head()).status).toBe(403);
  });
});

describe('subprotocols', () => {
  const options = { subprotocols: ['chat.v2', 'chat.v1'] };

  test.each([
    ['chat.v1, chat.v2', 'chat.v2'],
    ['chat.v1', 'chat.v1'],
    ['other, chat.v1', 'chat.v1'],
    [['other', 'chat.v2'], 'chat.v2'],
  ])('offered %j: the first of ours, %s', async (offer, chosen) => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept();
      await ws.write(ws.subprotocol);
    }, options);
    const client = knock(false).ask({ 'Sec-WebSocket-Protocol': offer });
    expect((await client.opened()).headers).toHaveProperty('sec-websocket-protocol', chosen);
    expect(await client.text()).toBe(chosen);
  });

  test('offered, but none of ours: 400 before the gatekeeper', async () => {
    const gatekeeper = uncalled();
    const { knock } = gatehouse(gatekeeper, options);
    const client = knock(false).ask({ 'Sec-WebSocket-Protocol': 'chat.v3' });
    const { status, body } = await client.response();
    expect(status).toBe(400);
    expect(body).toContain('chat.v2, chat.v1');
    expect(gatekeeper).not.toHaveBeenCalled();
  });

  test("none offered: let in, and ws.subprotocol is ''", async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept();
      await ws.write(`[${ws.subprotocol}]`);
    }, options);
    const client = knock();
    expect((await client.opened()).headers).not.toHaveProperty('sec-websocket-protocol');
    expect(await client.text()).toBe('[]');
  });

  test('the gatekeeper may accept another that was offered, or none', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept({ subprotocol: request.url === '/none' ? '' : 'chat.v1' });
      await ws.write(`[${ws.subprotocol}]`);
    }, options);
    const offer = { 'Sec-WebSocket-Protocol': 'chat.v1, chat.v2' };
    const client = knock(false).ask(offer);
    expect((await client.opened()).headers).toHaveProperty('sec-websocket-protocol', 'chat.v1');
    expect(await client.text()).toBe('[chat.v1]');
    const none = knock(false).ask(offer, { target: '/none' });
    expect((await none.opened()).headers).not.toHaveProperty('sec-websocket-protocol');
    expect(await none.text()).toBe('[]');
  });

  test('without a list of ours nothing is chosen, and the gatekeeper may accept what was offered', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await (request.url === '/chosen' ? ws.accept({ subprotocol: 'b' }) : ws.accept());
    });
    const offer = { 'Sec-WebSocket-Protocol': 'a, b' };
    const unchosen = await knock(false).ask(offer).opened();
    expect(unchosen.headers).not.toHaveProperty('sec-websocket-protocol');
    const chosen = await knock(false).ask(offer, { target: '/chosen' }).opened();
    expect(chosen.headers).toHaveProperty('sec-websocket-protocol', 'b');
  });

  test.each(['chat.v3', 'CHAT.V1', 'chat.v1\r\nX-Injected: 1', 5])(
    'accepting %j, which was not offered, is a TypeError, and the client still waits',
    async (subprotocol) => {
      const { knock } = gatehouse(async (request, ws) => {
        const options = { subprotocol: subprotocol as string };
        await expect(ws.accept(options)).rejects.toThrow(TypeError);
        await ws.accept();
      }, options);
      const client = knock(false).ask({ 'Sec-WebSocket-Protocol': 'chat.v1' });
      const { headers } = await client.opened();
      expect(headers).toHaveProperty('sec-websocket-protocol', 'chat.v1');
      expect(headers).not.toHaveProperty('x-injected');
    },
  );
});

describe('onError that fails', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('in onError');
      },
    ],
    ['rejects', () => Promise.reject(new Error('in onError'))],
  ])('because it %s is printed, and nothing dies', async (_, onError: () => void) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { knock, clock } = gatehouse(
      async (request, ws) => {
        if (request.url === '/throws') throw new Error('mine');
        if (request.url === '/late') {
          await ws.accept();
          throw new Error('mine');
        }
        if (request.url === '/listener') {
          await ws.listen(() => {
            throw new Error('mine');
          });
        }
        if (request.url === '/never') await new Promise(() => {});
      },
      {
        onError,
        origins: () => {
          throw new Error('mine');
        },
      },
    );
    expect((await knock(false).ask({}, { target: '/throws' }).response()).status).toBe(500);
    expect((await knock(false).ask({ Origin: 'http://a' }).response()).status).toBe(500);
    const late = knock(false).ask({}, { target: '/late' });
    await late.opened();
    expect(await late.closed()).toBe(1011);
    const listener = knock(false).ask({}, { target: '/listener' });
    await listener.opened();
    listener.say('go');
    expect(await listener.closed()).toBe(1011);
    const never = knock(false).ask({}, { target: '/never' });
    await clock.advance(10_000);
    expect((await never.response()).status).toBe(503);
    await turn();
    const printed = stderr.mock.calls.map(([text]) => String(text));
    stderr.mockRestore();
    expect(printed).toHaveLength(5);
    for (const text of printed) expect(text).toContain('in onError');
  });

  test('by default the stack is printed to stderr', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const server = await serve({
      host: '127.0.0.1',
      websocket: () => {
        throw new Error('mine', { cause: new Error('the cause') });
      },
    });
    const { dial } = await import('../server/support/raw-client.js');
    expect((await dial({ port: server.port }).ask().response()).status).toBe(500);
    const printed = stderr.mock.calls.map(([text]) => String(text)).join('');
    stderr.mockRestore();
    expect(printed).toContain('Error: mine\n    at ');
    expect(printed).toContain('the cause');
    await server.close();
  });
});
