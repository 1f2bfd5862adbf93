import { expect, test } from 'vitest';

import { abnormalEnd, ConnectionClosedError, isErrorOf } from '../../src/connection/close-info.js';
import { PosternError } from '../../src/protocol/errors.js';

test('a ConnectionClosedError tells how the connection ended', () => {
  const cause = new PosternError('POSTERN_ERR_TERMINATED', 'terminate() was called');
  const close = abnormalEnd('local', cause);
  expect(close).toEqual({
    code: 1006,
    reason: '',
    wasClean: false,
    initiator: 'local',
    cause,
  });
  const error = new ConnectionClosedError(close);
  expect(error).toBeInstanceOf(PosternError);
  expect(error).toMatchObject({
    name: 'ConnectionClosedError',
    code: 'POSTERN_ERR_CONNECTION_CLOSED',
    message: 'connection closed with 1006',
    close,
    closeCode: 1006,
    reason: '',
    cause,
  });
});

test('its message has the reason, if there was one', () => {
  const error = new ConnectionClosedError({ ...abnormalEnd('peer', undefined), reason: 'bye' });
  expect(error.message).toBe('connection closed with 1006: bye');
  expect(error.reason).toBe('bye');
});

test('it belongs to one connection', () => {
  const [one, other] = [{}, {}];
  const error = new ConnectionClosedError(abnormalEnd('local', undefined), one);
  expect(isErrorOf(error, one)).toBe(true);
  expect(isErrorOf(error, other)).toBe(false);
  expect(isErrorOf(new ConnectionClosedError(abnormalEnd('local', undefined)), one)).toBe(false);
  expect(isErrorOf(new Error('another'), one)).toBe(false);
});
