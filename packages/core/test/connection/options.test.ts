import { expect, test } from 'vitest';

import { systemClock } from '../../src/connection/clock.js';
import {
  connectionDefaults,
  resolveConnectionOptions,
  type ConnectionOptions,
} from '../../src/connection/options.js';
import { WebSocket } from '../../src/connection/web-socket.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { pair } from '../../src/testing/pair.js';
import { MemoryStream } from './support/memory-stream.js';

const sizes = [
  'maxMessageSize',
  'maxFragments',
  'maxUnreadBytes',
  'maxUnreadMessages',
  'highWaterMark',
  'maxSendBuffer',
];
const durations = [
  'messageTimeout',
  'heartbeatInterval',
  'heartbeatTimeout',
  'idleTimeout',
  'closeTimeout',
];

test('the defaults are those that the documents promise, and frozen', () => {
  expect(connectionDefaults).toMatchObject({
    maxMessageSize: 1_048_576,
    maxFragments: 131_072,
    messageTimeout: 60_000,
    maxUnreadBytes: 65_536,
    maxUnreadMessages: 1024,
    highWaterMark: 65_536,
    maxSendBuffer: 4_194_304,
    overflow: 'close',
    heartbeatInterval: 20_000,
    heartbeatTimeout: 20_000,
    idleTimeout: 0,
    closeTimeout: 10_000,
  });
  expect(Object.isFrozen(connectionDefaults)).toBe(true);
});

test.each([...sizes, ...durations, 'overflow'])(
  '%s is its default when it is not given',
  (name) => {
    const expected = { [name]: connectionDefaults[name as keyof typeof connectionDefaults] };
    expect(resolveConnectionOptions()).toMatchObject(expected);
    expect(resolveConnectionOptions({ [name]: undefined })).toMatchObject(expected);
  },
);

test('the clock is the system’s unless another is given', () => {
  const clock = fakeClock();
  expect(resolveConnectionOptions().clock).toBe(systemClock);
  expect(resolveConnectionOptions({ clock }).clock).toBe(clock);
});

test.each([...sizes, ...durations])('%s must be a whole number, and its error names it', (name) => {
  for (const value of [-1, 0.5, NaN, Infinity, '1000', 1n, true, 2 ** 53]) {
    const error = (() => {
      try {
        return resolveConnectionOptions({ [name]: value });
      } catch (caught) {
        return caught as Error;
      }
    })();
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toContain(
      `${name} is ${String(value)}, expected a whole number`,
    );
  }
});

test.each(durations)('%s is at most what a timer can wait', (name) => {
  expect(resolveConnectionOptions({ [name]: 2 ** 31 - 1 })).toMatchObject({ [name]: 2 ** 31 - 1 });
  expect(() => resolveConnectionOptions({ [name]: 2 ** 31 })).toThrow(
    new RangeError(`${name} is 2147483648, expected a whole number from 0 to 2147483647`),
  );
});

test.each([
  ['maxMessageSize', 0],
  ['maxFragments', 1],
  ['maxUnreadBytes', 0],
  ['maxUnreadMessages', 1],
  ['highWaterMark', 0],
  ['maxSendBuffer', 0],
])('%s is at least %i', (name, least) => {
  expect(resolveConnectionOptions({ [name]: least })).toMatchObject({ [name]: least });
  expect(() => resolveConnectionOptions({ [name]: least - 1 })).toThrow(RangeError);
});

test('overflow is one of two words', () => {
  expect(resolveConnectionOptions({ overflow: 'drop' }).overflow).toBe('drop');
  expect(() => resolveConnectionOptions({ overflow: 'wait' as 'drop' })).toThrow(
    new RangeError("overflow is wait, expected 'close' or 'drop'"),
  );
});

test('over and pair name the option that is out of its range', () => {
  const stream = new MemoryStream();
  const nonsense: ConnectionOptions = { maxUnreadMessages: 0 };
  expect(() => WebSocket.over(stream, { role: 'server', ...nonsense })).toThrow(
    'maxUnreadMessages is 0, expected a whole number from 1',
  );
  expect(() => pair({ closeTimeout: -5 })).toThrow(RangeError);
  expect(stream.listenerCount('error')).toBe(0);
});

test.each([
  [{}, 1000],
  [{ heartbeatInterval: 4000 }, 1000],
  [{ heartbeatInterval: 3999 }, 100],
  [{ idleTimeout: 400 }, 100],
  [{ messageTimeout: 399 }, 10],
  [{ heartbeatTimeout: 1 }, 10],
  [{ heartbeatInterval: 0, heartbeatTimeout: 0, messageTimeout: 0 }, 1000],
  [{ closeTimeout: 1 }, 1000],
])(
  'with %o the pulse beats every %i ms: no deadline is off by more than a quarter',
  (options, length) => {
    const settings = resolveConnectionOptions({ clock: fakeClock(), ...options });
    expect(settings.pulse.length).toBe(length);
  },
);

test('durations are counted in beats, 0 is none, and what is less than one is one', () => {
  const settings = resolveConnectionOptions({
    clock: fakeClock(),
    heartbeatInterval: 1,
    heartbeatTimeout: 11,
    messageTimeout: 0,
  });
  expect(settings).toMatchObject({
    intervalBeats: 1,
    timeoutBeats: 2,
    messageBeats: 0,
    idleBeats: 0,
  });
});
