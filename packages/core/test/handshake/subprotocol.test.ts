import { describe, expect, test } from 'vitest';
import {
  checkAcceptedSubprotocol,
  checkOfferedSubprotocols,
  selectSubprotocol,
  subprotocols,
  validateSubprotocols,
} from '../../src/handshake/subprotocol.js';
import { requestHead } from './http-heads.js';

describe('the offer of a client', () => {
  test.each([
    [undefined, []],
    ['chat', ['chat']],
    ['superchat, chat', ['superchat', 'chat']],
    [
      ['superchat', 'chat'],
      ['superchat', 'chat'],
    ],
    ['chat, Chat', ['chat', 'Chat']],
  ])('%j is read in its order', (value, offered) => {
    const request = requestHead({ 'sec-websocket-protocol': value });
    expect(checkOfferedSubprotocols(request)).toBeUndefined();
    expect(subprotocols(request)).toEqual(offered);
  });

  test.each(['', ',', 'chat chat', 'chat/1', '"chat"', 'chat, chat', 'é'])(
    '%j is refused with 400, RFC 6455 section 4.1 item 10',
    (value) => {
      const request = requestHead({ 'sec-websocket-protocol': value });
      expect(checkOfferedSubprotocols(request)?.status).toBe(400);
      expect(subprotocols(request)).toEqual([]);
    },
  );

  test('of the same subprotocol in two lines is refused with 400', () => {
    const request = requestHead({ 'sec-websocket-protocol': ['chat', 'chat'] });
    expect(checkOfferedSubprotocols(request)?.status).toBe(400);
  });
});

describe('the choice of a server, RFC 6455 section 4.2.2', () => {
  test('is the first of its own list that was offered', () => {
    expect(selectSubprotocol(['a', 'b', 'c'], ['x', 'c', 'b'])).toBe('c');
  });

  test.each([
    ['the client offers none', [], ['chat']],
    ['the server has none', ['chat'], []],
    ['neither has any', [], []],
  ])('is none when %s', (_, offered, supported) => {
    expect(selectSubprotocol(offered, supported)).toBe('');
  });

  test('is a refusal with 400 that names its own when all offered are unknown', () => {
    const choice = selectSubprotocol(['Chat', 'other'], ['chat', 'superchat']);
    expect(choice).toMatchObject({ ok: false, status: 400 });
    expect(choice).toHaveProperty('body', expect.stringContaining('chat, superchat'));
  });
});

describe('the subprotocol that a gatekeeper accepts with', () => {
  test('may be any that was offered, or none', () => {
    expect(() => checkAcceptedSubprotocol('b', ['a', 'b'])).not.toThrow();
    expect(() => checkAcceptedSubprotocol('', ['a'])).not.toThrow();
  });

  test.each(['chat', 'B', 'a\r\nb', 5 as unknown as string])(
    'is a mistake when it is %j, not offered',
    (subprotocol) => {
      const check = () => checkAcceptedSubprotocol(subprotocol, ['a', 'b']);
      expect(check).toThrow(TypeError);
      expect(check).toThrow(/^subprotocol: the client did not offer "/);
    },
  );
});

describe('the option subprotocols', () => {
  test('is an array of tokens, each once', () => {
    expect(() => validateSubprotocols([])).not.toThrow();
    expect(() => validateSubprotocols(['chat', 'v1.chat', 'Chat'])).not.toThrow();
  });

  test.each([
    ['an array of tokens', undefined],
    ['an array of tokens', 'chat'],
    ['every item to be a token', ['']],
    ['every item to be a token', ['a b']],
    ['every item to be a token', ['a\r\n']],
    ['every item to be a token', [5]],
    ['every item only once', ['a', 'b', 'a']],
  ])('expects %s, not %j', (expected, value) => {
    const error = new TypeError(`subprotocols: expected ${expected}`);
    expect(() => validateSubprotocols(value)).toThrow(error);
  });
});
