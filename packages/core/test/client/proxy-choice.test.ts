import { describe, expect, test } from 'vitest';

import { checkProxyOption, chooseProxy } from '../../src/client/proxy-choice.js';
import { parseTarget } from '../../src/client/target.js';

const target = parseTarget('ws://app.test:8080');

describe('a URL', () => {
  test.each([
    ['http://proxy.test', { secure: false, host: 'proxy.test', port: 80 }],
    ['http://proxy.test:3128', { host: 'proxy.test', port: 3128, authorization: undefined }],
    ['https://proxy.test', { secure: true, port: 443 }],
    ['http://[::1]:3128', { host: '::1', port: 3128 }],
    ['http://u:p@proxy.test', { authorization: 'Basic dTpw' }],
  ])('%s is a proxy', (proxy, expected) => {
    expect(chooseProxy(proxy, target, {})).toMatchObject(expected);
    expect(chooseProxy(new URL(proxy), target, {})).toMatchObject(expected);
  });

  test('is not asked for a Unix socket', () => {
    expect(chooseProxy('http://proxy.test', parseTarget('ws+unix:/a:/'), {})).toBeUndefined();
  });

  test.each([
    ['socks5://secret@proxy.test', 'proxy: expected the scheme http or https, got "socks5:"'],
    ['secret', "proxy: expected an http or https URL, or 'environment', got another string"],
    [1, "proxy: expected an http or https URL, or 'environment', got number"],
  ])('%s is none', (proxy, message) => {
    expect(() => chooseProxy(proxy as string, target, {})).toThrow(new TypeError(message));
    expect(() => checkProxyOption(proxy as string)).toThrow(new TypeError(message));
  });
});

describe('the environment', () => {
  const hostOf = (url: string, environment: Record<string, string>): string | undefined =>
    chooseProxy('environment', parseTarget(url), environment)?.host;

  test('is not looked at unless asked for', () => {
    const environment = { http_proxy: 'http://a', all_proxy: 'http://b' };
    expect(chooseProxy(undefined, target, environment)).toBeUndefined();
    expect(() => checkProxyOption('environment')).not.toThrow();
  });

  test.each([
    ['ws://x', { http_proxy: 'http://a', https_proxy: 'http://b' }, 'a'],
    ['wss://x', { http_proxy: 'http://a', https_proxy: 'http://b' }, 'b'],
    ['ws://x', { HTTP_PROXY: 'http://a' }, 'a'],
    ['ws://x', { http_proxy: 'http://a', HTTP_PROXY: 'http://b' }, 'a'],
    ['ws://x', { http_proxy: '', all_proxy: 'http://b' }, 'b'],
    ['wss://x', { ALL_PROXY: 'http://b' }, 'b'],
    ['wss://x', { http_proxy: 'http://a' }, undefined],
    ['ws://x', {}, undefined],
    ['ws://x', { http_proxy: 'proxy.test:3128' }, 'proxy.test'],
  ])('%s with %j goes to %s', (url, environment, host) => {
    expect(hostOf(url, environment)).toBe(host);
  });

  test.each([
    ['app.test', true],
    ['.app.test', true],
    ['*.app.test', true],
    ['test', true],
    ['APP.test', true],
    ['app.test:8080', true],
    ['a.b, app.test  c.d', true],
    ['*', true],
    ['app.test:80', false],
    ['pp.test', false],
    ['app', false],
    ['x.app.test', false],
    ['', false],
    [',', false],
  ])('no_proxy %j names app.test:8080: %s', (list, exempt) => {
    const environment = { http_proxy: 'http://proxy.test', NO_PROXY: list };
    expect(hostOf('ws://app.test:8080', environment)).toBe(exempt ? undefined : 'proxy.test');
  });

  test.each(['::1', '[::1]', '[::1]:8080'])('no_proxy %s names an IPv6 address', (list) => {
    const environment = { http_proxy: 'http://proxy.test', no_proxy: list };
    expect(hostOf('ws://[::1]:8080', environment)).toBeUndefined();
    expect(hostOf('ws://[::2]:8080', environment)).toBe('proxy.test');
  });
});
