import { expect, test } from 'vitest';

import { checkThreshold, levelOf, levels, rankOf } from '../src/level.js';

test('wslog stands between info and warn', () => {
  expect(Object.keys(levels)).toEqual([
    'trace',
    'debug',
    'info',
    'wslog',
    'warn',
    'error',
    'fatal',
  ]);
  expect(levels.wslog).toBeGreaterThan(levels.info);
  expect(levels.wslog).toBeLessThan(levels.warn);
});

test('nothing is as urgent as silence', () => {
  expect(rankOf('fatal')).toBeLessThan(rankOf('silent'));
});

test('a number of pino finds its level', () => {
  expect(levelOf(35)).toBe('wslog');
  expect(levelOf(36)).toBeUndefined();
});

test.each(['verbose', 30, undefined, 'toString'])('refuses %o as a level', (value) => {
  expect(() => checkThreshold('level', value)).toThrow(
    `level is ${value}, expected one of trace, debug, info, wslog, warn, error, fatal, silent`,
  );
});
