import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import { deferred, gatehouse, station } from '../server/support/gatehouse.js';
import { closeFrame, textFrame } from '../server/support/raw-client.js';
import { roads, sockets } from '../server/support/roads.js';
import { upgradeRequest } from '../server/support/upgrade-request.js';

/** Lets the client in when told to, then echoes. */
function slowEcho() {
  const asked = deferred<WebSocket>();
  const word = deferred();
  const gatekeeper: Gatekeeper<undefined> = async (request, ws) => {
    asked.resolve(ws);
    await word.promise;
    for await (const message of ws) await ws.write(message);
  };
  return { asked: asked.promise, decide: word.resolve, gatekeeper };
}

describe.each(roads)('%s', (_, reach) => {
  test('a text in the same packet as the request is not lost', async () => {
    const { knock } = await reach((request, ws) => ws.listen((data) => ws.write(data)));
    const client = knock(false).send(upgradeRequest(), textFrame('one'), textFrame('two'));
    await client.opened();
    expect([await client.text(), await client.text()]).toEqual(['one', 'two']);
  });

  test('nothing that is sent while the gatekeeper thinks is lost, and the order is kept', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock } = await reach(gatekeeper);
    const client = knock(false).send(upgradeRequest(), textFrame('with the head'));
    await asked;
    const sent = Array.from({ length: 50 }, (unused, index) => `later ${index}`);
    for (const text of sent) {
      client.say(text);
      await turn();
    }
    expect(client.received.length).toBe(0);
    decide();
    await client.opened();
    expect(await client.text()).toBe('with the head');
    for (const text of sent) expect(await client.text()).toBe(text);
  });

  test('a frame may be cut anywhere between what comes early and what comes late', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock } = await reach(gatekeeper);
    const frame = textFrame('cut in four');
    const client = knock(false).send(upgradeRequest(), frame.subarray(0, 1));
    await asked;
    client.send(frame.subarray(1, 4));
    await turn();
    client.send(frame.subarray(4, 9));
    await turn();
    decide();
    await client.opened();
    client.send(frame.subarray(9));
    expect(await client.text()).toBe('cut in four');
  });

  test('a close frame that came early closes', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock } = await reach(gatekeeper);
    const client = knock(false).send(upgradeRequest(), textFrame('last words'), closeFrame(4000));
    await asked;
    decide();
    await client.opened();
    expect(await client.closeCode()).toBe(4000);
    await client.ended();
  });

  test('half a megabyte sent early arrives whole', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock } = await reach(gatekeeper);
    const client = knock();
    await asked;
    const texts = Array.from({ length: 64 }, (unused, index) => `${index}:`.padEnd(8_192, 'x'));
    for (const text of texts) client.say(text);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    decide();
    await client.opened();
    for (const text of texts) expect(await client.text()).toBe(text);
  });

  test('bytes glued to a refused request are discarded, never taken for a request', async () => {
    const requests: unknown[] = [];
    const { knock } = await reach((request, ws) => ws.refuse(403, { body: 'no\n' }), {
      http: (request, response) => {
        requests.push(request.url);
        response.end('smuggled');
      },
    });
    const glued = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const client = knock(false).send(upgradeRequest(), glued);
    const response = await client.response();
    expect(response).toMatchObject({ status: 403, headers: { connection: 'close' }, body: 'no\n' });
    expect(requests).toEqual([]);
  });

  test('nor are those that come while the gatekeeper thinks, or later', async () => {
    const asked = deferred();
    const word = deferred();
    const requests: unknown[] = [];
    const { knock } = await reach(
      async (request, ws) => {
        asked.resolve();
        await word.promise;
        ws.refuse(404);
      },
      { http: (request, response) => void response.end(requests.push(request.url)) },
    );
    const glued = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const client = knock().send(glued);
    await asked.promise;
    client.send(glued.repeat(5_000));
    await turn();
    word.resolve();
    client.send(glued);
    expect(await client.response()).toMatchObject({ status: 404, body: '' });
    expect(requests).toEqual([]);
  });

  test('a client that ends while the gatekeeper thinks aborts it, and is not let in', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock, heard } = await reach(gatekeeper);
    const client = knock();
    const ws = await asked;
    const aborted = once(ws.signal, 'abort');
    client.end();
    await aborted;
    const cause = { name: 'HandshakeError', code: 'POSTERN_ERR_HANDSHAKE_ABORTED' };
    expect(ws.signal.reason).toMatchObject(cause);
    expect(await ws.closed).toMatchObject({ code: 1006, wasClean: false, cause });
    decide();
    await client.ended();
    await turn();
    expect(client.received.length).toBe(0);
    expect(heard).toEqual([]);
  });

  test('so does one that ends after early data', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock, heard } = await reach(gatekeeper);
    const client = knock(false).send(upgradeRequest(), textFrame('hello and'));
    const ws = await asked;
    client.say('goodbye').end();
    await once(ws.signal, 'abort');
    decide();
    await client.ended();
    expect(ws.state).toBe('closed');
    expect(client.received.length).toBe(0);
    expect(heard).toEqual([]);
  });

  test('one that was gone before the gatekeeper let it in was never let in', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock, heard } = await reach(gatekeeper);
    const client = knock();
    const ws = await asked;
    client.socket.destroy();
    expect((await ws.closed).cause).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_ABORTED' });
    decide();
    await turn();
    expect(heard).toEqual([]);
  });

  test('a throw of the gatekeeper after the client has left goes to onError', async () => {
    const asked = deferred();
    const heard = deferred<unknown>();
    const gatekeeper: Gatekeeper<undefined> = async (request, ws) => {
      asked.resolve();
      await ws.closed;
      throw new Error('mine');
    };
    const { knock } = await reach(gatekeeper, { onError: heard.resolve });
    const client = knock();
    await asked.promise;
    client.end();
    expect(await heard.promise).toMatchObject({ message: 'mine' });
  });
});

describe('up to 64 KiB are held', () => {
  test('what is more stays in the socket, and comes after it', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { http, knock } = gatehouse(gatekeeper);
    let server: Duplex | undefined;
    http.prependListener('upgrade', (request, socket) => (server = socket));
    const client = knock();
    await asked;
    const texts = Array.from({ length: 40 }, (unused, index) => `${index}:`.padEnd(8_192, 'x'));
    for (const text of texts) client.say(text);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    // The socket stands still, and the client has to wait.
    expect(server!.isPaused()).toBe(true);
    expect(client.socket.writableLength).toBeGreaterThan(100_000);
    decide();
    await client.opened();
    for (const text of texts) expect(await client.text()).toBe(text);
  });
});

describe.each(sockets)('a reset %s', (_, reach) => {
  test('during the gatekeeper aborts it', async () => {
    const { asked, decide, gatekeeper } = slowEcho();
    const { knock, heard } = await reach(gatekeeper);
    const client = knock();
    const ws = await asked;
    client.reset();
    expect((await ws.closed).cause).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_ABORTED' });
    decide();
    await turn();
    expect(heard).toEqual([]);
  });

  test('right after the 101 ends the connection, and nothing else', async () => {
    const asked = deferred<WebSocket>();
    const { knock, heard } = await reach(async (request, ws) => {
      await ws.accept();
      asked.resolve(ws);
      for (;;) await ws.read();
    });
    const client = knock();
    await client.opened();
    client.reset();
    const ws = await asked.promise;
    expect(await ws.closed).toMatchObject({ code: 1006, initiator: 'network', wasClean: false });
    expect(heard).toEqual([]);
  });

  test('while a refusal goes out ends nothing', async () => {
    const { knock, heard } = await reach((request, ws) =>
      ws.refuse(403, { body: 'x'.repeat(8 << 20) }),
    );
    const client = knock();
    await client.head();
    client.reset();
    await client.gone;
    // The server still serves.
    expect((await knock().response()).status).toBe(403);
    expect(heard).toEqual([]);
  });
});

describe('a reset at any moment', () => {
  test('of many clients that ask and are gone ends nothing', async () => {
    const seen: WebSocket[] = [];
    const { server, knock, heard } = await station(async (request, ws) => {
      seen.push(ws);
      if (request.url === '/slow') await turn();
      if (request.url === '/refused') return;
      await ws.accept();
      ws.send('x'.repeat(100_000));
      for await (const message of ws) await ws.write(message);
    });
    const targets = ['/', '/slow', '/refused'];
    for (let round = 0; round < 120; round += 1) {
      const client = knock(false);
      await once(client.socket, 'connect');
      const request = upgradeRequest({}, { target: targets[round % targets.length]! });
      // Sometimes in the middle of the head, sometimes right behind it.
      client.send(round % 4 === 0 ? request.slice(0, 40) : request);
      for (let turns = round % 5; turns > 0; turns -= 1) await turn();
      client.reset();
      await client.gone;
    }
    const client = knock(false).ask({}, { target: '/refused' });
    expect((await client.response()).status).toBe(403);
    await Promise.all(seen.map((ws) => ws.closed));
    expect(server.connections.size).toBe(0);
    expect(heard).toEqual([]);
  });

  test('also before the upgrade event: no gatekeeper is asked about a dead client', async () => {
    let asked = 0;
    const { http, knock } = gatehouse(() => void (asked += 1));
    http.prependListener('upgrade', (request, socket) => socket.destroy());
    const client = knock();
    await client.gone;
    expect(asked).toBe(0);
  });
});
