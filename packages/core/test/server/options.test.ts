import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { connectionDefaults } from '../../src/connection/options.js';
import {
  handlerDefaults,
  resolveHandlerOptions,
  type HandlerOptions,
} from '../../src/server/options.js';

describe('options of whoever lets clients in', () => {
  test('have defaults, which are frozen and shown', () => {
    expect(resolveHandlerOptions()).toMatchObject({
      subprotocols: [],
      origins: 'same',
      trustProxy: false,
      handshakeTimeout: 10_000,
      capacity: {
        maxConnections: Infinity,
        maxConnectionsPerAddress: Infinity,
        maxPendingHandshakes: 4096,
      },
      connection: { ...connectionDefaults, compression: undefined },
    });
    expect(handlerDefaults).toEqual({
      subprotocols: [],
      origins: 'same',
      trustProxy: false,
      handshakeTimeout: 10_000,
      maxConnections: Infinity,
      maxConnectionsPerAddress: Infinity,
      maxPendingHandshakes: 4096,
    });
    expect(Object.isFrozen(handlerDefaults)).toBe(true);
    expect(Object.isFrozen(handlerDefaults.subprotocols)).toBe(true);
  });

  test('undefined stands for the default', () => {
    const names = [...Object.keys(handlerDefaults), ...Object.keys(connectionDefaults), 'onError'];
    const options = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(resolveHandlerOptions(options)).toEqual(resolveHandlerOptions());
  });

  test('are kept as given', () => {
    const origins = (): boolean => true;
    expect(
      resolveHandlerOptions({
        subprotocols: ['a', 'b'],
        origins,
        trustProxy: true,
        handshakeTimeout: 0,
        maxConnections: 1,
        maxConnectionsPerAddress: 2,
        maxPendingHandshakes: 3,
        maxMessageSize: 4,
      }),
    ).toMatchObject({
      subprotocols: ['a', 'b'],
      origins,
      trustProxy: true,
      handshakeTimeout: 0,
      capacity: { maxConnections: 1, maxConnectionsPerAddress: 2, maxPendingHandshakes: 3 },
      connection: { maxMessageSize: 4 },
    });
  });

  test('a list of subprotocols may change afterwards', () => {
    const subprotocols = ['a'];
    const settings = resolveHandlerOptions({ subprotocols });
    subprotocols.push('b');
    expect(settings.subprotocols).toEqual(['a']);
  });

  test.each([
    [{ subprotocols: 'a' }, 'subprotocols: expected an array of tokens'],
    [{ subprotocols: ['a', 'a'] }, 'subprotocols: expected every item only once'],
    [{ subprotocols: ['a b'] }, 'subprotocols: expected every item to be a token'],
    [{ origins: 'http://a' }, "origins: expected 'same', 'any', an array of origins or a function"],
    [{ trustProxy: 'yes' }, 'trustProxy is string, expected a boolean'],
    [{ trustProxy: null }, 'trustProxy is object, expected a boolean'],
    [{ onError: 'print' }, 'onError is string, expected a function'],
    [{ onError: null }, 'onError is object, expected a function'],
  ])('%j is a TypeError', (options, message) => {
    const resolve = (): unknown => resolveHandlerOptions(options as unknown as HandlerOptions);
    expect(resolve).toThrow(new TypeError(message));
  });

  test.each([
    [{ handshakeTimeout: -1 }, 'handshakeTimeout is -1'],
    [{ handshakeTimeout: 1.5 }, 'handshakeTimeout is 1.5'],
    [{ handshakeTimeout: 2 ** 31 }, 'handshakeTimeout is 2147483648'],
    [{ handshakeTimeout: Infinity }, 'handshakeTimeout is Infinity'],
    [{ handshakeTimeout: '10' }, 'handshakeTimeout is 10'],
    [{ maxConnections: 0 }, 'maxConnections is 0'],
    [{ maxConnections: 1.5 }, 'maxConnections is 1.5'],
    [{ maxConnections: -Infinity }, 'maxConnections is -Infinity'],
    [{ maxConnectionsPerAddress: -1 }, 'maxConnectionsPerAddress is -1'],
    [{ maxPendingHandshakes: NaN }, 'maxPendingHandshakes is NaN'],
    [{ closeTimeout: -1 }, 'closeTimeout is -1'],
  ])('%j is a RangeError that names the option', (options, found) => {
    const resolve = (): unknown => resolveHandlerOptions(options as HandlerOptions);
    expect(resolve).toThrow(RangeError);
    expect(resolve).toThrow(found);
  });
});

describe('onError', () => {
  test('is to print to stderr by default', () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    resolveHandlerOptions().onError(new Error('mine'), undefined);
    const printed = stderr.mock.calls.map(([text]) => String(text));
    stderr.mockRestore();
    expect(printed).toEqual([expect.stringContaining('Error: mine')]);
  });

  test('is joined by postern:error in errors that belong to no connection', () => {
    const events: unknown[] = [];
    const onEvent = (event: unknown): void => void events.push(event);
    subscribe('postern:error', onEvent);
    onTestFinished(() => void unsubscribe('postern:error', onEvent));
    const { onError } = resolveHandlerOptions({ onError: () => {} });
    const [error, other] = [new Error('of the filter'), new Error('of a connection')];
    onError(error, undefined);
    onError(other, {} as never);
    expect(events).toEqual([{ ws: undefined, error }]);
  });

  test('hears as it was given', () => {
    const onError = vi.fn<() => void>();
    const error = new Error('mine');
    resolveHandlerOptions({ onError }).onError(error, undefined);
    expect(onError.mock.calls).toEqual([[error, undefined]]);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('in onError');
      },
    ],
    ['rejects', () => Promise.reject(new Error('in onError'))],
  ])('that %s is printed and goes no further', async (_, onError) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const settings = resolveHandlerOptions({ onError });
    expect(() => settings.onError(new Error('mine'), undefined)).not.toThrow();
    await Promise.resolve();
    await Promise.resolve();
    const printed = stderr.mock.calls.map(([text]) => String(text));
    stderr.mockRestore();
    expect(printed).toEqual([expect.stringContaining('Error: in onError')]);
  });
});
