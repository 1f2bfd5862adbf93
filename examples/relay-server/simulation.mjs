import { setTimeout as wait } from 'node:timers/promises';
import { reconnecting } from '@postern/core';
import { Flock } from './flock.mjs';
import { whenToldToEnd } from './when-told-to-end.mjs';

const { RELAY = 'ws://localhost:8080', TOKEN = 'not much of a secret', PLUGS } = process.env;

/** How many visitors can be served at a time. */
const SEATS = 4;

/** Between two pictures, in milliseconds. */
const FRAME = 33;

const ending = new AbortController();
whenToldToEnd(() => ending.abort());

/**
 * One connection that waits at the relay for a visitor, serves it to its end, and is there again for the next one. The relay may
 * be restarted at any time.
 *
 * @param {number} seat
 */
async function keepSeat(seat) {
  const connections = reconnecting(`${RELAY}/simulation`, {
    headers: { authorization: `Bearer ${TOKEN}` },
    signal: ending.signal,
    minDelay: 200,
    maxDelay: 5000,
    stableAfter: 1000,
    heartbeatInterval: 5000,
    heartbeatTimeout: 5000,
    onState: ({ state, error }) => error && console.log(`seat ${seat}: ${state}, ${error.message}`),
  });
  for await (const ws of connections) {
    const { ok } = await ws.readGuarded(); // The first word of a visitor.
    if (ok) await perform(ws);
  }
}

/** @param {import('@postern/core').WebSocket} ws */
async function perform(ws) {
  const flock = new Flock();
  void ws.listen((message) => {
    if (message === 'unplug' && PLUGS) process.exit(1); // As if somebody had pulled the plug.
    flock.fear(message);
  });
  await ws.writeGuarded(JSON.stringify({ simulation: process.pid }));
  // A visitor that takes nothing holds up its own flock, by way of the relay, and nobody else's.
  while (await ws.writeGuarded(flock.picture())) {
    await wait(FRAME);
    flock.advance();
  }
}

console.log(`Simulation ${process.pid} for ${RELAY}`);
await Promise.all(Array.from({ length: SEATS }, (_, seat) => keepSeat(seat + 1)));
