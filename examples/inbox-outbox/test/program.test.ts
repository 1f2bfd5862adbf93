import { browserAvailable } from '@postern/browser';
import { open } from '@postern/core';
import { afterEach, expect, test } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { tryTalkPage } from '../../shared/test/support/try-talk-page.js';

let programs: Program[] = [];

function run(name: string, ...args: string[]): Program {
  const program = new Program(new URL(`../${name}`, import.meta.url), {}, args);
  programs.push(program);
  return program;
}

afterEach(() => {
  for (const program of programs) program.kill();
  programs = [];
});

const letters = [
  'How are you?',
  'Is the great gate still shut at night?',
  'And who keeps the small one beside it?',
  'Farewell.',
];

/** All letters are out before the first answer is in. */
const correspondence = [
  ...letters.map((letter) => `→ ${letter}`),
  ...letters.map((letter) => `← “${letter}” has kept me thinking.`),
];

test('letters go out without waiting for answers, and each is answered', async () => {
  const client = run('client.mjs');
  expect(await client.ended()).toBe(0);
  expect(client.printed).toEqual(correspondence);
});

test('writes to another server as well', async () => {
  const client = run('client.mjs', await run('server.mjs').url());
  expect(await client.ended()).toBe(0);
  expect(client.printed).toEqual(correspondence);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the server, and a client whose queues end with it, both with 0',
  async (signal) => {
    const server = run('server.mjs');
    const client = run('client.mjs', await server.url());
    await client.prints(/^←/);
    server.signal(signal);
    await client.prints(/^The post has stopped\.$/);
    expect(await client.ended()).toBe(0);
    expect(await server.ended()).toBe(0);
  },
);

test('an interrupted client ends with 0', async () => {
  const client = run('client.mjs');
  await client.prints(/^←/);
  client.signal('SIGINT');
  expect(await client.ended()).toBe(0);
});

test('a client without a server says so, exit code 1', async () => {
  const client = run('client.mjs', 'ws://localhost:1');
  expect(await client.ended()).toBe(1);
  expect(client.printed).toEqual(['no connection to the server (ECONNREFUSED)']);
});

test('the server tells everyone 1001', async () => {
  const server = run('server.mjs');
  const ws = await open(await server.url());
  server.signal('SIGTERM');
  expect(await ws.closed).toMatchObject({ code: 1001, initiator: 'peer', wasClean: true });
});

test.skipIf(!browserAvailable('chromium'))('has a page', { timeout: 30_000 }, async () => {
  await tryTalkPage(await run('server.mjs').url(), async (page) => {
    expect(await page.say('How are you?', 1)).toEqual(['“How are you?” has kept me thinking.']);
  });
});
