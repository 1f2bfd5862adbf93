import { describe, expect, test } from 'vitest';

import { Redaction } from '../src/redaction.js';

const redaction = new Redaction();
const webToken = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl';

describe('a target', () => {
  test.each([
    ['/chat?room=3&token=abc&x=1', '/chat?room=3&token=***&x=1'],
    ['/chat?access_token=abc', '/chat?access_token=***'],
    ['/chat?API-Key=abc;sid=1', '/chat?API-Key=***;sid=***'],
    ['/chat?%74oken=abc', '/chat?%74oken=***'],
    ['/chat?tok+en=abc', '/chat?tok+en=abc'],
    ['/chat?%E0%A4%A=abc', '/chat?%E0%A4%A=***'],
    ['/chat?next=%2Fin%3Ftoken%3Dabc', '/chat?next=***'],
    ['/chat?token=a?token=b#token=c', '/chat?token=***?token=***#token=***'],
    [`/chat/${webToken}/x?a=${webToken}`, '/chat/***/x?a=***'],
    ['ws://me:abc@localhost:8080/chat', 'ws://***@localhost:8080/chat'],
    ['ws://localhost/chat?email=a@b', 'ws://localhost/chat?email=a@b'],
    ['/chat?token', '/chat?token'],
    ['/chat?author=Ann&authority=me&keyboard=de', '/chat?author=Ann&authority=me&keyboard=de'],
    ['/chat?token=', '/chat?token=***'],
  ])('%s is shown as %s', (target, shown) => {
    expect(redaction.target(target)).toBe(shown);
  });
});

describe('a header', () => {
  test.each([
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'set-cookie',
    'x-auth-token',
    'x-api-key',
  ])('%s is a secret', (name) => {
    expect(redaction.header(name, 'abc')).toBe('***');
  });

  test.each(['host', 'origin', 'user-agent', 'sec-websocket-key', 'x-forwarded-for'])(
    '%s is none',
    (name) => {
      expect(redaction.header(name, 'abc')).toBe('abc');
    },
  );

  test('referer is a URL with parameters of its own', () => {
    expect(redaction.header('referer', 'https://a.example/?token=abc')).toBe(
      'https://a.example/?token=***',
    );
  });

  test('sec-websocket-protocol is a list in which tokens are hidden', () => {
    expect(redaction.header('sec-websocket-protocol', 'chat, bearer, abc')).toBe(
      'chat, bearer, ***',
    );
  });
});

describe('among subprotocols', () => {
  test.each([
    [
      ['chat.v2', 'graphql-transport-ws'],
      ['chat.v2', 'graphql-transport-ws'],
    ],
    [
      ['access_token', 'abc', 'chat'],
      ['access_token', '***', 'chat'],
    ],
    [
      ['chat', `x-${'a'.repeat(40)}`],
      ['chat', '***'],
    ],
    [
      ['chat', webToken],
      ['chat', '***'],
    ],
  ])('of %o, %o are shown', (offered, shown) => {
    expect(redaction.subprotocols(offered)).toEqual(shown);
  });
});

describe('a web token', () => {
  test('is hidden wherever it stands, also where it is cut short', () => {
    expect(redaction.value(`Bearer ${webToken}, ${webToken.slice(0, 30)}...`)).toBe(
      'Bearer ***, ***...',
    );
  });

  test('is hidden within plain objects and lists, and not where a class says what is shown', () => {
    const date = new Date(0);
    const err = Object.assign(Object.create(null) as object, { stack: webToken });
    expect(redaction.within({ list: [webToken, 1], date, err, deep: { text: 'a' } })).toEqual({
      list: ['***', 1],
      date,
      err: { stack: '***' },
      deep: { text: 'a' },
    });
    expect(Object.getPrototypeOf(redaction.within({ err }).err)).toBeNull();
  });
});

test('further names may be given', () => {
  const further = new Redaction(['Room']);
  expect(further.target('/chat?ROOM=3&token=abc')).toBe('/chat?ROOM=***&token=***');
});

test('nothing is redacted where that is asked for', () => {
  const none = new Redaction(false);
  const target = `ws://me:abc@host/?token=${webToken}`;
  expect(none.target(target)).toBe(target);
  expect(none.header('cookie', 'a=b')).toBe('a=b');
  expect(none.subprotocols(['bearer', 'abc'])).toEqual(['bearer', 'abc']);
  expect(none.within([webToken])).toEqual([webToken]);
});

test.each(['cookie', 1, [1], null])('refuses %o as an option', (option) => {
  expect(() => new Redaction(option as never)).toThrow(
    new TypeError('redact: expected a boolean or an array of names'),
  );
});
