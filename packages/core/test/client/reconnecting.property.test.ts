import * as fc from 'fast-check';
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';

import type { LinkState } from '../../src/client/reconnecting-options.js';
import { reconnecting } from '../../src/client/reconnecting.js';
import { closeFrame, unmaskedFrames } from './support/frames.js';
import { ManualClock } from './support/manual-clock.js';
import { serveRaw, switching, type RawClient } from './support/raw-server.js';

/** What a server that flaps does to a client that comes. */
type Mood =
  | 'hang up'
  | 'refuse'
  | 'say nonsense in half a head'
  | 'let in and reset'
  | 'let in and go away'
  | 'let in and answer goodbye';

const moods: Record<Mood, (client: RawClient) => void> = {
  'hang up': ({ socket }) => void socket.resetAndDestroy(),
  refuse: ({ socket }) =>
    void socket.end('HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\nno'),
  'say nonsense in half a head': ({ socket }) => void socket.end('HTTP/1.1 101 S\r\nUpgr'),
  'let in and reset': ({ socket, key }) =>
    void socket.write(switching(key), () => socket.resetAndDestroy()),
  'let in and go away': ({ socket, key }) => {
    socket.write(Buffer.concat([Buffer.from(switching(key)), closeFrame(1001)]));
    socket.on('data', () => socket.end());
  },
  'let in and answer goodbye': ({ socket, key }) => {
    socket.write(switching(key));
    socket.on('data', (chunk) => {
      const last = unmaskedFrames(chunk).at(-1);
      if (last?.opcode === 8) socket.end(closeFrame(1000));
    });
  },
};

/** What a state may be followed by. */
const followers: Record<LinkState['state'], readonly LinkState['state'][]> = {
  connecting: ['open', 'waiting', 'closed'],
  open: ['waiting', 'closed'],
  waiting: ['connecting', 'closed'],
  closed: [],
};

test('however a server flaps, a client comes back, in time, in order, and leaves nothing', async () => {
  const mood = fc.constantFrom(...(Object.keys(moods) as Mood[]));
  const course = fc.array(mood, { maxLength: 7 });
  await fc.assert(fc.asyncProperty(course, fc.nat(3), follow), { numRuns: 40 });
}, 60_000);

/** A server in these moods, and then in a good one; the loop is left after the good connection. */
async function follow(course: readonly Mood[], chatter: number): Promise<void> {
  const received: Buffer[] = [];
  const { url, clients } = await serveRaw((client) => {
    client.socket.on('data', (chunk) => received.push(chunk));
    moods[course[clients.length - 1] ?? 'let in and answer goodbye'](client);
  });
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const states: LinkState[] = [];
  const onState = (state: LinkState): void => {
    states.push(state);
    if (state.state === 'waiting') setImmediate(() => clock.advance(state.delay));
  };
  const link = reconnecting(url, { clock, signal, onState, whileAway: 'queue' });
  const written = Array.from({ length: chatter }, (_, index) => link.write(`message ${index}`));

  for await (const ws of link) {
    expect(link.state).toBe('open');
    if (clients.length > course.length) break;
    await ws.close();
  }

  await Promise.allSettled(written);
  checkStates(states);
  expect(clients.length).toBe(course.length + 1);
  await Promise.all(clients.map(({ gone }) => gone));
  // What was lost with a connection is lost; nothing comes twice, or too early.
  const texts = unmaskedFrames(Buffer.concat(received)).flatMap(({ opcode, payload }) =>
    opcode === 1 ? [payload.toString()] : [],
  );
  expect(texts).toEqual([...new Set(texts)].toSorted());
  expect(clock.waiting).toBe(0);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
}

function checkStates(states: readonly LinkState[]): void {
  expect([states[0]?.state, states.at(-1)?.state]).toEqual(['connecting', 'closed']);
  for (const [index, { state }] of states.slice(1).entries()) {
    expect(followers[states[index]!.state]).toContain(state);
  }
  const delays = states.flatMap((each) => (each.state === 'waiting' ? [each.delay] : []));
  for (const [index, delay] of delays.entries()) {
    expect(delay).toBeLessThanOrEqual(Math.max(1000 * 2 ** index, 1000));
    expect(delay).toBeLessThanOrEqual(60_000);
  }
}
