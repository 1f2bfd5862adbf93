import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { checkRefusal, refusal, renderResponse } from '../../src/handshake/refusal.js';

describe('a refusal', () => {
  test('ends the connection and gives its reason as text', () => {
    expect(refusal(403, 'not you\n')).toStrictEqual({
      ok: false,
      status: 403,
      headers: {
        Connection: 'close',
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Length': '8',
      },
      body: 'not you\n',
    });
  });

  test('has the headers it is given beside the usual ones', () => {
    const { headers } = refusal(405, 'é', { Allow: 'GET' });
    expect(headers).toMatchObject({ Allow: 'GET', Connection: 'close', 'Content-Length': '2' });
  });
});

describe('a response', () => {
  test('is the refusal on the wire', () => {
    const { status, headers, body } = refusal(426, 'no', { Upgrade: 'websocket' });
    expect(renderResponse(status, headers, body)).toBe(
      'HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 2\r\n' +
        'Content-Type: text/plain; charset=utf-8\r\n' +
        'Upgrade: websocket\r\n\r\nno',
    );
  });

  test('may have no headers and no body of its own', () => {
    expect(renderResponse(599)).toBe(
      'HTTP/1.1 599 \r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n' +
        'Content-Length: 0\r\n\r\n',
    );
  });

  test('takes a content type, cookies and a location from the caller', () => {
    const headers = {
      'content-TYPE': 'application/json',
      'Set-Cookie': ['a=1', 'b=2'],
      Location: '/login',
      'X-None': undefined,
    };
    expect(renderResponse(302, headers, '{}')).toBe(
      'HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 2\r\n' +
        'content-TYPE: application/json\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n' +
        'Location: /login\r\n\r\n{}',
    );
  });

  test('keeps plain text when the content type it is given is undefined', () => {
    expect(renderResponse(403, { 'content-type': undefined })).toContain('text/plain');
  });

  test('decides itself how the response ends', () => {
    const headers = {
      connection: 'keep-alive',
      'CONTENT-LENGTH': '1000',
      'Transfer-Encoding': 'chunked',
    };
    expect(renderResponse(403, headers, 'no')).toBe(renderResponse(403, {}, 'no'));
  });

  test.each([
    ['text', 'é€'],
    ['bytes', Buffer.from('é€')],
  ])('counts the bytes of its body, given as %s, and has one character for each', (_, body) => {
    const response = Buffer.from(renderResponse(403, {}, body), 'latin1').toString('utf8');
    expect(response).toMatch(/\r\nContent-Length: 5\r\n\r\né€$/);
  });

  test('cannot be split by a header', () => {
    expect(() => renderResponse(403, { 'X-A': 'a\r\n\r\nb' })).toThrow(TypeError);
  });
});

describe('what to refuse with', () => {
  test.each([300, 403, 599])('may have the status %i', (status) => {
    expect(() => checkRefusal(status, {})).not.toThrow();
  });

  test.each([0, 101, 200, 299, 600, 403.5, Number.NaN, '403' as unknown as number])(
    'may not have the status %j',
    (status) => {
      const message = `status: expected an integer from 300 to 599, got ${String(status)}`;
      expect(() => checkRefusal(status, {})).toThrow(new RangeError(message));
    },
  );
});
