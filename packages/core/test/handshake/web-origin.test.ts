import { expect, test } from 'vitest';
import { canonicalOrigin, isSameOrigin, parseWebOrigin } from '../../src/handshake/web-origin.js';

test('takes a serialized origin apart, RFC 6454 section 6.2', () => {
  const expected = { scheme: 'https', host: 'example.com', port: 8443 };
  expect(parseWebOrigin('HTTPS://Example.com:8443')).toEqual(expected);
});

test.each([
  '',
  'null',
  'example.com',
  'http:/example.com',
  '://example.com',
  '1http://example.com',
  'http ://example.com',
  'http://',
  'http://example.com/',
  'http://example.com/path',
  'http://user@example.com',
  'http://a http://b',
  'http://a, http://b',
  'http://a,http://b',
])('does not take %j for an origin with a host', (value) => {
  expect(parseWebOrigin(value)).toBeUndefined();
});

test.each([
  ['http://example.com', 'http://example.com'],
  ['HTTP://EXAMPLE.com:80', 'http://example.com'],
  ['https://example.com:443', 'https://example.com'],
  ['https://example.com:80', 'https://example.com:80'],
  ['capacitor://localhost', 'capacitor://localhost'],
  ['capacitor://localhost:80', 'capacitor://localhost:80'],
  ['null', 'null'],
  ['file://', 'file://'],
  ['NULL', undefined],
  ['http://example.com/', undefined],
])('spells %j as %j', (value, canonical) => {
  expect(canonicalOrigin(value)).toBe(canonical);
});

test('knows no default port for schemes other than those of the web', () => {
  const server = { host: 'localhost', port: undefined };
  const origin = { scheme: 'capacitor', host: 'localhost', port: undefined };
  expect(isSameOrigin(origin, server)).toBe(false);
  expect(isSameOrigin({ ...origin, scheme: 'http' }, server)).toBe(true);
});
