import { expect, test } from 'vitest';

import { PosternError, ProtocolError, StateError } from '../../src/protocol/errors.js';

test('a protocol error fails the connection with 1002 unless it says otherwise (section 7.4.1)', () => {
  expect(new ProtocolError('POSTERN_ERR_MASK', 'found, expected')).toMatchObject({
    name: 'ProtocolError',
    code: 'POSTERN_ERR_MASK',
    message: 'found, expected',
    closeCode: 1002,
  });
  expect(new ProtocolError('POSTERN_ERR_UTF8', 'found, expected', 1007).closeCode).toBe(1007);
});

test('every error of ours is a PosternError and an Error', () => {
  const errors = [
    new PosternError('POSTERN_ERR_STATE', ''),
    new ProtocolError('POSTERN_ERR_MASK', ''),
    new StateError('POSTERN_ERR_STATE', ''),
  ];
  for (const error of errors) {
    expect(error).toBeInstanceOf(PosternError);
    expect(error).toBeInstanceOf(Error);
  }
  expect(errors.map((error) => error.name)).toEqual([
    'PosternError',
    'ProtocolError',
    'StateError',
  ]);
});

test('an error keeps its cause', () => {
  const cause = new Error('below');
  expect(new PosternError('POSTERN_ERR_STATE', 'above', { cause }).cause).toBe(cause);
  expect(new StateError('POSTERN_ERR_STATE', 'above', { cause }).cause).toBe(cause);
});
