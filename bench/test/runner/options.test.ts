import { expect, test } from 'vitest';
import { parseOptions } from '../../runner/options.mjs';

test('--quick is one short round, and gives way to what is said beside it', () => {
  expect(parseOptions(['--quick'])).toMatchObject({ rounds: 1, duration: 300, warmUp: 200 });
  expect(parseOptions(['--quick', '--rounds', '5'])).toMatchObject({ rounds: 5, duration: 300 });
});

test('takes several names, and the -- of pnpm', () => {
  const { only, servers } = parseOptions(['--', '--only', 'a', '--only', 'b', '--servers', 'ws']);
  expect({ only, servers }).toEqual({ only: ['a', 'b'], servers: ['ws'] });
});

test.each([
  [['--rounds', '0'], '--rounds is 0, expected a number above 0'],
  [['--malloc', 'some'], '--malloc is some, expected one of default, fixed, both'],
  [['--rivals', 'few'], '--rivals is few, expected one of none, installed, all'],
  [['--fast'], "Unknown option '--fast'"],
])('refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
