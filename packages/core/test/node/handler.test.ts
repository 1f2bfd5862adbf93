import { describe, expect, test } from 'vitest';

import { createHandler } from '../../src/node/handler.js';
import type { Gatekeeper } from '../../src/server/gate.js';
import { resolveHandlerOptions } from '../../src/server/options.js';
import { Registry } from '../../src/server/registry.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { echo } from '../server/support/gatehouse.js';

describe('a handler', () => {
  test('keeps the gatekeeper, its options resolved, and everyone it lets in', () => {
    const handler = createHandler(echo, { trustProxy: true, maxMessageSize: 5 });
    expect(handler.gatekeeper).toBe(echo);
    expect(handler.settings).toMatchObject({ trustProxy: true, handshakeTimeout: 10_000 });
    expect(handler.settings.connection.maxMessageSize).toBe(5);
    expect(handler.registry.connections.size).toBe(0);
    expect(handler.hooks.onError).toBe(handler.settings.onError);
  });

  test('may share a registry with others', () => {
    const registry = new Registry(fakeClock(), resolveHandlerOptions().capacity);
    expect(createHandler(echo, {}, registry).registry).toBe(registry);
    expect(createHandler(echo, {}).registry).not.toBe(registry);
  });

  test.each([undefined, null, 'echo', {}])('of %j is a TypeError', (gatekeeper) => {
    expect(() => createHandler(gatekeeper as Gatekeeper, {})).toThrow(
      new TypeError(`gatekeeper is ${typeof gatekeeper}, expected a function`),
    );
  });

  test('checks its options at once', () => {
    expect(() => createHandler(echo, { handshakeTimeout: -1 })).toThrow(RangeError);
    expect(() => createHandler(echo, { subprotocols: ['a b'] })).toThrow(TypeError);
  });
});
