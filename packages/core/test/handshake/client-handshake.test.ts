import { describe, expect, test } from 'vitest';
import {
  checkServerResponse,
  createClientHeaders,
  statusError,
  type ExpectedResponse,
  type ResponseHead,
} from '../../src/handshake/client-handshake.js';
import type { OutgoingHeaders } from '../../src/handshake/outgoing-headers.js';
import { responseHead, sampleAccept, sampleKey, type Lines } from './http-heads.js';

describe('the headers of a request, RFC 6455 section 4.1', () => {
  test('are the least there can be', () => {
    expect(createClientHeaders({ key: sampleKey })).toStrictEqual({
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': sampleKey,
      'Sec-WebSocket-Version': '13',
    });
  });

  test('name all that the caller asks for', () => {
    const headers = createClientHeaders({
      key: sampleKey,
      host: 'example.com:8080',
      subprotocols: ['superchat', 'chat'],
      extensions: [{ name: 'permessage-deflate', parameters: [['client_max_window_bits', true]] }],
      origin: 'https://example.com',
      headers: { Authorization: 'Bearer a', Cookie: ['a=1', 'b=2'], 'X-None': undefined },
    });
    expect(headers).toStrictEqual({
      Host: 'example.com:8080',
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': sampleKey,
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': 'superchat, chat',
      'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
      Origin: 'https://example.com',
      Authorization: 'Bearer a',
      Cookie: ['a=1', 'b=2'],
    });
  });

  test('have the caller’s own Host and Origin in place of ours', () => {
    const own = { HOST: 'virtual.example', origin: 'null' };
    const headers = createClientHeaders({ key: sampleKey, host: 'a', origin: 'b', headers: own });
    expect(headers).toMatchObject(own);
    expect(headers).not.toHaveProperty('Host');
    expect(headers).not.toHaveProperty('Origin');
  });

  test.each([
    'Upgrade',
    'Connection',
    'sec-websocket-key',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Extensions',
    'Sec-WebSocket-Accept',
    'Content-Length',
    'Transfer-Encoding',
  ])('do not let the caller set %s', (name) => {
    const error = new TypeError(`header "${name}": set by the opening handshake itself`);
    expect(() => createClientHeaders({ key: sampleKey, headers: { [name]: 'a' } })).toThrow(error);
  });

  test('do not let a line end through', () => {
    const bad = 'a\r\nX-Injected: b';
    for (const wrong of [
      { headers: { 'X-A': bad } },
      { headers: { [bad]: 'a' } },
      { host: bad },
      { origin: bad },
      { subprotocols: [bad] },
      { extensions: [{ name: bad, parameters: [] }] },
      { headers: 5 as unknown as OutgoingHeaders },
    ]) {
      expect(() => createClientHeaders({ key: sampleKey, ...wrong })).toThrow(TypeError);
    }
  });

  test('name a subprotocol only once', () => {
    const subprotocols = ['chat', 'chat'];
    expect(() => createClientHeaders({ key: sampleKey, subprotocols })).toThrow(TypeError);
  });
});

const expected: ExpectedResponse = {
  key: sampleKey,
  subprotocols: ['chat', 'superchat'],
  extensionsOffered: [
    { name: 'foo', parameters: [['a', true]] },
    { name: 'foo', parameters: [] },
    { name: 'bar', parameters: [] },
  ],
};

function failureOf(response: ResponseHead, to: ExpectedResponse = expected): unknown {
  try {
    checkServerResponse(response, to);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A failure with `code` that tells what the answer was. */
function failure(code: string, { statusCode: status, headers }: ResponseHead) {
  return expect.objectContaining({ name: 'HandshakeError', code, status, headers, body: '' });
}

describe('a sound answer, RFC 6455 section 4.1', () => {
  test.each<[string, Lines]>([
    ['the least there can be', {}],
    ['any case', { upgrade: 'WebSocket', connection: 'UPGRADE' }],
    ['a list of connection options', { connection: 'keep-alive, Upgrade' }],
    ['other headers', { 'set-cookie': 'a=1', server: 'x' }],
  ])('may have %s', (_, lines) => {
    const choice = checkServerResponse(responseHead(lines), expected);
    expect(choice).toEqual({ subprotocol: '', extensions: [] });
  });

  test('tells the subprotocol and the extensions that the server chose', () => {
    const lines = {
      'sec-websocket-protocol': 'superchat',
      'sec-websocket-extensions': ['bar; x="1"; y', 'foo'],
    };
    expect(checkServerResponse(responseHead(lines), expected)).toEqual({
      subprotocol: 'superchat',
      extensions: [
        {
          name: 'bar',
          parameters: [
            ['x', '1'],
            ['y', true],
          ],
        },
        { name: 'foo', parameters: [] },
      ],
    });
  });
});

describe('item 1, the status line', () => {
  test.each([200, 204, 301, 400, 401, 403, 426, 500, 503, 100, undefined])(
    'not %s',
    (statusCode) => {
      const response = responseHead({}, { statusCode });
      expect(failureOf(response)).toEqual(failure('POSTERN_ERR_HANDSHAKE_STATUS', response));
    },
  );

  test.each(['1.0', '2.0', '1.2', '', undefined])('not HTTP/%s', (httpVersion) => {
    const response = responseHead({}, { httpVersion });
    expect(failureOf(response)).toEqual(failure('POSTERN_ERR_HANDSHAKE_HTTP_VERSION', response));
  });

  test('a refusal keeps its status, its headers and what came of its body', () => {
    const response = responseHead({ location: '/login' }, { statusCode: 302 });
    const error = statusError(response, 'moved');
    expect(error).toMatchObject({ status: 302, headers: { location: '/login' }, body: 'moved' });
    expect(error.message).toBe('expected status 101, got 302');
    expect(statusError({ headers: {} })).toMatchObject({ status: undefined, body: '' });
    expect(statusError({ headers: {} }).message).toBe('expected status 101, got none');
  });
});

describe('item 2, Upgrade', () => {
  test.each([
    undefined,
    '',
    'h2c',
    'websockets',
    'h2c, websocket',
    'websocket/13',
    ['websocket', 'websocket'],
  ])('not %j', (upgrade) => {
    const response = responseHead({ upgrade });
    expect(failureOf(response)).toEqual(failure('POSTERN_ERR_HANDSHAKE_UPGRADE', response));
  });
});

describe('item 3, Connection', () => {
  test.each([undefined, '', 'close', 'keep-alive', 'upgrades', 'upgrade; x'])(
    'not %j',
    (connection) => {
      const response = responseHead({ connection });
      expect(failureOf(response)).toEqual(failure('POSTERN_ERR_HANDSHAKE_CONNECTION', response));
    },
  );
});

describe('item 4, Sec-WebSocket-Accept', () => {
  test.each([
    undefined,
    '',
    sampleKey,
    sampleAccept.toLowerCase(),
    sampleAccept.replace('=', ''),
    `${sampleAccept}=`,
    [sampleAccept, sampleAccept],
  ])('not %j', (accept) => {
    const response = responseHead({ 'sec-websocket-accept': accept });
    expect(failureOf(response)).toEqual(failure('POSTERN_ERR_HANDSHAKE_ACCEPT', response));
  });

  test('not that of another key', () => {
    const other = { ...expected, key: 'AAAAAAAAAAAAAAAAAAAAAA==' };
    const response = responseHead();
    expect(failureOf(response, other)).toEqual(failure('POSTERN_ERR_HANDSHAKE_ACCEPT', response));
  });
});

describe('item 5, extensions', () => {
  test.each([
    '',
    ',',
    'baz',
    'foo, baz',
    'Foo',
    'foo, foo',
    ['foo', 'foo; a'],
    'foo;',
    'foo; a="b',
    'foo; a="b c"',
    'foo bar',
  ])('not %j', (value) => {
    const response = responseHead({ 'sec-websocket-extensions': value });
    expect(failureOf(response)).toEqual(failure('POSTERN_ERR_HANDSHAKE_EXTENSIONS', response));
  });

  test('not any when none was offered', () => {
    const response = responseHead({ 'sec-websocket-extensions': 'foo' });
    const none = { ...expected, extensionsOffered: [] };
    expect(failureOf(response, none)).toEqual(
      failure('POSTERN_ERR_HANDSHAKE_EXTENSIONS', response),
    );
  });
});

describe('item 6, subprotocol', () => {
  test.each(['', 'other', 'Chat', 'chat, superchat', 'chat chat', ['chat', 'chat']])(
    'not %j',
    (value) => {
      const response = responseHead({ 'sec-websocket-protocol': value });
      expect(failureOf(response)).toEqual(failure('POSTERN_ERR_HANDSHAKE_SUBPROTOCOL', response));
    },
  );

  test('not any when none was requested', () => {
    const response = responseHead({ 'sec-websocket-protocol': 'chat' });
    const none = { ...expected, subprotocols: [] };
    expect(failureOf(response, none)).toEqual(
      failure('POSTERN_ERR_HANDSHAKE_SUBPROTOCOL', response),
    );
  });
});
