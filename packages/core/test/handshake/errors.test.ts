import { expect, test } from 'vitest';
import { HandshakeError } from '../../src/handshake/errors.js';
import { PosternError } from '../../src/protocol/errors.js';

test('tells the status, headers and body of the answer, and the cause', () => {
  const cause = new Error('reset');
  const headers = { location: '/login', 'set-cookie': ['a=1', 'b=2'] };
  const options = { status: 302, headers, body: 'moved', cause };
  const error = new HandshakeError('POSTERN_ERR_HANDSHAKE_STATUS', 'got 302', options);
  expect(error).toBeInstanceOf(PosternError);
  expect(error).toMatchObject({ ...options, name: 'HandshakeError', message: 'got 302' });
  expect(error.code).toBe('POSTERN_ERR_HANDSHAKE_STATUS');
});

test('has no status, no headers, no body and no cause where there was no answer', () => {
  const error = new HandshakeError('POSTERN_ERR_HANDSHAKE_STATUS', 'no answer');
  expect(error).toMatchObject({ status: undefined, headers: {}, body: '' });
  expect('cause' in error).toBe(false);
});
