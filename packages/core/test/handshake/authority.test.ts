import { expect, test } from 'vitest';
import { parseAuthority } from '../../src/handshake/authority.js';

test.each([
  ['example.com', 'example.com', undefined],
  ['Example.COM:8080', 'example.com', 8080],
  ['example.com:', 'example.com', undefined],
  ['localhost:0', 'localhost', 0],
  ['localhost:65535', 'localhost', 65535],
  ['localhost:00080', 'localhost', 80],
  ['127.0.0.1:80', '127.0.0.1', 80],
  ['my_service:80', 'my_service', 80],
  ['[::1]', '[::1]', undefined],
  ['[2001:DB8::1]:443', '[2001:db8::1]', 443],
  ['[::ffff:127.0.0.1]:1', '[::ffff:127.0.0.1]', 1],
])('reads %j', (value, host, port) => {
  expect(parseAuthority(value)).toEqual({ host, port });
});

test.each([
  '',
  ' ',
  ':80',
  'a b',
  'a/b',
  'a?b',
  'a#b',
  'user@example.com',
  'a, b',
  'a,b',
  'a:80:90',
  'a:x',
  'a:-1',
  'a:+1',
  'a:65536',
  'a:123456',
  'a:1e3',
  '::1',
  '[::1',
  '[]',
  '[::1]x',
  '[::1]x:80',
  '[example.com]',
  'a\n',
  'é',
])('does not read %j', (value) => {
  expect(parseAuthority(value)).toBeUndefined();
});
