import { describe, expect, test } from 'vitest';

import { isSameOrigin, parseTarget, targetUrl } from '../../src/client/target.js';

describe('a URL', () => {
  test.each([
    ['ws://localhost', { secure: false, host: 'localhost', port: 80, authority: 'localhost' }],
    ['wss://localhost', { secure: true, host: 'localhost', port: 443, authority: 'localhost' }],
    ['http://a.test:81', { secure: false, host: 'a.test', port: 81, authority: 'a.test:81' }],
    ['https://a.test:443', { secure: true, host: 'a.test', port: 443, authority: 'a.test' }],
    ['WS://A.test:80/', { secure: false, host: 'a.test', port: 80, authority: 'a.test' }],
    ['ws://[::1]:8080', { host: '::1', port: 8080, authority: '[::1]:8080' }],
    ['ws://bücher.test', { host: 'xn--bcher-kva.test', authority: 'xn--bcher-kva.test' }],
    ['ws://a.test/chat?x=1&y=%2F', { path: '/chat?x=1&y=%2F' }],
    ['ws://a.test?x', { path: '/?x' }],
    ['ws://a.test', { path: '/', authorization: undefined, socketPath: undefined }],
  ])('%s is understood', (url, expected) => {
    expect(parseTarget(url)).toMatchObject(expected);
    expect(parseTarget(new URL(url))).toEqual(parseTarget(url));
  });

  test.each([
    ['ws://user:pass@a.test', 'user:pass'],
    ['ws://user@a.test', 'user:'],
    ['ws://:pass@a.test', ':pass'],
    ['ws://us%3Aer:p%40ss%20w%C3%B6rd@a.test', 'us:er:p@ss wörd'],
    ['ws://user:100%@a.test', 'user:100%'],
  ])('%s has credentials for basic authentication', (url, credentials) => {
    const { authorization = '' } = parseTarget(url);
    expect(authorization.slice(0, 6)).toBe('Basic ');
    expect(Buffer.from(authorization.slice(6), 'base64').toString()).toBe(credentials);
  });

  test.each([
    ['ws+unix:/run/app.sock:/chat?x=1', '/run/app.sock', '/chat?x=1'],
    ['ws+unix:/run/app.sock', '/run/app.sock', '/'],
    ['ws+unix:///run/app.sock:/', '/run/app.sock', '/'],
    ['ws+unix:/run/with%20space.sock:chat', '/run/with space.sock', '/chat'],
  ])('%s is a Unix socket', (url, socketPath, path) => {
    const expected = { secure: false, socketPath, path, authority: 'localhost' };
    expect(parseTarget(url)).toMatchObject(expected);
  });

  test('wss+unix: speaks TLS', () => {
    expect(parseTarget('wss+unix:/run/app.sock:/')).toMatchObject({ secure: true });
  });
});

describe('what cannot be opened is a TypeError that says', () => {
  test.each([
    ['', 'url: expected an absolute URL, got ""'],
    ['/chat', 'url: expected an absolute URL, got "/chat"'],
    ['ws://', 'url: expected an absolute URL, got "ws://"'],
    ['ws://a.test:99999', 'url: expected an absolute URL, got "ws://a.test:99999"'],
    ['ftp://a.test', 'url: expected the scheme ws, wss, http or https, got "ftp:"'],
    ['localhost:8080', 'url: expected the scheme ws, wss, http or https, got "localhost:"'],
    ['constructor:x', 'url: expected the scheme ws, wss, http or https, got "constructor:"'],
    ['ws://a.test/#part', 'url: expected no fragment, got one'],
    ['ws://a.test/#', 'url: expected no fragment, got one'],
    ['ws+unix:', 'url: expected the path of a Unix socket, got none'],
    [undefined, 'url: expected a string or a URL, got undefined'],
    [null, 'url: expected a string or a URL, got null'],
    [{}, 'url: expected a string or a URL, got object'],
  ])('%j: %s', (url, message) => {
    expect(() => parseTarget(url as string)).toThrow(new TypeError(message));
  });

  test.each([
    'ws://user:secret@:80',
    'user:secret@a b',
    'ws://:x/?token=secret',
    'ftp://u:secret@a',
  ])('%s without repeating its secret', (url) => {
    expect(() => parseTarget(url)).toThrow(TypeError);
    expect(() => parseTarget(url)).not.toThrow(/secret/);
  });
});

describe('origins', () => {
  test.each([
    ['ws://a.test/x', 'ws://a.test:80/y?z', true],
    ['ws://a.test', 'http://a.test', true],
    ['ws://a.test', 'wss://a.test', false],
    ['ws://a.test', 'ws://b.test', false],
    ['ws://a.test', 'ws://a.test:81', false],
    ['ws+unix:/one:/x', 'ws+unix:/one:/y', true],
    ['ws+unix:/one:/x', 'ws+unix:/two:/x', false],
  ])('%s and %s: same is %s', (one, other, same) => {
    expect(isSameOrigin(parseTarget(one), parseTarget(other))).toBe(same);
  });

  test('a target is a URL again, without its credentials', () => {
    expect(targetUrl(parseTarget('https://u:p@a.test:8443/x?y'))).toBe('wss://a.test:8443/x?y');
    expect(targetUrl(parseTarget('http://a.test'))).toBe('ws://a.test/');
  });
});
