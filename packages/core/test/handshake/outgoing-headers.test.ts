import { expect, test } from 'vitest';
import {
  checkHeaders,
  copyHeaders,
  renderHeaders,
  type OutgoingHeaders,
} from '../../src/handshake/outgoing-headers.js';

const owned = new Set(['upgrade']);

test('takes strings, several values of one header, and nothing', () => {
  const headers = { 'Set-Cookie': ['a=1', 'b=2'], 'X-A': 'b', 'X-None': undefined, 'X-Empty': '' };
  expect(() => checkHeaders(headers, owned)).not.toThrow();
  expect(renderHeaders(headers)).toBe(
    'Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-A: b\r\nX-Empty: \r\n',
  );
});

test('copies what is there, so that the caller may change his own', () => {
  const cookies = ['a=1'];
  const copy = copyHeaders({ 'Set-Cookie': cookies, 'X-A': 'b', 'X-None': undefined });
  cookies.push('b=2');
  expect(copy).toStrictEqual({ 'Set-Cookie': ['a=1'], 'X-A': 'b' });
});

test('treats a header named __proto__ as any other', () => {
  const headers = JSON.parse('{ "__proto__": "a" }') as OutgoingHeaders;
  expect(renderHeaders(copyHeaders(headers))).toBe('__proto__: a\r\n');
});

test.each(['Upgrade', 'upgrade', 'UPGRADE'])('refuses %s, which is not for the caller', (name) => {
  const error = new TypeError(`header "${name}": set by the opening handshake itself`);
  expect(() => checkHeaders({ [name]: 'h2c' }, owned)).toThrow(error);
  expect(() => checkHeaders({ [name]: undefined }, owned)).not.toThrow();
});

test.each(['', 'X A', 'X:A', 'X\r\nSet-Cookie', 'é'])('refuses the name %j', (name) => {
  expect(() => checkHeaders({ [name]: 'a' }, owned)).toThrow(/^header ".*": expected a token/);
});

test.each([
  ['a line end', 'a\r\nSet-Cookie: b'],
  ['a line feed', 'a\nb'],
  ['a null character', 'a\0'],
  ['a character above U+00FF', 'a\u010a'],
  ['a line end in the second value', ['a', 'b\r\n']],
  ['a number', 5],
  ['null', null],
  ['a value inside a value', [['a']]],
])('refuses %s in a value, naming the header', (_, value) => {
  const headers = { 'X-A': value } as unknown as OutgoingHeaders;
  const message = 'header "X-A": expected a string without control characters';
  expect(() => checkHeaders(headers, owned)).toThrow(new TypeError(message));
});

test.each([
  ['null', null],
  ['a string', 'X-A: b'],
  ['an array', ['X-A', 'b']],
  ['a Map', new Map([['X-A', 'b']])],
  ['Headers', new Headers({ 'X-A': 'b' })],
])('refuses %s rather than to pass over it in silence', (_, headers) => {
  const error = new TypeError('headers: expected a plain object of names and values');
  expect(() => checkHeaders(headers as unknown as OutgoingHeaders, owned)).toThrow(error);
});
