import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { deferred, gatehouse } from '../server/support/gatehouse.js';
import { closeFrame } from '../server/support/raw-client.js';

describe('life', () => {
  test('resolved: what is buffered goes out, then 1000', async () => {
    const large = 'x'.repeat(300_000);
    const { knock, heard } = gatehouse(async (request, ws) => {
      await ws.accept();
      ws.send('first');
      ws.send(large);
      ws.send('last');
    });
    const client = knock();
    await client.opened();
    expect(await client.text()).toBe('first');
    expect(await client.text()).toBe(large);
    expect(await client.text()).toBe('last');
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test('returned at once after accept: the 101 leaves, then 1000', async () => {
    const { knock, heard } = gatehouse((request, ws) => void ws.accept());
    const client = knock();
    await client.opened();
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test.each([
    [
      'at once after accept',
      (ws: WebSocket) => {
        void ws.accept();
        throw new Error('mine');
      },
    ],
    [
      'at once after listen',
      (ws: WebSocket) => {
        void ws.listen(() => undefined);
        throw new Error('mine');
      },
    ],
    [
      'while the 101 leaves',
      async (ws: WebSocket) => {
        await turn();
        void ws.accept();
        throw new Error('mine');
      },
    ],
    [
      'once the client is in',
      async (ws: WebSocket) => {
        await ws.accept();
        throw new Error('mine');
      },
    ],
    [
      'from listen',
      (ws: WebSocket) =>
        ws.listen(() => {
          throw new Error('mine');
        }),
    ],
    [
      'from a promise of listen',
      (ws: WebSocket) =>
        ws.listen(async () => {
          await turn();
          throw new Error('mine');
        }),
    ],
  ])('a throw %s: 1011 and onError, once', async (_, conversation) => {
    const { knock, heard } = gatehouse((request, ws) => conversation(ws));
    const client = knock();
    await client.opened();
    client.say('hello');
    expect(await client.closed()).toBe(1011);
    await turn();
    expect(heard.map(({ error }) => error)).toEqual([new Error('mine')]);
    expect(await heard[0]!.ws!.closed).toMatchObject({ code: 1011, initiator: 'local' });
  });

  test("rejecting with this connection's own ConnectionClosedError is an ordinary end", async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      for (;;) await ws.read();
    });
    const client = knock();
    await client.opened();
    client.send(closeFrame(1001));
    expect(await client.closeCode()).toBe(1001);
    await client.ended();
    await turn();
    expect(heard).toEqual([]);
  });

  test("rejecting with another connection's ConnectionClosedError is not", async () => {
    const read = deferred<() => Promise<unknown>>();
    const { knock, heard } = gatehouse(async (request, ws) => {
      if (request.url === '/other') {
        read.resolve(() => ws.read());
        await ws.closed;
        return;
      }
      await ws.accept();
      await (
        await read.promise
      )();
    });
    const client = knock();
    await client.opened();
    const other = knock(false).ask({}, { target: '/other' });
    await other.opened();
    other.send(closeFrame(1000));
    expect(await client.closed()).toBe(1011);
    expect(heard).toMatchObject([{ error: { code: 'POSTERN_ERR_CONNECTION_CLOSED' } }]);
  });

  test('rejecting with its own HandshakeError is an ordinary end', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      ws.refuse(403);
      await ws.read();
    });
    await knock().response();
    await turn();
    expect(heard).toEqual([]);
  });

  test('returned while listen is on: it has not ended', async () => {
    const ended = deferred();
    const { knock, attachment } = gatehouse(async (request, ws) => {
      void ws.listen((data) => ws.write(data)).then(() => ended.resolve());
      await turn();
    });
    const client = knock();
    await client.opened();
    for (let turns = 0; turns < 10; turns += 1) await turn();
    expect(await client.say('still there?').text()).toBe('still there?');
    expect(attachment.connections.size).toBe(1);
    client.send(closeFrame(1000));
    expect(await client.closeCode()).toBe(1000);
    await ended.promise;
    expect(attachment.connections.size).toBe(0);
  });

  test('returning the promise of listen ends with the connection', async () => {
    const { knock, heard } = gatehouse((request, ws) => ws.listen((data) => ws.write(data)));
    const client = knock();
    await client.opened();
    expect(await client.say('echo').text()).toBe('echo');
    client.send(closeFrame(3000));
    expect(await client.closeCode()).toBe(3000);
    expect(heard).toEqual([]);
  });

  test('break leaves the connection open; the end of the gatekeeper closes it', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      for await (const message of ws) if (message === 'on') break;
      expect(ws.isOpen).toBe(true);
      for await (const message of ws) {
        await ws.write(`second loop: ${String(message)}`);
        break;
      }
    });
    const client = knock();
    await client.opened();
    client.say('a').say('on').say('b');
    expect(await client.text()).toBe('second loop: b');
    expect(await client.closed()).toBe(1000);
  });

  test('a client that never answers the close frame is cut off after closeTimeout', async () => {
    const ended = deferred<WebSocket>();
    const { knock, clock, attachment } = gatehouse(async (request, ws) => {
      await ws.accept();
      ended.resolve(ws);
    });
    const client = knock();
    await client.opened();
    const ws = await ended.promise;
    expect(await client.closeCode()).toBe(1000);
    await clock.advance(9_999);
    expect([ws.state, attachment.connections.size]).toEqual(['closing', 1]);
    await clock.advance(1);
    expect([ws.state, attachment.connections.size]).toEqual(['closed', 0]);
    expect(await ws.closed).toMatchObject({
      code: 1006,
      cause: { code: 'POSTERN_ERR_CLOSE_TIMEOUT' },
    });
    await client.gone;
  });

  test('close right after accept: the 101, then the close frame', async () => {
    const { knock } = gatehouse((request, ws) => {
      void ws.accept();
      void ws.close({ code: 4001, reason: 'changed my mind' });
    });
    const client = knock();
    await client.opened();
    expect(await client.closed()).toBe(4001);
  });

  test('terminate right after accept: no 101', async () => {
    const { knock, heard } = gatehouse((request, ws) => {
      void ws.accept();
      ws.terminate();
    });
    const client = knock();
    await client.gone;
    expect(client.received.length).toBe(0);
    expect(heard).toEqual([]);
  });
});
