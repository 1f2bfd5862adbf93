import { expect, test } from 'vitest';
import { wishOf } from '../wish.mjs';

test.each([
  ['{"lantern":6,"push":-1.5}', { lantern: 6, push: -1.5 }],
  ['{"lantern":0,"hold":0}', { lantern: 0, hold: 0 }],
  ['{"letGo":true,"lantern":9}', { letGo: true }],
])('understands %s', (text, wish) => {
  expect(wishOf(text)).toEqual(wish);
});

test.each([
  '',
  'null',
  '7',
  '{}',
  '{"lantern":0}',
  '{"lantern":7,"push":1}',
  '{"lantern":-1,"push":1}',
  '{"lantern":0.5,"push":1}',
  '{"lantern":"0","push":1}',
  '{"lantern":0,"push":1e999}',
  '{"lantern":0,"hold":"up"}',
  '{"lantern":',
])('makes nothing of %j', (text) => {
  expect(wishOf(text)).toBeUndefined();
});

test('makes nothing of bytes', () => {
  expect(wishOf(Buffer.from('{"lantern":0,"push":1}'))).toBeUndefined();
});
