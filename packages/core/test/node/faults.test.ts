import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import { hex } from '../support/hex.js';
import { station, type Station } from '../server/support/gatehouse.js';
import { closeFrame, textFrame, type RawClient } from '../server/support/raw-client.js';
import { upgradeRequest } from '../server/support/upgrade-request.js';

const request = upgradeRequest();
/** A whole short message, and one whose length takes 16 bits. */
const frames = [textFrame('hello'), textFrame('x'.repeat(200))];

/** An echo that remembers whom it let in. */
async function echoStation(): Promise<Station & { readonly seen: WebSocket[] }> {
  const seen: WebSocket[] = [];
  const gatekeeper: Gatekeeper<undefined> = (_, ws) => {
    seen.push(ws);
    void ws.listen((data) => ws.write(data));
  };
  return { ...(await station(gatekeeper)), seen };
}

/** Everyone seen has ended, nothing is counted any more, nobody was told of an error, and the next client is served. */
async function expectUnharmed({
  server,
  seen,
  heard,
  knock,
}: Awaited<ReturnType<typeof echoStation>>) {
  await Promise.all(seen.map((ws) => ws.closed));
  const next = knock().say('still there?');
  await next.opened();
  expect(await next.text()).toBe('still there?');
  next.send(closeFrame(1000));
  expect(await next.closeCode()).toBe(1000);
  await next.ended();
  await Promise.all(seen.map((ws) => ws.closed));
  while (server.stats().pendingHandshakes > 0) await turn();
  expect(server.stats()).toMatchObject({
    connections: 0,
    pendingHandshakes: 0,
    runningGatekeepers: 0,
    bufferedBytes: 0,
  });
  expect(heard).toEqual([]);
}

/** How a client goes, from one moment to the next. */
const ways: readonly (readonly [name: string, go: (client: RawClient) => void])[] = [
  ['RST', (client) => client.reset()],
  ['FIN', (client) => client.end()],
];

describe.each(ways)('%s', (_, go) => {
  test('at every byte of the opening handshake', { timeout: 60_000 }, async () => {
    const house = await echoStation();
    for (let length = 0; length <= request.length; length += 1) {
      const client = house.knock(false);
      await once(client.socket, 'connect');
      client.send(request.slice(0, length));
      // The kernel has the bytes: those that a reset overtakes are the point of half of the rounds.
      if (length % 2 === 0) await turn();
      go(client);
      await client.gone;
    }
    await expectUnharmed(house);
    // No gatekeeper hears of a head that is not whole.
    expect(house.seen.length).toBeLessThanOrEqual(2);
  });

  test.each(frames.map((bytes) => [bytes.length, bytes] as const))(
    'at every byte of a frame of %i',
    { timeout: 60_000 },
    async (_, bytes) => {
      const house = await echoStation();
      for (let length = 0; length <= bytes.length; length += 1) {
        const client = house.knock();
        await client.opened();
        client.send(bytes.subarray(0, length));
        if (length % 2 === 0) await turn();
        go(client);
        await client.gone;
      }
      await expectUnharmed(house);
      expect(house.seen).toHaveLength(bytes.length + 2);
      const codes = new Set(house.seen.map((ws) => ws.closeInfo?.code));
      expect(codes).toEqual(new Set([1006, 1000]));
    },
  );

  test('between two fragments, and in the middle of a ping between them', async () => {
    const house = await echoStation();
    const unfinished = [hex('01 81 00000000 61'), hex('01 81 00000000 61 89 85 00000000 6162')];
    for (const bytes of unfinished) {
      const client = house.knock().send(bytes);
      await client.opened();
      go(client);
      await client.gone;
    }
    await expectUnharmed(house);
    expect(house.seen).toHaveLength(unfinished.length + 1);
  });

  test('in the middle of the closing handshake, whoever began', async () => {
    const house = await echoStation();
    const ours = house.knock();
    await ours.opened();
    void house.seen[0]!.close();
    expect(await ours.closeCode()).toBe(1000);
    go(ours);
    await ours.gone;
    const theirs = house.knock().send(closeFrame(3001).subarray(0, 5));
    await theirs.opened();
    go(theirs);
    await theirs.gone;
    await expectUnharmed(house);
  });
});

test('a slow writer: a byte at a time, head and frames, is heard like any other', async () => {
  const house = await echoStation();
  const client = house.knock(false);
  await once(client.socket, 'connect');
  for (const byte of Buffer.concat([Buffer.from(request, 'latin1'), ...frames])) {
    client.send(Buffer.of(byte));
    await turn();
  }
  await client.opened();
  expect(await client.text()).toBe('hello');
  expect(await client.text()).toBe('x'.repeat(200));
  client.reset();
  await expectUnharmed(house);
});

test('a slow reader gets every byte, and is lost without a trace when it is lost', async () => {
  const house = await echoStation();
  const text = 'y'.repeat(500_000);
  const client = house.knock();
  await client.opened();
  client.socket.pause();
  for (let count = 0; count < 4; count += 1) client.say(text);
  for (let turns = 0; turns < 50; turns += 1) await turn();
  client.socket.resume();
  for (let count = 0; count < 4; count += 1) expect((await client.text()) === text).toBe(true);
  client.socket.pause();
  client.say(text);
  for (let turns = 0; turns < 50; turns += 1) await turn();
  client.reset();
  await expectUnharmed(house);
});

/** A client in a process of its own that opens a WebSocket, begins a message, says so, and waits for its end. */
const doomed = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1', () => {
    socket.write(${JSON.stringify(request)});
    socket.once('data', () => {
      socket.write(Buffer.from('01820000000061', 'hex'), () => console.log('begun'));
    });
  });`;

test('SIGKILL of the peer in the middle of a message', async () => {
  const house = await echoStation();
  const child = spawn(process.execPath, ['-e', doomed, String(house.server.port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const [ws] = house.seen;
  expect(await ws!.closed).toMatchObject({ code: 1006, wasClean: false, initiator: 'network' });
  await expectUnharmed(house);
});
