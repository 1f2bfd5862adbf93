import { pair } from '@postern/core/testing';
import { expect, test } from 'vitest';
import { mailbox } from '../mailbox.mjs';

/** Resolves when a number has stayed the same for 50 turns of the event loop. */
async function standstill(number: () => number): Promise<void> {
  let before = Number.NaN;
  while (before !== number()) {
    before = number();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('what comes in is in the inbox, what is put into the outbox goes out', async () => {
  const { client, server } = pair();
  const { inbox, outbox } = mailbox(client);
  await server.write('hello');
  await server.write(Buffer.of(1, 2));
  expect(await inbox.take()).toBe('hello');
  expect(await inbox.take()).toEqual(Buffer.of(1, 2));
  await outbox.put('hello yourself');
  expect(await server.read()).toBe('hello yourself');
});

test('both queues end with the connection, and what has come can still be taken', async () => {
  const { client, server } = pair();
  const { inbox, outbox } = mailbox(client);
  await server.write('last words');
  await server.close();
  await client.closed;
  expect(await inbox.take()).toBe('last words');
  expect(await inbox.take()).toBeUndefined();
  expect(await outbox.put('too late')).toBe(false);
});

test('the connection closes when the outbox has ended and all of it has gone out', async () => {
  const { client, server } = pair();
  const { inbox, outbox } = mailbox(client);
  for (let count = 1; count <= 10; count += 1) await outbox.put(String(count));
  outbox.end();
  const heard = [];
  for await (const message of server) heard.push(Number(message));
  expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await server.closed).toMatchObject({ code: 1000, initiator: 'peer' });
  expect(await inbox.take()).toBeUndefined();
});

test('a program that does not take makes the peer wait, and nothing is lost', async () => {
  const { client, server } = pair();
  const { inbox } = mailbox(client);
  const block = 'x'.repeat(64 * 1024);
  let written = 0;
  const writing = (async () => {
    for (; written < 200; written += 1) await server.write(block);
    await server.close();
  })();
  expect(await inbox.take()).toBe(block);
  await standstill(() => written);
  // 16 in the queue, and what the two connections hold; not all of it.
  expect(written).toBeLessThan(100);
  let taken = 1;
  for await (const message of inbox) taken += Number(message === block);
  await writing;
  expect(taken).toBe(200);
});
