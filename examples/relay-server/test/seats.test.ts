import type { WebSocket } from '@postern/core';
import { pair } from '@postern/core/testing';
import { expect, test } from 'vitest';
import { Seats } from '../seats.mjs';

const LONG = 60_000;
const never = new AbortController().signal;

/** A simulation as the relay sees it, and the other end of the line. */
function simulation(): { ws: WebSocket; program: WebSocket } {
  const { client, server } = pair();
  return { ws: server, program: client };
}

test('whoever waited longest is first, on both sides', async () => {
  const seats = new Seats();
  const [a, b, c, d] = [simulation(), simulation(), simulation(), simulation()];
  seats.offer(a.ws);
  seats.offer(b.ws);
  expect(await seats.take(LONG, never)).toBe(a.ws);
  expect(await seats.take(LONG, never)).toBe(b.ws);
  const taken = [seats.take(LONG, never), seats.take(LONG, never)];
  seats.offer(c.ws);
  seats.offer(d.ws);
  expect(await Promise.all(taken)).toEqual([c.ws, d.ws]);
});

test('one that has ended is not given to anybody', async () => {
  const seats = new Seats();
  const { ws, program } = simulation();
  seats.offer(ws);
  await program.close();
  await ws.closed;
  expect(await seats.take(1, never)).toBeUndefined();
  seats.offer(ws);
  expect(await seats.take(1, never)).toBeUndefined();
});

test('patience ends, and so does the wait of a visitor who leaves', async () => {
  const seats = new Seats();
  expect(await seats.take(1, never)).toBeUndefined();
  const leaving = new AbortController();
  const taken = seats.take(LONG, leaving.signal);
  leaving.abort();
  expect(await taken).toBeUndefined();
  const { ws } = simulation();
  seats.offer(ws);
  expect(await seats.take(LONG, never)).toBe(ws);
});
