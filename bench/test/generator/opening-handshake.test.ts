import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openingHandshake, readSwitch, switching } from '../../generator/opening-handshake.mjs';

const compressed = { compressed: true };
const plain = switching(openingHandshake(80));
const deflated = (parameters = '') =>
  plain.replace(
    '\r\n\r\n',
    `\r\nSec-WebSocket-Extensions: permessage-deflate${parameters}\r\n\r\n`,
  );

test('answers a key as RFC 6455, section 4.2.2 has it', () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  expect(switching(`GET / HTTP/1.1\r\nSec-WebSocket-Key: ${key}\r\n\r\n`)).toContain(
    `Sec-WebSocket-Accept: ${accept.digest('base64')}`,
  );
});

test('waits until all of the response has arrived', () => {
  expect(readSwitch(plain.slice(0, -1))).toBeUndefined();
  expect(readSwitch(plain)).toBeDefined();
});

test('takes what the server said of context takeover', () => {
  expect(readSwitch(deflated(), compressed)).toEqual({ takeover: true });
  expect(readSwitch(deflated('; client_no_context_takeover'), compressed)).toEqual({
    takeover: false,
  });
});

test('refuses a server that declines compression, or compresses unasked', () => {
  expect(() => readSwitch(plain, compressed)).toThrow('compression was declined');
  expect(() => readSwitch(deflated())).toThrow('unrequested extension');
});

test('refuses another status, another key and bytes that nobody asked for', () => {
  expect(() => readSwitch('HTTP/1.1 403 Forbidden\r\n\r\n')).toThrow('expected 101');
  expect(() => readSwitch(plain.replace('Accept: ', 'Accept: x'))).toThrow('wrong accept key');
  expect(() => readSwitch(`${plain}x`)).toThrow('bytes behind');
});
