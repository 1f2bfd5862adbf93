import { describe, expect, test } from 'vitest';
import {
  acceptHeaders,
  checkAcceptHeaders,
  renderSwitchingProtocols,
} from '../../src/handshake/server-handshake.js';
import { sampleAccept, sampleKey } from './http-heads.js';

const offer = [
  { name: 'permessage-deflate', parameters: [['client_max_window_bits', '12']] },
] as const;

describe('the 101, RFC 6455 section 4.2.2', () => {
  test('is the answer of section 1.3 when nothing is chosen', () => {
    expect(renderSwitchingProtocols(sampleKey, '', [])).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${sampleAccept}\r\n\r\n`,
    );
  });

  test('names what was chosen, then what the caller adds', () => {
    const headers = { 'Set-Cookie': ['a=1', 'b=2'], 'X-None': undefined };
    expect(renderSwitchingProtocols(sampleKey, 'chat', offer, headers)).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${sampleAccept}\r\n` +
        'Sec-WebSocket-Protocol: chat\r\n' +
        'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12\r\n' +
        'Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n',
    );
  });

  test.each<[string, Parameters<typeof acceptHeaders>]>([
    ['nothing chosen', [sampleKey, '', []]],
    ['everything', [sampleKey, 'chat', offer, { 'Set-Cookie': ['a=1', 'b=2'], 'X-A': 'b' }]],
  ])('has the same headers as a head and as a record, with %s', (_, choice) => {
    const lines = Object.entries(acceptHeaders(...choice)).flatMap(([name, value]) =>
      [value].flat().map((line) => `${name}: ${line}\r\n`),
    );
    const head = renderSwitchingProtocols(...choice);
    expect(head).toBe(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
  });
});

describe.each([
  ['as a head', renderSwitchingProtocols],
  ['as a record', acceptHeaders],
])('the 101 %s', (_, answer) => {
  test.each([
    'Upgrade',
    'connection',
    'Sec-WebSocket-Accept',
    'sec-websocket-protocol',
    'SEC-WEBSOCKET-EXTENSIONS',
    'Content-Length',
    'Transfer-Encoding',
  ])('does not let the caller set %s', (name) => {
    const error = new TypeError(`header "${name}": set by the opening handshake itself`);
    expect(() => answer(sampleKey, '', [], { [name]: 'a' })).toThrow(error);
  });

  test.each(['a\r\nX-Injected: b', 'a\0', 'a\n\nb'])('cannot be split by %j', (value) => {
    expect(() => answer(sampleKey, '', [], { 'X-A': value })).toThrow(TypeError);
    expect(() => answer(sampleKey, value, [])).toThrow(TypeError);
    expect(() => answer(sampleKey, '', [{ name: value, parameters: [] }])).toThrow(TypeError);
  });
});

test('headers for the 101 can be checked before there is one', () => {
  expect(() => checkAcceptHeaders({ 'Set-Cookie': 'a=1' })).not.toThrow();
  expect(() => checkAcceptHeaders({ Upgrade: 'h2c' })).toThrow(TypeError);
});
