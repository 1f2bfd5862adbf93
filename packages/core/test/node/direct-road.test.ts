import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import type { HandshakeEvent } from '../../src/connection/diagnostics.js';
import { deferred, gatehouse } from '../server/support/gatehouse.js';

describe('the gatekeeper runs before the 101', () => {
  test('the client hears nothing, and the state is connecting, until it is let in', async () => {
    const asked = deferred<WebSocket>();
    const word = deferred();
    const { knock } = gatehouse(async (request, ws) => {
      asked.resolve(ws);
      await word.promise;
      await ws.accept();
      await ws.read();
    });
    const client = knock();
    const ws = await asked.promise;
    for (let turns = 0; turns < 10; turns += 1) await turn();
    expect([ws.state, ws.isOpen, client.received.length]).toEqual(['connecting', false, 0]);
    word.resolve();
    await client.opened();
    expect([ws.state, ws.isOpen]).toEqual(['open', true]);
  });

  test.each([undefined, true, false, 0, 403, '', null, new Error('resolved, not thrown')])(
    'a returned or resolved %j is ignored: nobody was let in, 403',
    async (value) => {
      const { knock, heard } = gatehouse((request) =>
        request.url === '/async' ? Promise.resolve(value) : value,
      );
      expect((await knock(false).ask({}, { target: '/async' }).response()).status).toBe(403);
      expect((await knock(false).ask({}, { target: '/sync' }).response()).status).toBe(403);
      expect(heard).toEqual([]);
    },
  );

  test.each([true, false, 403, new Error('resolved, not thrown')])(
    'a resolved %j is ignored: the client was let in, 1000',
    async (value) => {
      const { knock, heard } = gatehouse(async (request, ws) => {
        await ws.accept();
        return value;
      });
      const client = knock();
      await client.opened();
      expect(await client.closed()).toBe(1000);
      expect(heard).toEqual([]);
    },
  );
});

describe('the direct road', () => {
  test('goes past the ordinary requests of the server: no chain runs for an upgrade', async () => {
    const { http, knock } = gatehouse((request, ws) => ws.read());
    const requests: unknown[] = [];
    http.prependListener('request', (request) => requests.push(request.url));
    await knock().opened();
    expect((await knock(false).ask({ 'Sec-WebSocket-Version': '8' }).response()).status).toBe(426);
    expect(requests).toEqual([]);
  });

  test('a client whose socket is gone as it is let in was never let in', async () => {
    const asked = deferred<WebSocket>();
    let socket: Duplex | undefined;
    const { http, knock, heard, attachment } = gatehouse((request, ws) => {
      asked.resolve(ws);
      socket!.destroy();
      return ws.accept();
    });
    http.prependListener('upgrade', (request, upgraded) => (socket = upgraded));
    const client = knock();
    const ws = await asked.promise;
    expect((await ws.closed).cause).toMatchObject({ code: 'POSTERN_ERR_HANDSHAKE_ABORTED' });
    await client.gone;
    expect([client.received.length, attachment.connections.size]).toEqual([0, 0]);
    expect(heard).toEqual([]);
  });

  test('tells postern:handshake of clients that came to no gatekeeper', async () => {
    const events: HandshakeEvent[] = [];
    const onEvent = (message: unknown): void => void events.push(message as HandshakeEvent);
    subscribe('postern:handshake', onEvent);
    const { knock } = gatehouse(() => undefined);
    await knock(false).ask({ Origin: 'http://evil.example' }, { target: '/chat' }).response();
    unsubscribe('postern:handshake', onEvent);
    expect(events).toMatchObject([
      {
        ws: undefined,
        request: { url: '/chat', headers: { origin: 'http://evil.example' } },
        outcome: 'refused',
        status: 403,
        error: { code: 'POSTERN_ERR_HANDSHAKE_REFUSED', status: 403 },
      },
    ]);
  });
});

describe('the conversation of the example', () => {
  test('holds, with the client let in by the first read', async () => {
    const { knock } = gatehouse((request, ws) => conversation(ws));
    async function conversation(ws: WebSocket): Promise<void> {
      for await (const message of ws) {
        if (message === '') break;
        await ws.write(String(message).startsWith('P') ? "No, I'm not!" : 'Why?');
      }
    }
    const client = knock();
    await client.opened();
    expect(await client.say("Peer, you're lying!").text()).toBe("No, I'm not!");
    expect(await client.say('Well, then.').text()).toBe('Why?');
    client.say('');
    expect(await client.closed()).toBe(1000);
  });
});
