import { expect, test } from 'vitest';

import { errorFields, errorText } from '../src/error-text.js';

function coded(message: string, code: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

test('tells name, message and code in one line', () => {
  expect(errorText(new TypeError('no\nfunction'))).toBe('TypeError: no\\nfunction');
  expect(errorText(coded('read ECONNRESET', 'ECONNRESET'))).toBe('read ECONNRESET [ECONNRESET]');
});

test('of an error of the library the code says more than the name', () => {
  class ProtocolError extends Error {
    override readonly name = 'ProtocolError';
    readonly code = 'POSTERN_ERR_MASK';
  }
  expect(errorText(new ProtocolError('unmasked'))).toBe('unmasked [POSTERN_ERR_MASK]');
});

test('tells what caused it, but not what is said already', () => {
  const inner = coded('read ECONNRESET', 'ECONNRESET');
  const outer = coded('the socket failed: read ECONNRESET', 'POSTERN_ERR_CONNECTION_LOST', inner);
  expect(errorText(outer)).toBe('the socket failed: read ECONNRESET [POSTERN_ERR_CONNECTION_LOST]');
  expect(errorText(new Error('query failed', { cause: new RangeError('too many') }))).toBe(
    'query failed, caused by RangeError: too many',
  );
});

test('comes to an end where causes go in a circle', () => {
  const error = new Error('outer');
  error.cause = new Error('inner', { cause: error });
  expect(errorText(error)).toBe('outer, caused by inner');
  expect(errorFields(error).stack.length).toBeLessThan(20_000);
});

test.each([
  ['text', "'text'"],
  [undefined, 'undefined'],
  [null, 'null'],
  [{ a: 1 }, '{ a: 1 }'],
])('%o may be thrown, too', (thrown, text) => {
  expect(errorText(thrown)).toBe(text);
});

test('has of an error for machines what says nothing of headers or bodies', () => {
  const error = Object.assign(coded('refused', 'E', new Error('why')), {
    headers: { 'set-cookie': 'secret' },
    body: 'secret',
  });
  const fields = errorFields(error);
  expect(fields).toMatchObject({ type: 'Error', message: 'refused', code: 'E' });
  expect(fields.stack).toMatch(/^Error: refused\n {4}at [^]*\ncaused by: Error: why\n/);
  expect(JSON.stringify(fields)).not.toContain('secret');
});
