import { open, type WebSocket } from '@postern/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Program } from '../../shared/test/support/program.js';

let program: Program;
let url: string;

beforeEach(async () => {
  program = new Program(new URL('../server.mjs', import.meta.url));
  url = await program.url();
});
afterEach(() => program.kill());

const address = (name: string) => new URL(`chat?${new URLSearchParams({ name })}`, url);
const comeIn = (name: string) => open(address(name));
const hear = async (ws: WebSocket): Promise<unknown> => JSON.parse(String(await ws.read()));

test('everyone but the sender gets a line, and notices of who comes and goes', async () => {
  const ada = await comeIn('Ada');
  expect(await hear(ada)).toEqual({ you: 'Ada', here: [] });
  const grace = await comeIn('Grace');
  expect(await hear(grace)).toEqual({ you: 'Grace', here: ['Ada'] });
  expect(await hear(ada)).toEqual({ joined: 'Grace' });

  await ada.write('Good evening');
  expect(await hear(grace)).toEqual({ from: 'Ada', text: 'Good evening' });
  await grace.write('Is it?');
  // Not her own line.
  expect(await hear(ada)).toEqual({ from: 'Grace', text: 'Is it?' });

  await grace.write('exit');
  expect(await grace.closed).toMatchObject({ code: 1000, initiator: 'peer', wasClean: true });
  expect(await hear(ada)).toEqual({ left: 'Grace' });
});

test('whoever is lost without a goodbye goes, too', async () => {
  const ada = await comeIn('Ada');
  await hear(ada);
  const grace = await comeIn('Grace');
  expect(await hear(ada)).toEqual({ joined: 'Grace' });
  grace.terminate();
  expect(await hear(ada)).toEqual({ left: 'Grace' });
});

test('refuses a name that somebody has, in any case, and frees it when they leave', async () => {
  const ada = await comeIn('Ada');
  const taken = { status: 409, body: 'Ada is here already. Take another name.\n' };
  await expect(comeIn('aDA')).rejects.toMatchObject(taken);
  await ada.write('exit');
  await ada.closed;
  expect((await comeIn('aDA')).isOpen).toBe(true);
});

test('of two who ask for a name at once, one gets it', async () => {
  const asked = await Promise.allSettled([comeIn('Ada'), comeIn('Ada')]);
  expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test.each(['', ' ', 'x'.repeat(25), '<b>', 'a\u202Eb'])('refuses %j as a name', async (name) => {
  await expect(comeIn(name)).rejects.toMatchObject({ status: 400 });
});

test('tells without a WebSocket what it would tell with one', async () => {
  expect(await (await fetch(address('Ada'))).text()).toBe('Nobody here is called Ada.\n');
  await comeIn('Ada');
  const answer = await fetch(address('Ada'));
  expect(answer.status).toBe(409);
  expect(await answer.text()).toBe('Ada is here already. Take another name.\n');
});

test('ends a connection that says more than 4096 bytes at once with 1009', async () => {
  const ada = await comeIn('Ada');
  await ada.write('x'.repeat(4097));
  expect(await ada.closed).toMatchObject({ code: 1009, initiator: 'peer' });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s tells everyone 1001, exit code 0', async (signal) => {
  const ada = await comeIn('Ada');
  program.signal(signal);
  expect(await ada.closed).toMatchObject({ code: 1001, initiator: 'peer', wasClean: true });
  expect(await program.ended()).toBe(0);
});
