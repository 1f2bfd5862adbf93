import { describe, expect, test } from 'vitest';

import { attach } from '@postern/core';
import { fakeClock } from '@postern/core/testing';

import { echo } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';

/** A server that nobody attached, and one that was attached twice. */
export function describeAttaching(setting: Setting): void {
  describe('a server that nobody attached', () => {
    test('fails at the first connection, with an error that names the missing line', async () => {
      const errors: Error[] = [];
      const station = await openStation(setting, {
        attach: false,
        onError: (error) => {
          errors.push(error);
          return { status: 500, body: error.message };
        },
        routes: [{ path: '/chat', websocket: echo }],
      });
      const reply = await station.ask('/chat').reply();
      expect(reply.status).toBe(500);
      expect(errors).toMatchObject([{ name: 'StateError', code: 'POSTERN_ERR_NOT_ATTACHED' }]);
      expect(errors[0]!.message).toContain(setting.adapter.missingLine);
    });

    test('is told so by our client too, and serves its pages', async () => {
      const station = await openStation(setting, {
        attach: false,
        routes: [
          { path: '/chat', websocket: echo },
          { path: '/', get: (exchange) => exchange.answer(200, 'the page') },
        ],
      });
      await expect(station.open('/chat')).rejects.toMatchObject({ status: 500 });
      expect(await station.knock().get('/').reply()).toMatchObject({ status: 200 });
    });
  });

  describe('a server that is attached twice', () => {
    const chat = { path: '/chat', websocket: echo };

    test('is attached once, and answers once', async () => {
      const options = { clock: fakeClock(), onError: () => undefined };
      const station = await openStation(setting, { attach: options, routes: [chat] });
      const { app, attachment } = station;
      expect(attach(app.server, options)).toBe(attachment);
      expect(app.server.listenerCount('upgrade')).toBe(1);
      const client = station.ask('/chat').say('once');
      await client.opened();
      expect(await client.text()).toBe('once');
      expect((await station.ask('/nowhere').lastReply()).status).toBe(404);
    });

    test('with other options: a mistake that is told at once', async () => {
      const { app } = await openStation(setting, { routes: [chat] });
      expect(() => attach(app.server, { origins: 'any' })).toThrow(
        expect.objectContaining({ name: 'StateError', code: 'POSTERN_ERR_ALREADY_ATTACHED' }),
      );
    });
  });
}
