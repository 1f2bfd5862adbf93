import { describe, expect, test } from 'vitest';

import { deferred } from '../deferred.js';
import { echo, thinking } from '../gatekeepers.js';
import { openStation, type Setting } from '../station.js';
import { textFrame } from '../wire/frames.js';
import { sampleAccept, upgradeRequest } from '../wire/request-head.js';

/** What is said arrives, whenever it is said. */
export function describeConversation(setting: Setting): void {
  describe('a conversation', () => {
    test('begins with the 101 of RFC 6455 and echoes', async () => {
      const station = await openStation(setting, { routes: [{ path: '/chat', websocket: echo }] });
      const client = station.ask('/chat').say('one');
      expect((await client.opened()).headers).toMatchObject({
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-accept': sampleAccept,
      });
      expect(await client.text()).toBe('one');
    });

    test('keeps text that came in the same packet as the request', async () => {
      const station = await openStation(setting, { routes: [{ path: '/chat', websocket: echo }] });
      const client = station.knock().send(upgradeRequest('/chat'), textFrame('same packet'));
      await client.opened();
      expect(await client.text()).toBe('same packet');
    });

    test('keeps the order of what is said before, during and after a slow decision', async () => {
      const asked = deferred();
      const word = deferred();
      const station = await openStation(setting, {
        layers: [thinking(asked, word)],
        routes: [{ path: '/chat', websocket: echo }],
      });
      const client = station.knock().send(upgradeRequest('/chat'), textFrame('before'));
      await asked.promise;
      client.say('during').say('during too');
      word.resolve();
      await client.opened();
      client.say('after');
      const heard = [];
      while (heard.length < 4) heard.push(await client.text());
      expect(heard).toEqual(['before', 'during', 'during too', 'after']);
    });
  });
}
