import { describe, expect, test } from 'vitest';
import { checkServerResponse } from '../../src/handshake/client-handshake.js';
import { HandshakeError } from '../../src/handshake/errors.js';
import { hasToken, parseExtensions, parseTokenList } from '../../src/handshake/header-grammar.js';
import { checkOrigin, origin, target } from '../../src/handshake/origin.js';
import { parseAuthority } from '../../src/handshake/authority.js';
import {
  checkServerHandshake,
  isUpgrade,
  offeredExtensions,
} from '../../src/handshake/server-handshake.js';
import { subprotocols } from '../../src/handshake/subprotocol.js';
import { requestHead, responseHead, sampleKey } from './http-heads.js';

/** Quadratic work on so many characters would take hours, and exponential work for ever. */
const MANY = 2_000_000;

const expected = { key: sampleKey, subprotocols: ['chat'], extensionsOffered: [] };

describe('CVE-2021-32640: a value with white space inside costs no more than its length', () => {
  test.each(['b', '', 'b,'])('after %j', (start) => {
    const value = `${start}${' '.repeat(MANY)}x y`;
    expect(parseTokenList(value)).toBeUndefined();
    expect(parseExtensions(value)).toBeUndefined();
    expect(hasToken(value, 'x')).toBe(false);
  });

  test('in the offer of subprotocols, server role', () => {
    const lines = { 'sec-websocket-protocol': `b${' '.repeat(15_000)}x` };
    expect(checkServerHandshake(requestHead(lines))?.status).toBe(400);
  });

  test('in the choice of a subprotocol, client role', () => {
    const lines = { 'sec-websocket-protocol': `b${' '.repeat(15_000)}x` };
    expect(() => checkServerResponse(responseHead(lines), expected)).toThrow(HandshakeError);
  });

  test('also where hosts and origins are read', () => {
    expect(parseAuthority(`${'a'.repeat(MANY)} `)).toBeUndefined();
    expect(parseAuthority(`[${':'.repeat(MANY)}`)).toBeUndefined();
    const request = requestHead({ origin: `http://${'a.'.repeat(MANY)}/` });
    expect(checkOrigin(request, ['http://a'], false)?.body.length).toBeLessThan(400);
  });
});

describe('CVE-2020-7662, CVE-2020-7663: an unclosed quoted string costs no more than its length', () => {
  test.each(['', '\\', 'a'])('of escaped pairs that end with %j', (end) => {
    expect(parseExtensions(`a; b="${'\\c'.repeat(MANY)}${end}`)).toBeUndefined();
  });

  test('in the offer of extensions, server role', () => {
    const lines = { 'sec-websocket-extensions': `a; b="${'\\c'.repeat(7_500)}` };
    expect(checkServerHandshake(requestHead(lines))?.status).toBe(400);
  });

  test('in the choice of extensions, client role', () => {
    const lines = { 'sec-websocket-extensions': `a; b="${'\\c'.repeat(7_500)}` };
    expect(() => checkServerResponse(responseHead(lines), expected)).toThrow(HandshakeError);
  });
});

describe('NSP 550: names of properties that every object has are ordinary names', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

  test.each(names)('%s as an extension and as its parameter, server role', (name) => {
    const request = requestHead({ 'sec-websocket-extensions': `${name}; ${name}=1; ${name}` });
    expect(checkServerHandshake(request)).toBeUndefined();
    const parameters = [
      [name, '1'],
      [name, true],
    ];
    expect(offeredExtensions(request)).toEqual([{ name, parameters }]);
  });

  test.each(names)('%s as an extension that nobody offered, client role', (name) => {
    const response = responseHead({ 'sec-websocket-extensions': name });
    expect(() => checkServerResponse(response, expected)).toThrow(HandshakeError);
  });

  test.each(names)('%s as a subprotocol, both roles', (name) => {
    const request = requestHead({ 'sec-websocket-protocol': name });
    expect(checkServerHandshake(request)).toBeUndefined();
    expect(subprotocols(request)).toEqual([name]);
    const response = responseHead({ 'sec-websocket-protocol': name });
    expect(() => checkServerResponse(response, expected)).toThrow(HandshakeError);
  });

  test.each(names)('%s as the scheme of an origin', (name) => {
    const request = requestHead({ origin: `${name}://localhost:8080` });
    expect(checkOrigin(request, 'same', false)?.status).toBe(403);
  });
});

describe('CVE-2024-37890: any header may be absent', () => {
  const all = Object.keys(requestHead().headers);

  test.each(all)('a request without %s is refused, server role', (name) => {
    const request = requestHead({ [name]: undefined });
    expect(checkServerHandshake(request)?.ok).toBe(false);
    expect(isUpgrade(request)).toBe(name !== 'upgrade' && name !== 'connection');
  });

  test('a request without any header is refused, and can be asked about, server role', () => {
    const request = { headers: {} };
    expect(checkServerHandshake(request)?.status).toBe(405);
    expect(checkServerHandshake({ method: 'GET', headers: {} })?.status).toBe(400);
    expect(isUpgrade({ method: 'GET', headers: {} })).toBe(false);
    expect(origin(request)).toBe('');
    expect(target({ url: undefined })).toBe('');
    expect(subprotocols(request)).toEqual([]);
    expect(offeredExtensions(request)).toEqual([]);
  });

  test.each(Object.keys(responseHead().headers))(
    'an answer without %s fails, client role',
    (name) => {
      const response = responseHead({ [name]: undefined });
      expect(() => checkServerResponse(response, expected)).toThrow(HandshakeError);
    },
  );

  test('an answer without any header fails, client role', () => {
    expect(() => checkServerResponse({ headers: {} }, expected)).toThrow(HandshakeError);
  });
});

describe('CVE-2026-59898: no older handshake is spoken', () => {
  test.each(['0', '7', '8', '12', '14'])('version %s is answered with 426', (version) => {
    const refused = checkServerHandshake(requestHead({ 'sec-websocket-version': version }));
    expect(refused?.status).toBe(426);
  });

  test('nor one with two keys and no version', () => {
    const request = requestHead({
      'sec-websocket-key': undefined,
      'sec-websocket-version': undefined,
      'sec-websocket-key1': '18x 6]8vM;54 *(5:  {   U1]8  z [  8',
      'sec-websocket-key2': '1_ tx7X d  <  nw  334J702) 7]o}` 0',
    });
    expect(checkServerHandshake(request)?.status).toBe(426);
  });
});

describe('CWE-1385: a foreign page cannot open a socket with the cookies of its visitor', () => {
  test.each([
    'http://evil.example',
    'null',
    'http://localhost:8080.evil.example',
    'http://localhost',
  ])('from %s, refused before the 101', (page) => {
    expect(checkOrigin(requestHead({ origin: page }), 'same', false)?.status).toBe(403);
  });
});
