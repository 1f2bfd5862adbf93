import { describe, expect, test } from 'vitest';

import { Capacity, type CapacityLimits } from '../../src/server/capacity.js';
import { pair } from '../../src/testing/pair.js';

function capacity(limits: Partial<CapacityLimits> = {}): Capacity {
  return new Capacity({
    maxConnections: Infinity,
    maxConnectionsPerAddress: Infinity,
    maxPendingHandshakes: Infinity,
    ...limits,
  });
}

describe('room for one more', () => {
  test('there always is without limits', () => {
    expect(capacity().refusalFor('', 1_000_000, 1_000_000)).toBeUndefined();
  });

  test.each([
    [0, 9, undefined],
    [9, 0, undefined],
    [5, 4, undefined],
    [10, 0, 503],
    [5, 5, 503],
    [0, 10, 503],
  ])('of 10, with %i in and %i before the gate: %s', (connections, pending, status) => {
    const refused = capacity({ maxConnections: 10 }).refusalFor('', connections, pending);
    expect(refused?.status).toBe(status);
    if (refused) expect(refused.body).toBe('the server is full\n');
  });

  test('as for handshakes under way, whoever is in does not count', () => {
    const limited = capacity({ maxPendingHandshakes: 2 });
    expect(limited.refusalFor('', 1_000, 1)).toBeUndefined();
    expect(limited.refusalFor('', 0, 2)).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '5', Connection: 'close' },
      body: 'too many opening handshakes are under way\n',
    });
  });

  test('as for one address, from the beginning of its handshakes to the end of its connections', () => {
    const limited = capacity({ maxConnectionsPerAddress: 2 });
    const [first, second] = pair();
    const statusAt = (address: string) => limited.refusalFor(address, 0, 0)?.status;
    limited.enter(first, 'a');
    expect(statusAt('a')).toBeUndefined();
    limited.enter(second, 'a');
    expect([statusAt('a'), statusAt('b'), statusAt('')]).toEqual([429, undefined, undefined]);
    limited.leave(first);
    limited.leave(first);
    expect(statusAt('a')).toBeUndefined();
    limited.enter(first, 'a');
    expect(statusAt('a')).toBe(429);
  });

  test('nobody is told apart by address where that is not limited', () => {
    const unlimited = capacity();
    expect(unlimited.countsAddresses).toBe(false);
    const [ws] = pair();
    unlimited.enter(ws, 'a');
    unlimited.leave(ws);
    expect(unlimited.refusalFor('a', 0, 0)).toBeUndefined();
  });
});
