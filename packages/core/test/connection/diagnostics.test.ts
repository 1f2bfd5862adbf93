import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';

import { broadcast } from '../../src/connection/broadcast.js';
import { prepare } from '../../src/connection/prepared-message.js';
import { relay } from '../../src/connection/relay.js';
import { pair } from '../../src/testing/pair.js';
import { closeFrame, ping, pong, rawPeer, text, binary } from './support/raw-peer.js';
import { turns } from './support/turns.js';

/** What is published on `postern:<name>` until the test has finished. */
function heard<Event>(name: string): Event[] {
  const events: Event[] = [];
  const listener = (event: unknown): void => {
    events.push(event as Event);
  };
  subscribe(`postern:${name}`, listener);
  onTestFinished(() => {
    unsubscribe(`postern:${name}`, listener);
  });
  return events;
}

interface MessageNote {
  readonly ws: unknown;
  readonly direction: string;
  readonly kind: string;
  readonly data: unknown;
  readonly size: number;
}

test('postern:open and postern:close tell of the beginning and the end', async () => {
  const opened = heard<{ ws: unknown }>('open');
  const closed = heard<{ ws: unknown; close: unknown }>('close');
  const { ws, stream, send } = rawPeer({ role: 'server' });
  expect(opened).toEqual([{ ws }]);
  expect(closed).toEqual([]);
  await send(closeFrame(4000, 'bye'));
  stream.feed(null);
  await ws.closed;
  expect(closed).toEqual([{ ws, close: ws.closeInfo }]);
});

test('postern:message tells of messages, pings and pongs, both ways', async () => {
  const messages = heard<MessageNote>('message');
  const { ws, send } = rawPeer({ role: 'server' });
  await send(text('é'), binary(Buffer.from([1])), ping('in'), pong(Buffer.from('alone')));
  ws.send('out');
  ws.send(Buffer.from('bytes'), { text: true });
  ws.send(new ArrayBuffer(3));
  ws.send(prepare('prepared'));
  void ws.ping('ping');
  void ws.pong('pong');
  broadcast([ws], 'to all');
  await turns();
  expect(messages.every((message) => message.ws === ws)).toBe(true);
  expect(
    messages.map(({ direction, kind, data, size }) => [
      direction,
      kind,
      typeof data === 'string' ? data : Buffer.from(data as Uint8Array).toString('latin1'),
      size,
    ]),
  ).toEqual([
    ['received', 'text', 'é', 2],
    ['received', 'binary', '\u0001', 1],
    ['received', 'ping', 'in', 2],
    ['received', 'pong', 'alone', 5],
    ['sent', 'text', 'out', 3],
    ['sent', 'text', 'bytes', 5],
    ['sent', 'binary', '\0\0\0', 3],
    ['sent', 'text', 'prepared', 8],
    ['sent', 'ping', 'ping', 4],
    ['sent', 'pong', 'pong', 4],
    ['sent', 'text', 'to all', 6],
  ]);
});

test('the payload of a control frame lasts for a subscriber', async () => {
  const messages = heard<MessageNote>('message');
  const { send } = rawPeer({ role: 'server' });
  await send(ping('stays'), ping('other'));
  expect(messages.map(({ data }) => String(data))).toEqual(['stays', 'other']);
});

test('postern:error tells of user code that failed', async () => {
  const errors = heard<{ ws: unknown; error: unknown }>('error');
  const { ws, send, errors: told } = rawPeer({ role: 'server' });
  const error = new Error('of the listener');
  void ws.listen(() => {
    throw error;
  });
  await send(text('x'));
  expect(errors).toEqual([{ ws, error }]);
  expect(told).toEqual([error]);
});

test('postern:error tells what a guarded read or write swallowed, and no mistake of the caller', async () => {
  const errors = heard<{ guarded?: string; error: { name: string } }>('error');
  const { ws, send } = rawPeer({ role: 'server' });
  const read = ws.readGuarded();
  await expect(ws.readGuarded()).rejects.toMatchObject({ name: 'StateError' });
  await expect(ws.writeGuarded(5 as never)).rejects.toThrow(TypeError);
  await send(closeFrame(1000));
  expect(await read).toMatchObject({ ok: false });
  expect(await ws.writeGuarded('late')).toBe(false);
  await turns();
  expect(errors.map(({ guarded, error }) => [guarded, error.name])).toEqual([
    ['readGuarded', 'ConnectionClosedError'],
    ['writeGuarded', 'ConnectionClosedError'],
  ]);
});

test('a message of the wrong kind is a TypeError, also with a subscriber', async () => {
  const messages = heard<MessageNote>('message');
  const { ws } = rawPeer({ role: 'server' });
  for (const data of [5, null, undefined, {}]) {
    await expect(ws.write(data as never)).rejects.toThrow(/expected a string or bytes/);
  }
  expect(messages).toEqual([]);
});

test('postern:message tells of what a relay passes on, as what it is', async () => {
  const messages = heard<MessageNote>('message');
  const front = pair();
  const back = pair();
  void relay(front.server, back.client);
  await front.client.write('é');
  expect(await back.server.read()).toBe('é');
  const notes = messages
    .filter(({ ws }) => ws === front.server || ws === back.client)
    .map(({ direction, kind, data, size }) => [direction, kind, String(data), size]);
  expect(notes).toEqual([
    ['received', 'text', 'é', 2],
    ['sent', 'text', 'é', 2],
  ]);
});
