import { expect, test } from 'vitest';
import { parseOptions } from '../../four-timings/options.mjs';

test('without arguments everybody echoes 200 messages of each size', () => {
  expect(parseOptions([])).toMatchObject({
    clients: ['Node', 'Chromium', 'Firefox'],
    messages: 200,
    out: undefined,
  });
});

test('takes clients by name, and fewer messages', () => {
  expect(parseOptions(['--', '--only', 'firefox', '--only', 'node', '--quick'])).toMatchObject({
    clients: ['Firefox', 'Node'],
    messages: 20,
  });
});

test.each([
  [['--only', 'lynx'], '--only is lynx, expected one of node, chromium, firefox'],
  [['--messages', '0'], '--messages is 0, expected a whole number from 1 to 10000'],
  [['--messages', '1.5'], '--messages is 1.5, expected a whole number from 1 to 10000'],
])('refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
