import { expect, test } from 'vitest';
import { BroadcastPace } from '../../generator/broadcast-pace.mjs';
import type { EchoConnection } from '../../generator/echo-connection.mjs';

/** As much of a connection as a pace sees; `sent` counts what each was asked to send. */
function connections(count: number) {
  return Array.from({ length: count }, () => ({
    inFlight: 0,
    received: 0,
    sent: 0,
    send(messages: number) {
      this.sent += messages;
      this.inFlight += messages;
    },
  }));
}

test('the next message leaves when everybody has one', () => {
  const [publisher, ...others] = connections(3);
  const all = [publisher, ...others] as unknown as EchoConnection[];
  const pace = new BroadcastPace(all, 2);
  const receive = (connection: EchoConnection | undefined, count: number, sending = true) => {
    connection!.inFlight -= count;
    connection!.received += count;
    pace.onReplies(connection!, count, sending);
  };

  pace.begin();
  expect(publisher?.sent).toBe(2);
  expect(all.map(({ inFlight }) => inFlight)).toEqual([2, 2, 2]);
  receive(all[1], 2);
  receive(all[0], 1);
  expect(publisher?.sent).toBe(2);
  receive(all[2], 2);
  expect(publisher?.sent).toBe(3);
  expect(others.map(({ sent }) => sent)).toEqual([0, 0]);

  receive(all[0], 2, false);
  receive(all[1], 1, false);
  expect(pace.isIdle()).toBe(false);
  receive(all[2], 1, false);
  expect(pace.isIdle()).toBe(true);
});
