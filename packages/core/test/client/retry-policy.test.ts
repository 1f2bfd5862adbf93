import { describe, expect, test } from 'vitest';

import { isWorthRetrying, PROVIDER_FAILED, retryAfter } from '../../src/client/retry-policy.js';
import { ConnectionClosedError } from '../../src/connection/close-info.js';
import { HandshakeError } from '../../src/handshake/errors.js';
import { PosternError, type ErrorCode } from '../../src/protocol/errors.js';

function closedWith(code: number): ConnectionClosedError {
  const how = { reason: '', wasClean: true, initiator: 'peer', cause: undefined } as const;
  return new ConnectionClosedError({ code, ...how });
}

const refusedWith = (status: number, headers = {}): HandshakeError =>
  new HandshakeError('POSTERN_ERR_HANDSHAKE_STATUS', 'no', { status, headers });

describe('worth another attempt', () => {
  test.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 4000])('close code %i', (code) => {
    expect(isWorthRetrying(closedWith(code))).toBe(true);
  });

  test.each([408, 425, 429, 500, 502, 503, 504])('status %i', (status) => {
    expect(isWorthRetrying(refusedWith(status))).toBe(true);
  });

  test.each<ErrorCode>([
    'POSTERN_ERR_CONNECT',
    'POSTERN_ERR_HANDSHAKE_INTERRUPTED',
    'POSTERN_ERR_HANDSHAKE_TIMEOUT',
  ])('%s', (code) => {
    expect(isWorthRetrying(new HandshakeError(code, 'no'))).toBe(true);
  });

  test('a function for url or headers that failed', () => {
    expect(isWorthRetrying(new PosternError(PROVIDER_FAILED, 'no'))).toBe(true);
  });
});

describe('not worth another attempt', () => {
  test.each([1002, 1003, 1007, 1008, 1009, 1010, 3000, 3003])('close code %i', (code) => {
    expect(isWorthRetrying(closedWith(code))).toBe(false);
  });

  test.each([101, 200, 302, 400, 401, 403, 404, 426, 501, 505])('status %i', (status) => {
    expect(isWorthRetrying(refusedWith(status))).toBe(false);
  });

  test.each<ErrorCode>([
    'POSTERN_ERR_HANDSHAKE_MALFORMED',
    'POSTERN_ERR_TLS',
    'POSTERN_ERR_TLS_CERTIFICATE',
  ])('%s', (code) => {
    expect(isWorthRetrying(new HandshakeError(code, 'no'))).toBe(false);
  });

  test.each([[new TypeError('mine')], [new PosternError('POSTERN_ERR_AWAY', 'x')], [undefined]])(
    'anything else: %s',
    (error) => {
      expect(isWorthRetrying(error)).toBe(false);
    },
  );
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['-1', 0],
  ['1.5', 0],
  ['99999999999', 0],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
])('Retry-After: %s is %i milliseconds', (value, expected) => {
  expect(retryAfter(refusedWith(503, { 'retry-after': value }))).toBe(expected);
});

test('other errors ask for no wait', () => {
  expect(retryAfter(refusedWith(503))).toBe(0);
  expect(retryAfter(closedWith(1013))).toBe(0);
});
