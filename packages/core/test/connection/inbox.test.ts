import { expect, test } from 'vitest';

import { ConnectionClosedError } from '../../src/connection/close-info.js';
import { Inbox, type InboxEnd, type InboxOwner } from '../../src/connection/inbox.js';
import { turns } from './support/turns.js';

const limits = { maxUnreadBytes: 1000, maxUnreadMessages: 10 };

function attached(): { inbox: Inbox; log: string[] } {
  const log: string[] = [];
  const owner: InboxOwner = {
    onUnread: () => log.push('unread'),
    onRead: () => log.push('read'),
    onListenerError: (error) => log.push(String(error)),
  };
  const inbox = new Inbox(limits);
  inbox.attach(owner);
  return { inbox, log };
}

const closed = new ConnectionClosedError({
  code: 1000,
  reason: '',
  wasClean: true,
  initiator: 'peer',
  cause: undefined,
});

function endOf(error: ConnectionClosedError): InboxEnd {
  return {
    closeInfo: error.close,
    closed: Promise.resolve(error.close),
    endError: () => error,
  };
}

test('says once that it is full, and once that it is empty', async () => {
  const { inbox, log } = attached();
  for (let count = 0; count < 20; count += 1) inbox.push(String(count), 1);
  expect(log).toEqual(['unread']);
  expect([inbox.unreadMessages, inbox.unreadBytes]).toEqual([20, 20]);
  for (let count = 0; count < 19; count += 1) inbox.tryRead();
  await turns(1);
  expect(log).toEqual(['unread']);
  inbox.tryRead();
  expect(log).toEqual(['unread']);
  await turns(1);
  expect(log).toEqual(['unread', 'read']);
});

test('one that has filled up again before it could say so says nothing', async () => {
  const { inbox, log } = attached();
  inbox.push('large', 2000);
  inbox.tryRead();
  inbox.push('large again', 2000);
  await turns(1);
  expect(log).toEqual(['unread', 'unread']);
});

test('counts what a listener works on, and is full by it alone', async () => {
  const { inbox, log } = attached();
  let finish: (() => void) | undefined;
  inbox.listen(() => new Promise<void>((resolve) => (finish = resolve)));
  inbox.push('at work', 1001);
  expect([inbox.unreadMessages, inbox.unreadBytes]).toEqual([1, 1001]);
  expect(log).toEqual(['unread']);
  finish!();
  await turns(1);
  expect([inbox.unreadMessages, inbox.unreadBytes]).toEqual([0, 0]);
  expect(log).toEqual(['unread', 'read']);
});

test('an empty queue behind a large message at work is not empty yet', async () => {
  const { inbox, log } = attached();
  const finish: (() => void)[] = [];
  inbox.listen(() => new Promise<void>((resolve) => finish.push(resolve)));
  inbox.push('small', 1);
  inbox.push('large', 2000);
  expect(log).toEqual(['unread']);
  finish.shift()!();
  await turns(1);
  expect([inbox.unreadMessages, inbox.unreadBytes]).toEqual([1, 2000]);
  expect(log).not.toContain('read');
  finish.shift()!();
  await turns(1);
  expect(log.at(-1)).toBe('read');
});

test('works without an owner, before the connection is open', () => {
  const inbox = new Inbox(limits);
  for (let count = 0; count < 20; count += 1) inbox.push(String(count), 100);
  for (let count = 0; count < 20; count += 1) expect(inbox.tryRead()).toBe(String(count));
});

test('a long queue gives its slots back when it is empty', () => {
  const { inbox } = attached();
  for (let round = 0; round < 3; round += 1) {
    for (let count = 0; count < 200; count += 1) inbox.push(`${round} ${count}`, 1);
    for (let count = 0; count < 200; count += 1) expect(inbox.tryRead()).toBe(`${round} ${count}`);
    expect(inbox.tryRead()).toBeUndefined();
  }
});

test('a queue that never is empty does not grow, message by message', () => {
  const { inbox } = attached();
  for (let count = 0; count < 5; count += 1) inbox.push('ahead', 1);
  globalThis.gc!();
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < 1_000_000; count += 1) {
    inbox.push('message', 1);
    inbox.tryRead();
  }
  globalThis.gc!();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000);
  expect(inbox.unreadMessages).toBe(5);
});

test('from discard on nothing is queued', async () => {
  const { inbox, log } = attached();
  for (let count = 0; count < 20; count += 1) inbox.push('x', 1);
  inbox.discard();
  inbox.push('late', 1);
  inbox.discard();
  expect(inbox.tryRead()).toBeUndefined();
  expect([inbox.unreadMessages, inbox.unreadBytes]).toEqual([0, 0]);
  await turns(1);
  expect(log).toEqual(['unread', 'read']);
});

test('ends once', async () => {
  const { inbox } = attached();
  const read = inbox.readGuarded();
  inbox.finish(endOf(closed));
  inbox.finish(endOf(new ConnectionClosedError({ ...closed.close, code: 4000 })));
  expect(await read).toEqual({ ok: false, close: closed.close });
  expect(await inbox.readGuarded()).toEqual({ ok: false, close: closed.close });
});

test('is drained when nothing more will reach the listener', async () => {
  const { inbox } = attached();
  let finish: (() => void) | undefined;
  const received: unknown[] = [];
  inbox.push('queued', 1);
  inbox.listen((message) => {
    received.push(message);
    return new Promise<void>((resolve) => (finish = resolve));
  });
  const drained: unknown[] = [];
  inbox.whenDrained(() => drained.push([...received]));
  inbox.push('new', 1);
  inbox.finish(endOf(closed));
  await turns(1);
  expect(received).toEqual(['queued']);
  finish!();
  await turns(1);
  finish!();
  expect(drained).toEqual([]);
  await turns(1);
  expect(drained).toEqual([['queued', 'new']]);
});

test('a message that was read is not kept by those behind it', async () => {
  const { inbox } = attached();
  const size = 30_000_000;
  const held = (): number => {
    globalThis.gc!();
    return process.memoryUsage().arrayBuffers;
  };
  const before = held();
  inbox.push(Buffer.alloc(size), 1);
  inbox.push('behind', 1);
  expect(held() - before).toBeGreaterThan(size / 2);
  inbox.tryRead();
  // Node frees the memory behind a Buffer some time after the collection.
  for (let tries = 0; tries < 50 && held() - before >= size / 2; tries += 1) await turns(2);
  expect(held() - before).toBeLessThan(size / 2);
  expect(inbox.tryRead()).toBe('behind');
});
