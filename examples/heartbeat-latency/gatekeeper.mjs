import { setInterval } from 'node:timers/promises';
import { hasLocalOrigin, strangeName } from '../shared/local-origin.mjs';

/** Between two pings, in milliseconds. */
const INTERVAL = 250;

/** How long the server thinks of something else when it is asked to, in milliseconds. */
const ABSENCE = 60;

/** @type {import('@postern/core').Gatekeeper} */
export function gatekeeper(request, ws) {
  if (!hasLocalOrigin(request)) return ws.refuse(403, { body: strangeName });
  return conversation(ws); // Checked: hand over, and the request can be forgotten.
}

/** @param {import('@postern/core').WebSocket} ws */
async function conversation(ws) {
  await ws.accept();
  const server = { isBusy: false };
  void tellRoundTrips(ws, server);
  await ws.listen((message) => {
    if (message === 'busy' || message === 'idle') {
      server.isBusy = message === 'busy';
      return undefined;
    }
    if (server.isBusy) thinkOfSomethingElse();
    return ws.write(message); // The echo, that the page times.
  });
}

/**
 * One ping after the other, each timed here and told to the page.
 *
 * @param {import('@postern/core').WebSocket} ws
 * @param {{ isBusy: boolean }} server
 */
async function tellRoundTrips(ws, server) {
  try {
    for await (const _ of setInterval(INTERVAL, undefined, { signal: ws.signal })) {
      const pong = ws.ping();
      if (server.isBusy) thinkOfSomethingElse();
      await ws.write(`ping ${await pong}`);
    }
  } catch {
    // The connection has ended, and with it the wait for a pong or for the next interval.
  }
}

/** What a server should never do: it answers nobody meanwhile, and no pong is heard. */
function thinkOfSomethingElse() {
  const end = performance.now() + ABSENCE;
  while (performance.now() < end);
}
