import { describe, expect, test, vi } from 'vitest';
import {
  checkOrigin,
  origin,
  target,
  validateOrigins,
  type Origins,
} from '../../src/handshake/origin.js';
import type { RequestHead } from '../../src/handshake/request-head.js';
import { requestHead } from './http-heads.js';

function verdict(lines: Parameters<typeof requestHead>[0], origins: Origins, trustProxy = false) {
  return checkOrigin(requestHead(lines), origins, trustProxy)?.status ?? 'in';
}

describe('what a request says', () => {
  test('origin gives the header as received, or the empty string', () => {
    expect(origin(requestHead({ origin: 'http://A.example' }))).toBe('http://A.example');
    expect(origin(requestHead())).toBe('');
    expect(origin({ headers: { origin: ['http://a', 'http://b'] } })).toBe('http://a, http://b');
  });

  test('target gives path and query as received, or the empty string', () => {
    expect(target(requestHead({}, { url: '/chat?room=%20a' }))).toBe('/chat?room=%20a');
    expect(target({})).toBe('');
  });
});

describe("origins: 'same'", () => {
  test('lets in who sends no Origin', () => {
    expect(verdict({}, 'same')).toBe('in');
    expect(verdict({ host: undefined }, 'same')).toBe('in');
  });

  test.each([
    ['localhost:8080', 'http://localhost:8080'],
    ['localhost:8080', 'https://localhost:8080'],
    ['LocalHost:8080', 'http://LOCALHOST:8080'],
    ['example.com', 'http://example.com'],
    ['example.com', 'https://example.com'],
    ['example.com', 'wss://example.com'],
    ['example.com', 'https://example.com:443'],
    ['example.com:443', 'https://example.com'],
    ['example.com:80', 'http://example.com'],
    ['example.com:80', 'ws://example.com'],
    ['example.com:', 'http://example.com'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['[2001:db8::A]', 'https://[2001:DB8::a]'],
  ])('at %s, lets in %s', (host, page) => {
    expect(verdict({ host, origin: page }, 'same')).toBe('in');
  });

  test.each([
    ['localhost:8080', 'http://localhost'],
    ['localhost:8080', 'http://localhost:8081'],
    ['localhost:8080', 'http://127.0.0.1:8080'],
    ['localhost:8080', 'http://sub.localhost:8080'],
    ['localhost:8080', 'null'],
    ['null', 'null'],
    ['localhost:8080', ''],
    ['localhost:8080', 'localhost:8080'],
    ['localhost:8080', 'http://localhost:8080/'],
    ['localhost:8080', 'http://user@localhost:8080'],
    ['localhost:8080', 'file://'],
    ['localhost:8080', 'ftp://localhost:8080'],
    ['example.com', 'chrome-extension://example.com'],
    ['example.com:80', 'https://example.com'],
    ['example.com:443', 'http://example.com'],
    ['example.com', 'http://example.com:443'],
    ['[::1]:8080', 'http://[::2]:8080'],
    ['bad host', 'http://bad host'],
  ])('at %s, refuses %j with 403', (host, page) => {
    expect(verdict({ host, origin: page }, 'same')).toBe(403);
  });

  test('refuses two Origin headers, even twice the right one', () => {
    const page = 'http://localhost:8080';
    expect(verdict({ origin: [page, page] }, 'same')).toBe(403);
    expect(checkOrigin({ headers: { origin: [page, page] } }, 'same', false)?.status).toBe(403);
  });

  test('refuses a page where there is no Host to compare with', () => {
    expect(verdict({ host: undefined, origin: 'http://localhost' }, 'same')).toBe(403);
  });
});

describe('trustProxy', () => {
  const page = 'https://example.com';

  test.each([
    ['example.com', 'in'],
    ['example.com:443', 'in'],
    ['Example.COM', 'in'],
    ['evil.example, example.com', 'in'],
    ['evil.example, 10.0.0.2, example.com', 'in'],
    ['evil.example,\texample.com ', 'in'],
    [['evil.example', 'example.com'], 'in'],
    ['example.com, evil.example', 403],
    ['evil.example', 403],
    ['example.com,', 403],
    ['', 403],
  ])('compares with the last value of X-Forwarded-Host %j', (forwarded, expected) => {
    const lines = { host: '10.0.0.1:3000', 'x-forwarded-host': forwarded, origin: page };
    expect(verdict(lines, 'same', true)).toBe(expected);
  });

  test('compares with Host where the proxy says nothing', () => {
    expect(verdict({ host: 'example.com', origin: page }, 'same', true)).toBe('in');
  });

  test('is off unless asked for', () => {
    const lines = { host: '10.0.0.1:3000', 'x-forwarded-host': 'example.com', origin: page };
    expect(verdict(lines, 'same')).toBe(403);
    const both = { host: 'example.com', 'x-forwarded-host': 'evil.example', origin: page };
    expect(verdict(both, 'same')).toBe('in');
  });
});

describe("origins: 'any'", () => {
  test.each(['http://evil.example', 'null', '', 'nonsense, nonsense'])('lets in %j', (page) => {
    expect(verdict({ origin: page }, 'any')).toBe('in');
  });
});

describe('origins: a list', () => {
  const list = ['https://Example.com', 'http://localhost:80', 'capacitor://localhost'];

  test.each([
    'https://example.com',
    'https://EXAMPLE.com:443',
    'http://localhost',
    'capacitor://localhost',
  ])('lets in %s', (page) => {
    expect(verdict({ origin: page }, list)).toBe('in');
  });

  test.each([
    'http://example.com',
    'https://example.com:8443',
    'https://www.example.com',
    'https://example.com.evil.example',
    'https://localhost',
    'http://localhost:8080',
    'https://example.com/',
    'https://example.com, https://example.com',
    'null',
    'file://',
    '',
  ])('refuses %j with 403', (page) => {
    expect(verdict({ host: 'localhost:8080', origin: page }, list)).toBe(403);
  });

  test('lets in who sends no Origin', () => {
    expect(verdict({}, [])).toBe('in');
  });

  test('matches null and file:// only when they are listed', () => {
    expect(verdict({ origin: 'null' }, ['null'])).toBe('in');
    expect(verdict({ origin: 'file://' }, ['file://'])).toBe('in');
    expect(verdict({ origin: 'null' }, ['file://'])).toBe(403);
  });
});

describe('origins: a function', () => {
  test('is asked with the Origin as received, and the request', () => {
    const request = requestHead({ origin: 'https://Example.com' });
    const isWelcome = vi.fn<(page: string, request: RequestHead) => boolean>(() => true);
    expect(checkOrigin(request, isWelcome, false)).toBeUndefined();
    expect(isWelcome.mock.calls).toEqual([['https://Example.com', request]]);
  });

  test('decides, also about null', () => {
    expect(verdict({ origin: 'http://a.example' }, () => false)).toBe(403);
    expect(verdict({ origin: 'null' }, () => true)).toBe('in');
  });

  test.each([undefined, '', 'http://a, http://b', 'nonsense'])('is not asked about %j', (page) => {
    const isWelcome = vi.fn<() => boolean>(() => true);
    expect(verdict({ origin: page }, isWelcome)).toBe(page === undefined ? 'in' : 403);
    expect(isWelcome).not.toHaveBeenCalled();
  });

  test.each([
    ['undefined', () => undefined],
    ['string', () => 'yes'],
    ['object', async () => true],
    ['object', () => Promise.reject(new Error('the peer brought this about'))],
  ])('fails loudly when it returns an %s', (type, isWelcome) => {
    const check = () =>
      checkOrigin(
        requestHead({ origin: 'http://a' }),
        isWelcome as unknown as () => boolean,
        false,
      );
    const message = `origins: expected the function to return a boolean, got ${type}`;
    expect(check).toThrow(new TypeError(message));
  });
});

describe('the body of the 403', () => {
  const evil = 'http://evil.example';

  test('names both values and the option', () => {
    const body = checkOrigin(requestHead({ origin: evil }), 'same', false)!.body;
    expect(body).toContain('"http://evil.example"');
    expect(body).toContain('Host "localhost:8080"');
    expect(body).toContain('"origins"');
    expect(body).not.toContain('trustProxy');
  });

  test('names trustProxy where it would make a difference', () => {
    const request = requestHead({ origin: evil, 'x-forwarded-host': 'evil.example' });
    expect(checkOrigin(request, 'same', false)!.body).toContain(
      'with "trustProxy" X-Forwarded-Host "evil.example" would stand for Host',
    );
    expect(checkOrigin(request, [], false)!.body).not.toContain('trustProxy');
  });

  test('names the header that was compared', () => {
    const request = requestHead({ origin: evil, 'x-forwarded-host': 'a.example' });
    const body = checkOrigin(request, 'same', true)!.body;
    expect(body).toContain('X-Forwarded-Host "a.example"');
    expect(body).not.toContain('trustProxy');
  });

  test('is plain text, short, and free of what the peer could inject', () => {
    const page = `http://<script>alert("1")</script>\u00e9${'a'.repeat(5000)}`;
    const refused = checkOrigin(requestHead({ origin: page, host: '<b>' }), 'same', false)!;
    expect(refused.headers['Content-Type']).toBe('text/plain; charset=utf-8');
    expect(refused.body).not.toMatch(/[<>()\u00e9]/);
    expect(refused.body.length).toBeLessThan(400);
  });
});

describe('the option origins', () => {
  test.each([
    'same',
    'any',
    () => true,
    [],
    ['https://example.com', 'http://localhost:8080', 'http://[::1]:80', 'null', 'file://'],
  ])('may be %j', (value) => {
    expect(() => validateOrigins(value)).not.toThrow();
  });

  test.each([undefined, null, true, 'none', 'https://example.com', {}, 5])(
    'may not be %j',
    (value) => {
      expect(() => validateOrigins(value)).toThrow(TypeError);
    },
  );

  test.each(['*', 'example.com', 'https://example.com/', 'https://*.example.com/x', '', 5, null])(
    'may not list %j',
    (item) => {
      expect(() => validateOrigins(['https://example.com', item])).toThrow(TypeError);
    },
  );
});
