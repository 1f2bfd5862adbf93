import { describe, expect, test } from 'vitest';
import {
  formatExtensions,
  hasToken,
  isFieldValue,
  isToken,
  parseExtensions,
  parseTokenList,
  requireToken,
} from '../../src/handshake/header-grammar.js';

describe('a token, RFC 9110 section 5.6.2', () => {
  test.each(['a', 'permessage-deflate', "!#$%&'*+-.^_`|~", '0', 'constructor'])(
    'is %j',
    (value) => {
      expect(isToken(value)).toBe(true);
      expect(requireToken(value, 'name')).toBe(value);
    },
  );

  test.each([
    '',
    ' ',
    'a b',
    'a,b',
    'a/b',
    'a=',
    '"a"',
    'a\t',
    'a\r\n',
    'a\0',
    'é',
    'a\u212a',
    'x:y',
  ])('is not %j', (value) => {
    expect(isToken(value)).toBe(false);
    expect(() => requireToken(value, 'name')).toThrow(new TypeError('name: expected a token'));
  });
});

describe('a field value, RFC 9110 section 5.5', () => {
  test.each(['', 'text/plain; charset=utf-8', 'a\tb', 'caf\u00e9', '\u0080\u00ff'])(
    'is %j',
    (value) => {
      expect(isFieldValue(value)).toBe(true);
    },
  );

  test.each([
    'a\r\nSet-Cookie: b',
    'a\n',
    '\r',
    'a\0b',
    '\u001f',
    '\u007f',
    '\u0100',
    '\u010d\u010a',
  ])('is not %j', (value) => {
    expect(isFieldValue(value)).toBe(false);
  });
});

describe('a list of tokens, RFC 9110 section 5.6.1', () => {
  test.each([
    ['chat', ['chat']],
    ['chat, superchat', ['chat', 'superchat']],
    ['chat,superchat', ['chat', 'superchat']],
    ['chat \t,\t superchat', ['chat', 'superchat']],
    [' chat ', ['chat']],
    [', ,chat,,superchat,', ['chat', 'superchat']],
    ['a, a', ['a', 'a']],
    ['', []],
    [' ,\t,', []],
  ])('reads %j', (value, tokens) => {
    expect(parseTokenList(value)).toEqual(tokens);
  });

  test.each(['a b', 'a;b', 'a, b c', '"a"', 'a/1', 'a\u00a0, b', 'a\n', 'é', 'a, =', 'a "'])(
    'does not read %j',
    (value) => {
      expect(parseTokenList(value)).toBeUndefined();
    },
  );
});

describe('a token in a list', () => {
  test.each([
    ['websocket', 'websocket'],
    ['WebSocket', 'websocket'],
    ['websocket', 'WEBSOCKET'],
    ['h2c, websocket', 'websocket'],
    ['foo/1, WebSocket , bar', 'websocket'],
    [',,websocket,', 'websocket'],
    ['HTTP/2.0, IRC/6.9', 'irc/6.9'],
    ['keep-alive, Upgrade', 'upgrade'],
    [['h2c', 'websocket'], 'websocket'],
  ])('in %j there is %j', (value, token) => {
    expect(hasToken(value, token)).toBe(true);
  });

  test.each([
    [undefined, 'websocket'],
    ['', 'websocket'],
    [[], 'websocket'],
    ['h2c', 'websocket'],
    ['websockets', 'websocket'],
    ['websocket/1', 'websocket'],
    ['web socket', 'websocket'],
    ['websocket; q=1', 'websocket'],
    ['"websocket"', 'websocket'],
    ['foo/, websocket', 'websocket'],
    ['/1, websocket', 'websocket'],
    ['websocket, {', 'websocket'],
    [['h2c', 'foo'], 'websocket'],
  ])('in %j there is no %j', (value, token) => {
    expect(hasToken(value, token)).toBe(false);
  });
});

describe('extensions, RFC 6455 section 9.1', () => {
  test.each([
    ['foo', [{ name: 'foo', parameters: [] }]],
    ['foo; bar', [{ name: 'foo', parameters: [['bar', true]] }]],
    [
      'foo;bar=1;baz',
      [
        {
          name: 'foo',
          parameters: [
            ['bar', '1'],
            ['baz', true],
          ],
        },
      ],
    ],
    [
      'foo; bar; bar=2',
      [
        {
          name: 'foo',
          parameters: [
            ['bar', true],
            ['bar', '2'],
          ],
        },
      ],
    ],
    ['foo; bar="baz"', [{ name: 'foo', parameters: [['bar', 'baz']] }]],
    ['foo; bar="b\\a\\z"', [{ name: 'foo', parameters: [['bar', 'baz']] }]],
    [
      'foo; a=1, foo',
      [
        { name: 'foo', parameters: [['a', '1']] },
        { name: 'foo', parameters: [] },
      ],
    ],
    [' ,foo\t;\tbar = 1 , ', [{ name: 'foo', parameters: [['bar', '1']] }]],
    ['foo; bar = "1"', [{ name: 'foo', parameters: [['bar', '1']] }]],
    ['', []],
  ])('are read from %j', (value, extensions) => {
    expect(parseExtensions(value)).toEqual(extensions);
  });

  test.each([
    'foo bar',
    ';bar',
    'foo;',
    'foo;;bar',
    'foo; =1',
    'foo; bar=',
    'foo; bar=,baz',
    'foo; bar=1 2',
    'foo; bar=""',
    'foo; bar="a b"',
    'foo; bar="a,b"',
    'foo; bar="baz',
    'foo; bar="baz\\',
    'foo; bar="\\"a"',
    'foo; bar="a"b',
    '"foo"',
    'foo/1',
    'foo; é',
  ])('are not read from %j', (value) => {
    expect(parseExtensions(value)).toBeUndefined();
  });

  test('are written in order, with their parameters', () => {
    const extensions = [
      {
        name: 'foo',
        parameters: [
          ['bar', true],
          ['baz', '10'],
        ] as const,
      },
      { name: 'qux', parameters: [] },
    ];
    expect(formatExtensions(extensions)).toBe('foo; bar; baz=10, qux');
    expect(formatExtensions([])).toBe('');
  });

  test.each([
    ['extension', { name: 'a\r\nb', parameters: [] }],
    ['extension parameter', { name: 'a', parameters: [['b,c', true]] as const }],
    ['extension parameter', { name: 'a', parameters: [['b', 'c d']] as const }],
    ['extension parameter', { name: 'a', parameters: [['b', '']] as const }],
  ])('are not written with an %s that is no token', (what, extension) => {
    const error = new TypeError(`${what}: expected a token`);
    expect(() => formatExtensions([extension])).toThrow(error);
  });
});
