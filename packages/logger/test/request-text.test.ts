import { expect, test } from 'vitest';

import { Redaction } from '../src/redaction.js';
import { headerFields, isRequest, requestFields, requestText } from '../src/request-text.js';

const redaction = new Redaction();

test('says who asks for what, and from where', () => {
  const request = {
    method: 'GET',
    url: '/chat?room=3&token=abc',
    headers: { origin: 'https://example.com', 'sec-websocket-protocol': 'chat.v2, chat.v1' },
    clientAddress: '203.0.113.9',
  };
  expect(requestText(request, redaction)).toBe(
    'GET /chat?room=3&token=*** from 203.0.113.9, origin https://example.com, offers chat.v2, chat.v1',
  );
});

test.each([
  [{ headers: {} }, 'GET /'],
  [
    { headers: {}, url: '/a', socket: { remoteAddress: '::ffff:127.0.0.1' } },
    'GET /a from 127.0.0.1',
  ],
  [{ headers: {}, url: '/a', socket: { remoteAddress: '::1' } }, 'GET /a from ::1'],
  [{ headers: {}, url: '/a', socket: null }, 'GET /a'],
  [{ headers: new Headers({ Origin: 'null' }), url: '/a' }, 'GET /a, origin null'],
])('says of %o as much as there is', (request, text) => {
  expect(requestText(request, redaction)).toBe(text);
});

test('what comes from outside makes no second line, and is cut', () => {
  const request = {
    url: `/${'a'.repeat(1000)}`,
    headers: { origin: 'https://a\n2026-11-22 ERROR: all is lost' },
  };
  const text = requestText(request, redaction);
  expect(text).not.toContain('\n');
  expect(text).toContain('aaa..., origin https://a\\n2026');
  expect(text.length).toBeLessThan(400);
});

test('a machine gets the same in parts', () => {
  expect(requestFields({ url: '/a', headers: {} }, redaction)).toEqual({
    method: 'GET',
    target: '/a',
    address: '',
    origin: undefined,
    subprotocols: [],
  });
});

test('shows headers without what is secret among them', () => {
  const headers = { host: 'localhost', cookie: 'a=b', 'x-list': ['1', '2'], gone: undefined };
  expect(headerFields(headers, redaction)).toEqual({
    host: 'localhost',
    cookie: '***',
    'x-list': '1, 2',
  });
  expect(headerFields(new Headers({ Authorization: 'Bearer abc' }), redaction)).toEqual({
    authorization: '***',
  });
});

test.each([
  [{ method: 'GET', url: '/', headers: {} }, true],
  [{ method: 'GET', url: '/' }, false],
  [{ url: '/', headers: {} }, false],
  [{ method: 'GET', url: '/', headers: null }, false],
])('tells a request by its shape: %o', (value, expected) => {
  expect(isRequest(value)).toBe(expected);
});
