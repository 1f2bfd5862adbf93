import { createServer } from 'node:http';
import { attach, HandshakeError, type HandshakeRequest } from '@postern/core';
import { connectTo } from '@postern/core/testing';
import { expect, test } from 'vitest';
import { chatGatekeeper, notLoggedIn } from '../gatekeeper.mjs';
import { Room } from '../room.mjs';
import { newUser } from '../user.mjs';

/** The fifth place: the same gatekeeper without a framework. A header stands for the session. */
function bareServer() {
  const users = new Map(['Ada', 'Grace'].map((name) => [name, newUser(name)!]));
  const room = new Room();
  const server = createServer();
  const userOf = ({ headers }: HandshakeRequest) => users.get(String(headers['x-user']));
  const attachment = attach(server, { websocket: chatGatekeeper(room, userOf) });
  const enter = (name: string) => connectTo(server, '/chat', { headers: { 'x-user': name } });
  return { room, users, enter, attachment };
}

const names = (message: unknown) =>
  (JSON.parse(String(message)) as { people: { name: string }[] }).people.map(({ name }) => name);

test('stands at the door of bare node:http, too', async () => {
  const { enter, attachment } = bareServer();
  await expect(enter('Eve')).rejects.toThrow(HandshakeError);
  await expect(enter('Eve')).rejects.toMatchObject({ status: 401, body: notLoggedIn });
  const ada = await enter('Ada');
  expect(names(await ada.read())).toEqual(['Ada']);
  await attachment.close();
  expect(await ada.closed).toMatchObject({ code: 1001 });
});

test('shows out whoever is dismissed, and nobody else', async () => {
  const { room, users, enter, attachment } = bareServer();
  const ada = await enter('Ada');
  expect(names(await ada.read())).toEqual(['Ada']);
  const grace = await enter('Grace');
  expect(names(await ada.read())).toEqual(['Ada', 'Grace']);
  room.dismiss(users.get('Grace'));
  expect(await grace.closed).toMatchObject({ code: 4001, reason: 'logged out' });
  expect(names(await ada.read())).toEqual(['Ada']);
  room.dismiss(undefined);
  expect(ada.isOpen).toBe(true);
  await attachment.close();
});

test.each([
  [' Ada \n Lovelace ', 'Ada Lovelace'],
  ['x'.repeat(99), 'x'.repeat(24)],
  ['\u202Eevil', 'evil'],
])('makes a name of %j', (given, name) => {
  expect(newUser(given)).toMatchObject({ name });
});

test.each([undefined, 7, '', ' \u0000\u200B '])('makes nobody of %j', (given) => {
  expect(newUser(given)).toBeUndefined();
});
