import { describe, expect, test } from 'vitest';

import {
  addressOf,
  clientAddress,
  HandshakeRequest,
  type IncomingRequest,
} from '../../src/server/handshake-request.js';

const incoming: IncomingRequest = {
  method: 'GET',
  url: '/chat?a=b',
  httpVersion: '1.1',
  headers: { host: 'localhost', 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
  rawHeaders: ['Host', 'localhost'],
  socket: { remoteAddress: '127.0.0.1' },
};

const controller = new AbortController();

function light(request: Partial<IncomingRequest> = {}, trustProxy = false) {
  return new HandshakeRequest({ ...incoming, ...request }, 'context', trustProxy, controller);
}

describe('the light request', () => {
  test('has what a gatekeeper decides by, and the context as it was given', () => {
    expect(light()).toMatchObject({
      method: 'GET',
      url: '/chat?a=b',
      httpVersion: '1.1',
      headers: incoming.headers,
      rawHeaders: ['Host', 'localhost'],
      context: 'context',
      clientAddress: '127.0.0.1',
    });
  });

  test('its url is the original one, also below a mount', () => {
    expect(light({ url: '/kitchen', originalUrl: '/chat/kitchen' }).url).toBe('/chat/kitchen');
  });

  test('what is missing is what it would be', () => {
    const request = new HandshakeRequest({ headers: {} }, undefined, true, controller);
    expect(request).toMatchObject({
      method: 'GET',
      url: '/',
      httpVersion: '1.1',
      rawHeaders: [],
      clientAddress: '',
    });
  });

  test('does not hold the request that it was made of', () => {
    const values = Object.values(light());
    expect(values).not.toContain(incoming.socket);
    expect(values).not.toContain(incoming);
  });

  test('its signal is asked for when it is needed, and not before', () => {
    let asked = 0;
    const request = new HandshakeRequest(incoming, undefined, false, {
      get signal() {
        asked += 1;
        return controller.signal;
      },
    });
    expect(asked).toBe(0);
    expect(request.signal).toBe(controller.signal);
    expect(asked).toBe(1);
  });
});

describe('the address of a client', () => {
  test.each<[boolean, string | string[] | undefined, string]>([
    [false, '203.0.113.7', '127.0.0.1'],
    [true, '203.0.113.7', '203.0.113.7'],
    [true, '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    [true, '198.51.100.1,203.0.113.7 ', '203.0.113.7'],
    [true, ['198.51.100.1', '203.0.113.7'], '203.0.113.7'],
    [true, '2001:db8::1', '2001:db8::1'],
    [true, undefined, '127.0.0.1'],
    [true, '', '127.0.0.1'],
    [true, ' , ', '127.0.0.1'],
  ])('trustProxy %s, forwarded for %j: %s', (trustProxy, forwarded, address) => {
    const headers = { 'x-forwarded-for': forwarded };
    expect(addressOf({ ...incoming, headers }, trustProxy)).toBe(address);
    expect(clientAddress(light({ headers }, trustProxy))).toBe(address);
  });

  test('is empty where there is none, as over a Unix socket', () => {
    expect(clientAddress(light({ socket: {} }))).toBe('');
    expect(clientAddress(light({ socket: undefined }))).toBe('');
  });

  test('can be asked of a request of node:http too, whose proxies nobody has vouched for', () => {
    expect(clientAddress(incoming)).toBe('127.0.0.1');
    expect(clientAddress({ headers: {} })).toBe('');
  });
});
