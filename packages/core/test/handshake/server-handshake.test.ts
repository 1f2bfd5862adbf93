import { describe, expect, test } from 'vitest';
import {
  checkServerHandshake,
  isUpgrade,
  offeredExtensions,
} from '../../src/handshake/server-handshake.js';
import { requestHead, sampleKey, type Lines } from './http-heads.js';

function statusOf(lines: Lines, rest: Parameters<typeof requestHead>[1] = {}) {
  return checkServerHandshake(requestHead(lines, rest))?.status ?? 'sound';
}

describe('a sound opening handshake, RFC 6455 section 4.2.1', () => {
  test.each<[string, Lines]>([
    ['the least there can be', {}],
    ['a list of protocols', { upgrade: 'h2c, websocket' }],
    ['two lines of protocols', { upgrade: ['h2c', 'websocket'] }],
    ['a protocol with a version beside it', { upgrade: 'foo/2, WebSocket' }],
    ['any case', { upgrade: 'WEBSOCKET', connection: 'UPGRADE' }],
    ['a list of connection options', { connection: 'keep-alive, Upgrade' }],
    ['empty elements', { connection: ',upgrade,,', upgrade: ', websocket' }],
    ['a host without a port', { host: 'example.com' }],
    ['an IPv6 host', { host: '[::1]:8080' }],
    ['a body of no bytes', { 'content-length': '0' }],
    ['subprotocols', { 'sec-websocket-protocol': 'chat, superchat' }],
    ['extensions', { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits, x' }],
    ['an unknown header', { 'x-unknown': 'a' }],
    ['an origin', { origin: 'http://evil.example' }],
  ])('may have %s', (_, lines) => {
    expect(statusOf(lines)).toBe('sound');
    expect(isUpgrade(requestHead(lines))).toBe(true);
  });

  test.each(['1.1', '1.2', '2.0', undefined])('may be of HTTP version %s', (httpVersion) => {
    expect(statusOf({}, { httpVersion })).toBe('sound');
  });

  test('may come without raw headers', () => {
    expect(statusOf({}, { rawHeaders: undefined })).toBe('sound');
  });
});

describe('item 1, a GET of HTTP/1.1 or higher', () => {
  test.each(['POST', 'HEAD', 'get', 'OPTIONS', 'CONNECT', '', undefined])(
    'not %s: 405',
    (method) => {
      const refused = checkServerHandshake(requestHead({}, { method }));
      expect(refused).toMatchObject({ status: 405, headers: { Allow: 'GET' } });
      expect(isUpgrade(requestHead({}, { method }))).toBe(false);
    },
  );

  test.each(['1.0', '0.9'])('not HTTP/%s: 400', (httpVersion) => {
    expect(statusOf({}, { httpVersion })).toBe(400);
  });
});

describe('item 2, exactly one Host', () => {
  test.each<[string, Lines]>([
    ['none', { host: undefined }],
    ['two', { host: ['localhost:8080', 'evil.example'] }],
    ['the same twice', { host: ['localhost:8080', 'localhost:8080'] }],
    ['an empty one', { host: '' }],
    ['one with a path', { host: 'localhost/path' }],
    ['one with a user', { host: 'user@localhost' }],
    ['one with a space', { host: 'local host' }],
    ['one with a port that is no number', { host: 'localhost:http' }],
    ['two folded into one', { host: 'localhost, localhost' }],
  ])('not %s: 400', (_, lines) => {
    expect(statusOf(lines)).toBe(400);
  });

  test('not an array of two, where there are no raw headers: 400', () => {
    const { headers, rawHeaders, ...rest } = requestHead();
    expect(rawHeaders).toBeDefined();
    const request = { ...rest, headers: { ...headers, host: ['a', 'b'] } };
    expect(checkServerHandshake(request)?.status).toBe(400);
  });
});

describe('items 3 and 4, Upgrade and Connection', () => {
  test.each<[string, Lines]>([
    ['no Upgrade', { upgrade: undefined }],
    ['an empty Upgrade', { upgrade: '' }],
    ['another protocol', { upgrade: 'h2c' }],
    ['another protocol of a similar name', { upgrade: 'websockets' }],
    ['another version of it', { upgrade: 'websocket/13' }],
    ['a malformed Upgrade', { upgrade: 'websocket;' }],
    ['no Connection', { connection: undefined }],
    ['a Connection without upgrade', { connection: 'keep-alive' }],
    ['a Connection of a similar name', { connection: 'upgrades' }],
    ['a malformed Connection', { connection: 'upgrade, "' }],
  ])('%s: 426 with the protocol to upgrade to', (_, lines) => {
    const refused = checkServerHandshake(requestHead(lines));
    expect(refused).toMatchObject({ status: 426, headers: { Upgrade: 'websocket' } });
    expect(isUpgrade(requestHead(lines))).toBe(false);
  });
});

describe('item 5, exactly one key', () => {
  test.each<[string, Lines]>([
    ['none', { 'sec-websocket-key': undefined }],
    ['an empty one', { 'sec-websocket-key': '' }],
    ['two', { 'sec-websocket-key': [sampleKey, sampleKey] }],
    ['one of 15 bytes', { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAA' }],
    ['one with bits left over', { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAB==' }],
    ['one that is no base64', { 'sec-websocket-key': '!!!!!!!!!!!!!!!!!!!!!!==' }],
  ])('not %s: 400', (_, lines) => {
    expect(statusOf(lines)).toBe(400);
    expect(isUpgrade(requestHead(lines))).toBe(true);
  });
});

describe('item 6, version 13 and no other spelling of it', () => {
  test.each([
    undefined,
    '',
    '8',
    '14',
    '013',
    '13.0',
    '0x0d',
    '1e1',
    '+13',
    '13, 8',
    '13a',
    ['13', '13'],
  ])('%j: 426 with the version to use, section 4.2.2', (version) => {
    const refused = checkServerHandshake(requestHead({ 'sec-websocket-version': version }));
    expect(refused).toMatchObject({ status: 426, headers: { 'Sec-WebSocket-Version': '13' } });
  });
});

describe('items 8 and 9, subprotocols and extensions within the grammar', () => {
  test.each(['', 'chat chat', 'chat, chat', 'chat;q=1'])('subprotocols %j: 400', (value) => {
    expect(statusOf({ 'sec-websocket-protocol': value })).toBe(400);
  });

  test.each(['', ',', 'foo;', 'foo bar', 'foo; bar="baz', 'foo; bar="a b"'])(
    'extensions %j: 400',
    (value) => {
      const request = requestHead({ 'sec-websocket-extensions': value });
      expect(checkServerHandshake(request)?.status).toBe(400);
      expect(offeredExtensions(request)).toEqual([]);
    },
  );

  test('extensions are read over several lines, in order, doubles included', () => {
    const lines = { 'sec-websocket-extensions': ['foo; a=1, bar', 'foo'] };
    const request = requestHead(lines);
    expect(checkServerHandshake(request)).toBeUndefined();
    expect(offeredExtensions(request).map(({ name }) => name)).toEqual(['foo', 'bar', 'foo']);
    expect(offeredExtensions(requestHead())).toEqual([]);
  });
});

describe('a body, which would be taken for frames', () => {
  test.each<[string, Lines]>([
    ['of some bytes', { 'content-length': '5' }],
    ['of a length that is no number', { 'content-length': '0x0' }],
    ['of an empty length', { 'content-length': '' }],
    ['of a negative length', { 'content-length': '-0' }],
    ['of two lengths', { 'content-length': ['0', '5'] }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
    ['in any other coding', { 'transfer-encoding': 'identity' }],
  ])('%s: 400', (_, lines) => {
    expect(statusOf(lines)).toBe(400);
  });
});

describe('every refusal', () => {
  test.each<[string, Lines]>([
    ['400', { host: undefined }],
    ['426', { 'sec-websocket-version': '8' }],
  ])('%s ends the connection and says why in a line of text', (status, lines) => {
    const refused = checkServerHandshake(requestHead(lines))!;
    expect(String(refused.status)).toBe(status);
    expect(refused.body).toMatch(/^expected [^\n]+\n$/);
    expect(refused.headers).toMatchObject({
      Connection: 'close',
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': String(refused.body.length),
    });
  });

  test('shows nothing of the peer that could be injected', () => {
    const lines = { 'sec-websocket-version': '<script>\u0001' };
    expect(checkServerHandshake(requestHead(lines))?.body).toContain('"?script??"');
  });
});
