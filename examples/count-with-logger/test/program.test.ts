import { browserAvailable } from '@postern/browser';
import { open } from '@postern/core';
import { afterEach, describe, expect, test } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { tryTalkPage } from '../../shared/test/support/try-talk-page.js';

const serverFile = new URL('../server.mjs', import.meta.url);
const clientFile = new URL('../client.mjs', import.meta.url);

let programs: Program[] = [];

function run(file: URL, ...args: string[]): Program {
  const program = new Program(file, {}, args);
  programs.push(program);
  return program;
}

afterEach(() => {
  for (const program of programs) program.kill();
  programs = [];
});

/** What was counted, by whom, as the log tells it. */
const counted = ({ printed }: Program) =>
  printed.flatMap((line) => /WSLOG: (\[.*)/.exec(line)?.[1] ?? []);

const serversShare = [1, 3, 5, 7, 9].map((heard) => `[server] hears ${heard}, says ${heard + 1}`);
const clientsShare = [
  '[client] says 1',
  ...[2, 4, 6, 8].map((heard) => `[client] hears ${heard}, says ${heard + 1}`),
  '[client] hears 10',
];

test('client and server count to ten in turns, in one process', async () => {
  const client = run(clientFile);
  expect(await client.ended()).toBe(0);
  const inTurns = clientsShare.flatMap((line, turn) => [line, serversShare[turn] ?? []].flat());
  expect(counted(client)).toEqual(inTurns);
  const log = client.printed.join('\n');
  expect(log).toMatch(/WSLOG: #1 accepted 101 GET \/ .*subprotocol count/);
  expect(log).toMatch(/WSLOG: #1 closed 1000 \(normal\) by this side .*received 5 .*sent 5 /);
  expect(log).toMatch(/WSLOG: #2 closed 1000 \(normal\) by the peer/);
});

test('they count as well in two, each with a log of its own', async () => {
  const server = run(serverFile);
  const client = run(clientFile, await server.url());
  expect(await client.ended()).toBe(0);
  await server.prints(/closed 1000/);
  expect(counted(client)).toEqual(clientsShare);
  expect(counted(server)).toEqual(serversShare);
});

describe('the server', () => {
  test('refuses whoever does not speak the subprotocol', async () => {
    const server = run(serverFile);
    const body = 'Only the subprotocol “count” is spoken here.\n';
    await expect(open(await server.url())).rejects.toMatchObject({ status: 400, body });
    await server.prints(/refused 400 GET \//);
  });

  test.each([
    ['2', 'expected 1'],
    ['one', 'expected 1'],
  ])('ends with 4000 when it hears “%s” first', async (said, reason) => {
    const server = run(serverFile);
    const ws = await open(await server.url(), { subprotocols: ['count'] });
    await ws.write(said);
    expect(await ws.closed).toMatchObject({ code: 4000, reason, initiator: 'peer' });
    await server.prints(/WARN: +\[server\] hears .+, expected 1/);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s tells everyone 1001, in the middle of counting, exit code 0',
    async (signal) => {
      const server = run(serverFile);
      const ws = await open(await server.url(), { subprotocols: ['count'] });
      await ws.write('1');
      expect(await ws.read()).toBe('2');
      await ws.write('3');
      server.signal(signal);
      expect(await ws.closed).toMatchObject({ code: 1001, initiator: 'peer', wasClean: true });
      expect(await server.ended()).toBe(0);
    },
  );

  test.skipIf(!browserAvailable('chromium'))(
    'counts with somebody at its page',
    { timeout: 30_000 },
    async () => {
      const server = run(serverFile);
      await tryTalkPage(await server.url(), async (page) => {
        expect(await page.state('Connected')).toBe('Connected, speaks “count”');
        for (const number of [1, 3, 5, 7]) await page.say(String(number), (number + 1) / 2);
        expect(await page.say('9', 5)).toEqual(['2', '4', '6', '8', '10']);
        expect(await page.state('Closed')).toBe('Closed with 1000');
      });
    },
  );
});

test('a client that is interrupted leaves with 1001, exit code 0', async () => {
  const client = run(clientFile);
  await client.prints(/hears 2/);
  client.signal('SIGINT');
  expect(await client.ended()).toBe(0);
  expect(client.printed.join('\n')).toMatch(/#1 closed 1001 \(going away\) by the peer/);
});

test('a client without a server says so, exit code 1', async () => {
  const client = run(clientFile, 'ws://localhost:1');
  expect(await client.ended()).toBe(1);
  await client.prints(/ERROR: \[client\] no connection to the server/);
});
