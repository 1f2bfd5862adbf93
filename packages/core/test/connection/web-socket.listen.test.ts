import { expect, test } from 'vitest';

import type { Message } from '../../src/connection/inbox.js';
import type { WebSocket } from '../../src/connection/web-socket.js';
import { pair } from '../../src/testing/pair.js';
import { closeFrame, rawPeer, text } from './support/raw-peer.js';
import { unhandledRejections } from './support/rejections.js';
import { isPending, turns } from './support/turns.js';

/** A promise in the hands of a test. */
function deferred(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
} {
  let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle! };
}

test('listen is a plain call per message, inside the data event', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  const received: Message[] = [];
  void ws.listen((message) => received.push(message));
  await turns();
  stream.feed(bytesOf(text('one'), text('two')));
  expect(received).toEqual(['one', 'two']);
});

test('a callback that returns a promise gets the next message when it has settled, one after another', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  const steps: string[] = [];
  const waits = [deferred(), deferred(), deferred()];
  void ws.listen(async (message) => {
    const wait = waits[steps.filter((step) => step.startsWith('begin')).length]!;
    steps.push(`begin ${String(message)}`);
    await wait.promise;
    steps.push(`end ${String(message)}`);
  });
  await send(text('a'), text('b'));
  await send(text('c'));
  expect(steps).toEqual(['begin a']);
  waits[0]!.resolve();
  await turns();
  expect(steps).toEqual(['begin a', 'end a', 'begin b']);
  waits[1]!.resolve();
  waits[2]!.resolve();
  await turns();
  expect(steps).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
});

test('a callback may return any thenable, or anything else', async () => {
  const { ws, send, errors } = rawPeer({ role: 'server' });
  const received: Message[] = [];
  // oxlint-disable-next-line unicorn/no-thenable
  const results = [{ then: (resolve: () => void) => resolve() }, 5, null, { then: 'no function' }];
  void ws.listen((message) => {
    received.push(message);
    return results.shift();
  });
  await send(text('1'), text('2'), text('3'), text('4'), text('5'));
  expect(received).toEqual(['1', '2', '3', '4', '5']);
  expect(errors).toEqual([]);
});

test('the promise of a write that had room costs no wait', async () => {
  const { ws, stream, bytesOf, received } = rawPeer({ role: 'server' });
  const seen: Message[] = [];
  void ws.listen((message) => {
    seen.push(message);
    return ws.write(message);
  });
  await turns();
  stream.feed(bytesOf(text('one'), text('two')));
  expect(seen).toEqual(['one', 'two']);
  expect(received()).toHaveLength(2);
  expect(stream.chunks).toHaveLength(1);
});

test('listen after read first hands over what is queued, and not within the call', async () => {
  const { ws, send } = rawPeer({ role: 'server' });
  await send(text('one'), text('two'), text('three'));
  expect(await ws.read()).toBe('one');
  const received: Message[] = [];
  void ws.listen((message) => received.push(message));
  expect(received).toEqual([]);
  await send(text('four'));
  expect(received).toEqual(['two', 'three', 'four']);
});

test('messages that come before the queue was handed over stay behind it', async () => {
  const { ws, stream, send, bytesOf } = rawPeer({ role: 'server' });
  await send(text('queued'));
  const received: Message[] = [];
  void ws.listen((message) => received.push(message));
  stream.feed(bytesOf(text('new')));
  await turns();
  expect(received).toEqual(['queued', 'new']);
});

test('listen wants a function', async () => {
  const { ws } = rawPeer({ role: 'server' });
  await expect(ws.listen(undefined as never)).rejects.toThrow(
    new TypeError('listener is undefined, expected a function'),
  );
  void ws.listen(() => {});
});

test('the promise of listen resolves with how the connection ended, once every message is through', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  const wait = deferred();
  const received: Message[] = [];
  const end = ws.listen(async (message) => {
    await wait.promise;
    received.push(message);
  });
  await send(text('one'), text('two'), closeFrame(4000, 'over'));
  stream.feed(null);
  await ws.closed;
  expect(await isPending(end)).toBe(true);
  wait.resolve();
  expect(await end).toMatchObject({
    code: 4000,
    reason: 'over',
    initiator: 'peer',
    wasClean: true,
  });
  expect(received).toEqual(['one', 'two']);
});

test('listen on a connection that has ended delivers what is queued, then resolves', async () => {
  const { ws, stream, send } = rawPeer({ role: 'server' });
  await send(text('one'), text('two'));
  stream.destroy();
  await ws.closed;
  const received: Message[] = [];
  expect(await ws.listen((message) => received.push(message))).toMatchObject({ code: 1006 });
  expect(received).toEqual(['one', 'two']);
});

test('listen on a connection that has ended with nothing queued resolves', async () => {
  const { ws } = rawPeer({ role: 'server' });
  ws.terminate();
  expect(await ws.listen(() => {})).toMatchObject({ code: 1006, initiator: 'local' });
});

const failures: [how: string, listener: (error: Error) => () => unknown][] = [
  [
    'throws',
    (error) => () => {
      throw error;
    },
  ],
  ['returns a promise that rejects', (error) => () => Promise.reject(error)],
  ['rejects later', (error) => async () => turns().then(() => Promise.reject(error))],
  [
    'returns a thenable whose then throws',
    (error) => () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then() {
        throw error;
      },
    }),
  ],
  [
    'returns something whose then cannot be looked at',
    (error) => () =>
      // oxlint-disable-next-line unicorn/no-thenable
      Object.defineProperty({}, 'then', {
        get() {
          throw error;
        },
      }),
  ],
];

test.each(failures)('a callback that %s closes with 1011 and tells onError', async (_, make) => {
  const rejections = unhandledRejections();
  const { ws, stream, send, errors, received } = rawPeer({ role: 'server' });
  const error = new Error('of the user');
  let calls = 0;
  const end = ws.listen(() => {
    calls += 1;
    return make(error)();
  });
  await send(text('one'), text('two'));
  await turns();
  expect(errors).toEqual([error]);
  expect(calls).toBe(1);
  expect(received()).toMatchObject([{ opcode: 8, payload: Buffer.from([0x03, 0xf3]) }]);
  await send(text('three'), closeFrame(1011));
  stream.feed(null);
  expect(await end).toMatchObject({ code: 1011, initiator: 'local', wasClean: true });
  expect(calls).toBe(1);
  expect(rejections).toEqual([]);
});

test.each(failures)(
  'a queue that is handed over to a callback that %s does the same',
  async (_, make) => {
    const rejections = unhandledRejections();
    const { ws, send, errors } = rawPeer({ role: 'server' });
    await send(text('one'), text('two'));
    let calls = 0;
    void ws.listen(() => {
      calls += 1;
      return make(new Error('of the user'))();
    });
    await turns(12);
    expect(errors).toHaveLength(1);
    expect(calls).toBe(1);
    expect(ws.state).toBe('closing');
    expect(rejections).toEqual([]);
  },
);

test.each(failures)(
  'after the peer has ended, a callback that %s is called no more',
  async (_, make) => {
    const { ws, stream, send, errors } = rawPeer({ role: 'server' });
    await send(text('one'), text('two'), closeFrame(1000));
    stream.feed(null);
    await ws.closed;
    let calls = 0;
    const end = ws.listen(() => {
      calls += 1;
      return make(new Error('of the user'))();
    });
    expect(await end).toMatchObject({ code: 1000 });
    expect(calls).toBe(1);
    expect(errors).toHaveLength(1);
  },
);

test('a callback that fails because the connection has ended is no error, and the rest is delivered', async () => {
  const { ws, stream, send, errors } = rawPeer({ role: 'server' });
  const wait = deferred();
  const received: Message[] = [];
  const end = ws.listen(async (message) => {
    received.push(message);
    await wait.promise;
    await ws.write(message);
  });
  await send(text('one'), text('two'), text('three'), closeFrame(1000));
  stream.feed(null);
  await ws.closed;
  wait.resolve();
  expect(await end).toMatchObject({ code: 1000, wasClean: true });
  expect(received).toEqual(['one', 'two', 'three']);
  expect(errors).toEqual([]);
});

test('the end of another connection is an error like any other', async () => {
  const other = rawPeer({ role: 'client' });
  other.ws.terminate();
  const { ws, send, errors } = rawPeer({ role: 'server' });
  void ws.listen(() => other.ws.write('to a socket that is gone'));
  await send(text('relayed'));
  expect(errors).toEqual([expect.objectContaining({ name: 'ConnectionClosedError' })]);
  expect(ws.state).toBe('closing');
});

test('a message that comes while the callback closes is not delivered', async () => {
  const { ws, stream, bytesOf } = rawPeer({ role: 'server' });
  const received: Message[] = [];
  void ws.listen((message) => {
    received.push(message);
    void ws.close();
  });
  await turns();
  stream.feed(bytesOf(text('one'), text('two')));
  expect(received).toEqual(['one']);
});

test('a message that comes while the callback terminates is not delivered', async () => {
  const { ws, stream, send, bytesOf } = rawPeer({ role: 'server' });
  await send(text('one'), text('two'));
  const received: Message[] = [];
  const end = ws.listen((message) => {
    received.push(message);
    ws.terminate();
  });
  stream.feed(bytesOf(text('three')));
  expect(await end).toMatchObject({ cause: { code: 'POSTERN_ERR_TERMINATED' } });
  expect(received).toEqual(['one']);
});

test('an async echo over a listener keeps the order of a thousand messages', async () => {
  const { client, server } = pair();
  void server.listen(async (message) => {
    await Promise.resolve();
    await server.write(message);
  });
  const sent = Array.from({ length: 1000 }, (_, index) => `message ${index}`);
  for (const message of sent) void client.write(message);
  const echoed: Message[] = [];
  for await (const message of client) {
    echoed.push(message);
    if (echoed.length === sent.length) break;
  }
  expect(echoed).toEqual(sent);
});

test('a listener that never empties its queue does not make it grow', async () => {
  const { client, server } = pair();
  const received: number[] = [];
  void server.listen(async (message) => {
    received.push(Number(message));
    await Promise.resolve();
    if (received.length < 30_000) client.send(String(received.length + 9));
  });
  for (let first = 0; first < 10; first += 1) client.send(String(first));
  while (received.length < 30_000) await turns();
  expect(received.slice(0, 30_000)).toEqual(Array.from({ length: 30_000 }, (_, index) => index));
});

test('two listeners on one connection, one after the other, are one too many', async () => {
  const ws: WebSocket = rawPeer({ role: 'client' }).ws;
  void ws.listen(() => {});
  await expect(ws.listen(() => {})).rejects.toMatchObject({ code: 'POSTERN_ERR_LISTENING' });
});
