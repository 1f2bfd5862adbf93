import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  computeAcceptKey,
  createHandshakeKey,
  isHandshakeKey,
} from '../../src/handshake/accept-key.js';
import { sampleAccept, sampleKey } from './http-heads.js';

test('answers the key of RFC 6455 section 1.3 as printed there', () => {
  expect(computeAcceptKey(sampleKey)).toBe(sampleAccept);
});

test('makes a key of the 16 bytes it is given, RFC 6455 section 4.1', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
  const sizes: number[] = [];
  const key = createHandshakeKey((size) => {
    sizes.push(size);
    return bytes;
  });
  expect(sizes).toEqual([16]);
  expect(key).toBe('AQIDBAUGBwgJCgsMDQ4PEA==');
});

test('makes keys that differ and that a server takes', () => {
  const keys = Array.from({ length: 100 }, () => createHandshakeKey(randomBytes));
  expect(new Set(keys).size).toBe(100);
  expect(keys.every(isHandshakeKey)).toBe(true);
});

test.each([
  ['with the last four bits zero', 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ['with every other last character of 16 bytes', '/////////////////////w=='],
  ['with + and /', '+/+/+/+/+/+/+/+/+/+/+A=='],
])('takes a key %s', (_, key) => {
  expect(isHandshakeKey(key)).toBe(true);
});

test.each([
  ['nothing', undefined],
  ['an array', [sampleKey]],
  ['the empty string', ''],
  ['a word', 'key'],
  ['15 bytes', 'AAAAAAAAAAAAAAAAAAAA'],
  ['17 bytes', 'AAAAAAAAAAAAAAAAAAAAAAA='],
  ['no padding', 'AAAAAAAAAAAAAAAAAAAAAA'],
  ['bits left over', 'AAAAAAAAAAAAAAAAAAAAAB=='],
  ['the alphabet of URLs', '-_-_-_-_-_-_-_-_-_-_-A=='],
  ['two keys folded into one', `${sampleKey}, ${sampleKey}`],
  ['a space before it', ` ${sampleKey}`],
  ['a line end after it', `${sampleKey}\n`],
])('refuses %s as a key, RFC 6455 section 4.2.1', (_, value) => {
  expect(isHandshakeKey(value)).toBe(false);
});
