import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { Gatekeeper } from '@postern/core';

import { deferred } from '../deferred.js';
import { openStation, type Setting } from '../station.js';
import { textFrame } from '../wire/frames.js';
import { upgradeRequest } from '../wire/request-head.js';

/** What a gatekeeper says, at once or later, is what happens. */
export function describeGatekeeping(setting: Setting): void {
  const station = (
    websocket: Gatekeeper,
    onError?: (error: Error) => { status: number; body: string },
  ) =>
    openStation(setting, {
      routes: [{ path: '/chat', websocket }],
      ...(onError !== undefined && { onError }),
    });

  describe('a gatekeeper', () => {
    test.each<readonly [how: string, status: number, gatekeeper: Gatekeeper]>([
      ['refuses', 402, (request, ws) => ws.refuse(402, { body: 'word' })],
      [
        'refuses later',
        402,
        async (request, ws) => {
          await turn();
          ws.refuse(402, { body: 'word' });
        },
      ],
      ['ends', 403, () => undefined],
      ['ends later', 403, () => turn()],
      ['resolves with false', 403, () => Promise.resolve(false)],
      ['closes', 403, (request, ws) => ws.close({ code: 4000 })],
      ['redirects', 302, (request, ws) => ws.refuse(302, { headers: { Location: '/login' } })],
    ])('that %s: %i', async (how, status, gatekeeper) => {
      const reply = await (await station(gatekeeper)).ask('/chat').lastReply();
      expect([how, reply.status, reply.headers['connection']]).toEqual([how, status, 'close']);
      expect(reply.headers['location']).toBe(status === 302 ? '/login' : undefined);
      if (status === 402) expect(reply.body).toBe('word');
    });

    test.each<readonly [how: string, fail: (error: Error) => unknown]>([
      [
        'throws',
        (error) => {
          throw error;
        },
      ],
      ['rejects', (error) => Promise.reject(error)],
      [
        'rejects later',
        async (error) => {
          await turn();
          throw error;
        },
      ],
    ])("that %s: the framework's own handling of errors gets the very error", async (how, fail) => {
      const failure = new Error(`it ${how}`);
      const errors: Error[] = [];
      const custom = await station(
        () => fail(failure),
        (error) => {
          errors.push(error);
          return { status: 503, body: 'sorry' };
        },
      );
      expect(await custom.ask('/chat').lastReply()).toMatchObject({ status: 503, body: 'sorry' });
      expect(errors).toEqual([failure]);
      expect(errors[0]).toBe(failure);
      const usual = await station(() => fail(failure));
      expect(await usual.ask('/chat').lastReply()).toMatchObject({
        status: 500,
        headers: { connection: 'close' },
      });
    });

    test('that writes too early fails', async () => {
      const errors: unknown[] = [];
      const chat = await station(
        async (request, ws) => {
          await ws.write('too early');
        },
        (error) => {
          errors.push(error);
          return { status: 500, body: '' };
        },
      );
      expect((await chat.ask('/chat').lastReply()).status).toBe(500);
      expect(errors).toMatchObject([{ code: 'POSTERN_ERR_NOT_ACCEPTED' }]);
    });

    test('that cannot refuse any more is told so', async () => {
      const told = deferred<unknown>();
      const chat = await station(async (request, ws) => {
        const accepted = ws.accept();
        const refuse = (): void => ws.refuse(403);
        try {
          refuse();
        } catch (error) {
          told.resolve(error);
        }
        expect(ws.accept()).toBe(accepted);
        await accepted;
      });
      const client = chat.ask('/chat');
      await client.opened();
      expect(await told.promise).toMatchObject({ name: 'StateError' });
      expect(await client.closed()).toBe(1000);
    });

    test('that ends after it has let the client in: 1000, when what is buffered has gone', async () => {
      const chat = await station(async (request, ws) => {
        await ws.accept();
        ws.send('goodbye');
      });
      const client = chat.ask('/chat');
      await client.opened();
      expect(await client.text()).toBe('goodbye');
      expect(await client.closed()).toBe(1000);
    });

    test('that fails after it has let the client in: 1011, and onError', async () => {
      const failure = new Error('mid-sentence');
      const stationed = await station(async (request, ws) => {
        await ws.read();
        throw failure;
      });
      const client = stationed.ask('/chat').say('hello');
      await client.opened();
      expect(await client.closed()).toBe(1011);
      expect(stationed.takeHeard()).toMatchObject([{ error: failure }]);
    });

    test('that lets in by its first read gets every message, however long it awaits between', async () => {
      const heard: unknown[] = [];
      const chat = await station(async (request, ws) => {
        await turn();
        heard.push(await ws.read());
        for (let turns = 0; turns < 5; turns += 1) await turn();
        for await (const message of ws) {
          heard.push(message);
          await turn();
          if (heard.length === 6) break;
        }
      });
      const client = chat.knock();
      client.send(upgradeRequest('/chat'), ...['1', '2', '3'].map(textFrame));
      await client.opened();
      client.say('4').say('5').say('6');
      expect(await client.closed()).toBe(1000);
      expect(heard).toEqual(['1', '2', '3', '4', '5', '6']);
    });

    test('hears nothing before it lets the client in, and 200 KiB sent early arrive in order', async () => {
      const asked = deferred();
      const word = deferred();
      const heard: string[] = [];
      const chat = await station(async (request, ws) => {
        asked.resolve();
        await word.promise;
        expect([ws.state, ws.isOpen, ws.bufferedAmount]).toEqual(['connecting', false, 0]);
        await ws.listen((message) => {
          heard.push(String(message).slice(0, 3));
          if (heard.length === 200) void ws.close();
        });
      });
      const client = chat.knock().ask('/chat');
      await asked.promise;
      const early = Array.from({ length: 200 }, (nothing, index) =>
        textFrame(String(index).padStart(3, '0').padEnd(1024, '.')),
      );
      client.send(...early);
      for (let turns = 0; turns < 20; turns += 1) await turn();
      expect(heard).toEqual([]);
      word.resolve();
      await client.opened();
      expect(await client.closed()).toBe(1000);
      expect(heard).toEqual(early.map((frame, index) => String(index).padStart(3, '0')));
    });
  });
}
