import { describe, expect, test, vi } from 'vitest';

import type { RequestHead } from '../../src/handshake/request-head.js';
import { handshakeKey, judgeHandshake, negotiate } from '../../src/server/negotiate.js';
import { resolveHandlerOptions, type HandlerOptions } from '../../src/server/options.js';
import { requestHead, sampleAccept, sampleKey } from '../handshake/http-heads.js';

describe('negotiate', () => {
  test('a sound request: all headers of the 101', () => {
    expect(negotiate(requestHead())).toEqual({
      ok: true,
      headers: {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        'Sec-WebSocket-Accept': sampleAccept,
      },
      subprotocol: '',
      extensions: [],
    });
  });

  test('subprotocols: the first of ours that was offered', () => {
    const request = requestHead({ 'sec-websocket-protocol': 'a, b' });
    expect(negotiate(request, { subprotocols: ['c', 'b', 'a'] })).toMatchObject({
      ok: true,
      headers: { 'Sec-WebSocket-Protocol': 'b' },
      subprotocol: 'b',
    });
    expect(negotiate(request, { subprotocols: ['c'] })).toMatchObject({ ok: false, status: 400 });
    expect(negotiate(request)).toMatchObject({ ok: true, subprotocol: '' });
  });

  test('compression: agreed on where both want it, and never by default', () => {
    const offer = 'permessage-deflate; client_max_window_bits, x-other';
    const request = requestHead({ 'sec-websocket-extensions': offer });
    expect(negotiate(request)).toMatchObject({ ok: true, extensions: [] });
    expect(negotiate(requestHead(), { compression: true })).toMatchObject({ extensions: [] });
    const answer = negotiate(request, { compression: { serverNoContextTakeover: true } });
    expect(answer).toMatchObject({
      ok: true,
      headers: {
        'Sec-WebSocket-Extensions': expect.stringMatching(
          /^permessage-deflate;.*server_no_context_takeover/,
        ) as string,
      },
      extensions: [{ name: 'permessage-deflate' }],
    });
  });

  test.each<[string, Parameters<typeof requestHead>, HandlerOptions, number]>([
    ['not a GET', [{}, { method: 'POST' }], {}, 405],
    ['HTTP/1.0', [{}, { httpVersion: '1.0' }], {}, 400],
    ['no upgrade', [{ upgrade: undefined }], {}, 426],
    ['another version', [{ 'sec-websocket-version': '8' }], {}, 426],
    ['no key', [{ 'sec-websocket-key': undefined }], {}, 400],
    ['another origin', [{ origin: 'http://evil.example' }], {}, 403],
    ['an origin that is not listed', [{ origin: 'http://localhost:8080' }], { origins: [] }, 403],
    ['an origin that a function refuses', [{ origin: 'http://a' }], { origins: () => false }, 403],
  ])('%s: a refusal to give instead', (_, request, options, status) => {
    const answer = negotiate(requestHead(...request), options);
    expect(answer).toMatchObject({ ok: false, status, headers: { Connection: 'close' } });
    expect(!answer.ok && answer.body).toMatch(/\n$/);
  });

  test('is pure: the same answer each time, and its arguments stay as they are', () => {
    const request = requestHead({ 'sec-websocket-protocol': 'a', origin: 'http://localhost:8080' });
    const options: HandlerOptions = { subprotocols: ['a'], origins: 'same', trustProxy: true };
    const before = structuredClone({ request, options });
    const frozen = Object.freeze({ ...request, headers: Object.freeze({ ...request.headers }) });
    const answers = [negotiate(frozen, options), negotiate(frozen, options)];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).not.toBe(answers[1]);
    expect({ request, options }).toEqual(before);
  });

  test('needs no more of a request than its head', () => {
    const { headers } = requestHead();
    expect(negotiate({ method: 'GET', headers })).toMatchObject({ ok: true });
  });

  test.each([
    [{ origins: 'none' }, TypeError],
    [{ subprotocols: [''] }, TypeError],
    [{ handshakeTimeout: -1 }, RangeError],
  ])('with %j throws', (options, expected) => {
    expect(() => negotiate(requestHead(), options as HandlerOptions)).toThrow(expected);
  });
});

describe('a function that decides about origins', () => {
  test('is asked about the light request', () => {
    const origins = vi.fn<(page: string, request: RequestHead) => boolean>(() => true);
    const request = {
      ...requestHead({ origin: 'http://a.example', 'x-forwarded-for': '203.0.113.7' }),
      originalUrl: '/mount/path',
      socket: { remoteAddress: '127.0.0.1' },
    };
    expect(negotiate(request, { origins, trustProxy: true })).toMatchObject({ ok: true });
    const [page, asked] = origins.mock.calls[0]!;
    expect(page).toBe('http://a.example');
    expect(asked).toMatchObject({
      url: '/mount/path',
      clientAddress: '203.0.113.7',
      context: undefined,
    });
    expect(asked).toHaveProperty('signal.aborted', false);
  });

  test('that throws, throws', () => {
    const origins = (): boolean => {
      throw new Error('mine');
    };
    expect(() => negotiate(requestHead({ origin: 'http://a' }), { origins })).toThrow('mine');
  });
});

describe('the judgement behind it', () => {
  test('of a request that may pass on: what was offered and what is chosen', () => {
    const request = requestHead({ 'sec-websocket-protocol': 'a, b' });
    const settings = resolveHandlerOptions({ subprotocols: ['b'] });
    expect(judgeHandshake(request, settings)).toEqual({
      offered: ['a', 'b'],
      selected: 'b',
      extensions: [],
    });
    expect(handshakeKey(request)).toBe(sampleKey);
  });
});
