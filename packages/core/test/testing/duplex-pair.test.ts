import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';

import { duplexPair } from '../../src/testing/duplex-pair.js';

/** All that comes out of `stream` up to its end; the stream is not destroyed by that. */
async function everything(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks);
}

/** Lets both ends have their turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('what is written to one comes out of the other, both ways, and never within the call', async () => {
  const [near, far] = duplexPair();
  const heard: string[] = [];
  far.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  near.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  await turns();
  near.write('ping');
  far.write('pong');
  expect(heard).toEqual([]);
  await turns();
  expect(heard.toSorted()).toEqual(['ping', 'pong']);
});

test('an end is heard, and each direction ends by itself', async () => {
  const [near, far] = duplexPair();
  near.end('last words');
  expect((await everything(far)).toString()).toBe('last words');
  const answer = everything(near);
  far.end('an answer');
  expect((await answer).toString()).toBe('an answer');
  await turns();
  expect([near.destroyed, far.destroyed]).toEqual([true, true]);
});

test('a reader that does not read holds the writer up', async () => {
  const [near, far] = duplexPair();
  let written = 0;
  while (written < 1000 && near.write(Buffer.alloc(1024))) written += 1;
  await turns();
  expect(near.writableLength + far.readableLength).toBeGreaterThan(far.readableHighWaterMark - 1);
  const before = far.readableLength;
  for (let count = 0; count < 100; count += 1) near.write(Buffer.alloc(1024));
  await turns();
  expect(far.readableLength).toBeLessThanOrEqual(before + 2048);
  far.resume();
  await once(near, 'drain');
  await turns();
  expect(near.writableLength).toBe(0);
});

test('destroying one is an end for the other, and no error', async () => {
  const [near, far] = duplexPair();
  near.on('error', () => undefined);
  near.write('sent before');
  const heard = everything(far);
  near.destroy(new Error('only here'));
  expect((await heard).toString()).toBe('sent before');
  far.end();
  await once(far, 'close');
  expect(far.errored).toBeNull();
});

test('a writer whose reader is destroyed is not left waiting', async () => {
  const [near, far] = duplexPair();
  near.write(Buffer.alloc(100_000));
  const done = new Promise<unknown>((resolve) => near.write('more', resolve));
  await turns();
  far.destroy();
  expect(await done).toBeFalsy();
  expect(near.writableLength).toBe(0);
});

test('what was written before the end is still there for a slow reader, when the writer is gone', async () => {
  const [near, far] = duplexPair();
  const sent = Buffer.alloc(10_000, 'x');
  near.resume();
  near.end(sent);
  far.end();
  await once(near, 'close');
  await turns();
  expect((await everything(far)).equals(sent)).toBe(true);
});

test('an empty write is through like any other', async () => {
  const [near, far]: [Duplex, Duplex] = duplexPair();
  await new Promise<unknown>((resolve) => near.write(Buffer.alloc(0), resolve));
  near.end('x');
  expect((await everything(far)).toString()).toBe('x');
});
