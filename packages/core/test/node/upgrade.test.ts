import { createServer, type Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { upgrade } from '../../src/node/upgrade.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import type { HandlerOptions } from '../../src/server/options.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { deferred, echo } from '../server/support/gatehouse.js';
import { closeFrame, dialInMemory, textFrame } from '../server/support/raw-client.js';
import { upgradeRequest } from '../server/support/upgrade-request.js';

/** A server that upgrades by hand; `ends` has the promise of every client. */
function byHand(gatekeeper: Gatekeeper<undefined>, options?: HandlerOptions) {
  const server: Server = createServer();
  const ends: Promise<void>[] = [];
  const sockets: unknown[] = [];
  server.on('upgrade', (request, socket, head) => {
    sockets.push(socket);
    ends.push(upgrade(request, socket, head, gatekeeper, options));
  });
  return { server, ends, sockets, knock: () => dialInMemory(server) };
}

/** Whether `promise` has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  for (let turns = 0; turns < 5; turns += 1) await turn();
  return settled;
}

describe('upgrade by hand', () => {
  test('lets in, and resolves at the end of the connection with nothing', async () => {
    const { ends, knock } = byHand(echo);
    const client = knock().send(upgradeRequest(), textFrame('early'));
    await client.opened();
    expect(await client.text()).toBe('early');
    expect(await isSettled(ends[0]!)).toBe(false);
    client.send(closeFrame(1000));
    expect(await client.closeCode()).toBe(1000);
    expect(await ends[0]).toBeUndefined();
  });

  test.each<[string, Gatekeeper<undefined>, number]>([
    ['that the gatekeeper refuses', (request, ws) => ws.refuse(404), 404],
    ['that is let in by nobody', () => undefined, 403],
    [
      'that the gatekeeper refuses later',
      async (request, ws) => {
        await turn();
        ws.refuse(401);
      },
      401,
    ],
  ])('resolves when the socket of a client %s is gone', async (_, gatekeeper, status) => {
    const clock = fakeClock();
    const { ends, server, sockets } = byHand(gatekeeper, { clock });
    const client = dialInMemory(server);
    // Keeps its own direction open for a while.
    client.socket.removeAllListeners('end');
    client.ask();
    expect((await client.head()).status).toBe(status);
    expect(await isSettled(ends[0]!)).toBe(false);
    await clock.advance(1_000);
    await ends[0];
    expect(sockets).toMatchObject([{ destroyed: true }]);
  });

  test('resolves when the socket of a client that was refused before is gone', async () => {
    const { ends, knock } = byHand(echo);
    const client = knock().ask({ 'Sec-WebSocket-Version': '8' });
    expect((await client.response()).status).toBe(426);
    expect(await ends[0]).toBeUndefined();
  });

  test('never rejects: not by a throw, nor by a client that leaves or misbehaves', async () => {
    const heard: unknown[] = [];
    const onError = (error: unknown): void => void heard.push(error);
    const { ends, knock } = byHand(
      async (request, ws) => {
        if (request.url === '/throws') throw new Error('mine');
        if (request.url === '/leaves') await ws.closed;
        for (;;) await ws.read();
      },
      { onError },
    );
    const asked = (target: string) => knock().ask({}, { target });
    expect((await asked('/throws').response()).status).toBe(500);
    const leaving = asked('/leaves');
    await turn();
    leaving.end();
    const lost = asked('/lost');
    await lost.opened();
    lost.reset();
    const liar = asked('/liar');
    await liar.opened();
    // An unmasked frame, section 5.1.
    liar.send(Buffer.from('810161', 'hex'));
    expect(await liar.closeCode()).toBe(1002);
    liar.end();
    expect(await Promise.all(ends)).toEqual([undefined, undefined, undefined, undefined]);
    expect(heard).toEqual([new Error('mine')]);
  });

  test('resolves at once for a socket that is gone already', async () => {
    const done = deferred();
    const server = createServer().on('upgrade', (request, socket, head) => {
      socket.destroy();
      void upgrade(request, socket, head, echo).then(done.resolve);
    });
    dialInMemory(server).ask();
    expect(await done.promise).toBeUndefined();
  });

  test('takes options, and throws at once for wrong ones', async () => {
    const { knock } = byHand(echo, { origins: 'any', subprotocols: ['a'] });
    const client = knock().ask({ Origin: 'http://evil.example', 'Sec-WebSocket-Protocol': 'a' });
    expect((await client.opened()).headers).toHaveProperty('sec-websocket-protocol', 'a');

    const mistakes: unknown[] = [];
    const server = createServer().on('upgrade', (request, socket, head) => {
      for (const options of [{ maxMessageSize: -1 }, { origins: 'none' }]) {
        try {
          void upgrade(request, socket, head, echo, options as HandlerOptions);
        } catch (error) {
          mistakes.push(error);
        }
      }
      socket.destroy();
    });
    await dialInMemory(server).ask().gone;
    expect(mistakes).toMatchObject([{ name: 'RangeError' }, { name: 'TypeError' }]);
  });
});
