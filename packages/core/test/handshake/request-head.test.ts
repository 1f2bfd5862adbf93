import { expect, test } from 'vitest';
import { fieldElements, fieldLines, fieldValue } from '../../src/handshake/request-head.js';

function parse(value: string): string[] | undefined {
  return value === 'bad' ? undefined : value.split(',').filter(Boolean);
}

test('reads a header as one value, whether it is a string, several lines or absent', () => {
  const headers = { upgrade: 'websocket', 'set-cookie': ['a=1', 'b=2'] };
  expect(fieldValue(headers, 'upgrade')).toBe('websocket');
  expect(fieldValue(headers, 'set-cookie')).toBe('a=1, b=2');
  expect(fieldValue(headers, 'host')).toBeUndefined();
});

test('shows the doubles that node:http leaves out, in any case', () => {
  const rawHeaders = ['Host', 'a', 'Accept', 'x', 'HOST', 'b', 'Hos', 'c'];
  expect(fieldLines({ headers: { host: 'a' }, rawHeaders }, 'host')).toEqual(['a', 'b']);
});

test.each([
  ['a string', 'a', ['a']],
  ['several lines', ['a', 'b'], ['a', 'b']],
  ['absent', undefined, []],
])('makes do with a header that is %s where there are no raw headers', (_, host, lines) => {
  expect(fieldLines({ headers: { host } }, 'host')).toEqual(lines);
  expect(fieldLines({ headers: { host }, rawHeaders: [] }, 'host')).toEqual(lines);
});

test('wants at least one element of a list that is there, RFC 9110 section 5.6.1', () => {
  expect(fieldElements({ list: 'a,b' }, 'list', parse)).toEqual(['a', 'b']);
  expect(fieldElements({}, 'list', parse)).toEqual([]);
  expect(fieldElements({ list: '' }, 'list', parse)).toBeUndefined();
  expect(fieldElements({ list: ',' }, 'list', parse)).toBeUndefined();
  expect(fieldElements({ list: 'bad' }, 'list', parse)).toBeUndefined();
});
