import { serve } from '@postern/core';
import { pair } from '@postern/core/testing';
import { expect, onTestFinished, test } from 'vitest';

import { connectionId } from '../src/connection-id.js';
import { Describer } from '../src/describer.js';
import { Redaction } from '../src/redaction.js';

const describer = new Describer(new Redaction(), undefined);

test.each([
  ['words', 'words'],
  [3, '3'],
  [undefined, 'undefined'],
  [null, 'null'],
  [10n, '10'],
  [{ a: { b: [1, 2] } }, '{ a: { b: [ 1, 2 ] } }'],
  [[1, 'a'], "[ 1, 'a' ]"],
  [new Map([[1, 2]]), 'Map(1) { 1 => 2 }'],
  [new TypeError('no'), 'TypeError: no'],
])('prints %o as %s', (value, text) => {
  expect(describer.text(value)).toBe(text);
});

test('prints connections, requests and servers by what matters of them', async () => {
  const { client } = pair();
  onTestFinished(() => client.terminate());
  const server = await serve({ host: '127.0.0.1', websocket: () => undefined });
  onTestFinished(() => server.close());
  expect(describer.text(client)).toBe(`WebSocket(client, OPEN) #${connectionId(client)}`);
  expect(describer.text({ method: 'GET', url: '/?token=abc', headers: {} })).toBe(
    'GET /?token=***',
  );
  expect(describer.text(server)).toBe(`WebSocketServer(${server.url}, 0 connections)`);
  expect(describer.text({ connections: new Set([1]), stats() {} })).toBe(
    'WebSocketServer(1 connection)',
  );
});

test('leaves out what is secret, however deep', () => {
  const value = { user: 3, login: { password: 'abc', list: [{ token: 'abc' }] } };
  expect(describer.text(value)).toBe(
    "{ user: 3, login: { password: '***', list: [ { token: '***' } ] } }",
  );
  expect(describer.field('session', { id: 'abc' })).toBe('***');
  expect(describer.field('data', { headers: { cookie: 'a=b', host: 'x' } })).toEqual({
    headers: { cookie: '***', host: 'x' },
  });
});

test('comes to an end with what contains itself', () => {
  const circle: Record<string, unknown> = { name: 'circle' };
  circle['self'] = circle;
  expect(describer.text(circle)).toContain("name: 'circle'");
});

test('has fields for connections, requests and errors', () => {
  const { server } = pair();
  onTestFinished(() => server.terminate());
  expect(describer.field('ws', server)).toMatchObject({ role: 'server', state: 'open' });
  expect(describer.field('req', { method: 'GET', url: '/?sid=1', headers: {} })).toMatchObject({
    target: '/?sid=***',
  });
  expect(describer.field('error', new TypeError('no'))).toMatchObject({
    type: 'TypeError',
    message: 'no',
  });
});

test("a type of one's own is printed in its own way", () => {
  class User {
    readonly name = 'Ann';
  }
  const own = new Describer(new Redaction(), (value) =>
    value instanceof User ? `user ${value.name}` : undefined,
  );
  expect(own.text(new User())).toBe('user Ann');
  expect(own.knows(new User())).toBe(true);
  expect(own.text({ a: 1 })).toBe('{ a: 1 }');
  expect(own.knows({ a: 1 })).toBe(false);
});
