import { expect, test } from 'vitest';
import { codeBlocksOf } from '../src/code-block.js';

const page = (...lines: string[]) => lines.join('\n');

test('finds the blocks of a page, in order, with language and line', () => {
  const markdown = page('# A', '```js', 'one();', '', 'two();', '```', 'and', '```ts', '```');
  expect(codeBlocksOf(markdown)).toEqual([
    { language: 'js', code: 'one();\n\ntwo();\n', line: 2, file: undefined, reason: undefined },
    { language: 'ts', code: '\n', line: 8, file: undefined, reason: undefined },
  ]);
});

test.each([
  ['the name of a file', ['`server.mjs`:', '', '```js'], 'server.mjs', undefined],
  ['a mark', ['<!-- not run: needs Redis -->', '```js'], undefined, 'needs Redis'],
  ['both', ['`a.mjs`:', '', '<!-- not run: why -->', '', '```js'], 'a.mjs', 'why'],
  ['a mark of another block', ['<!-- not run: no -->', 'Text.', '```js'], undefined, undefined],
  ['a name within a sentence', ['Write `server.mjs`:', '```js'], undefined, undefined],
])('sees what stands before it: %s', (_, lines, file, reason) => {
  expect(codeBlocksOf(page(...lines, 'code();', '```'))).toMatchObject([{ file, reason }]);
});

test('takes nothing within a block for another', () => {
  expect(codeBlocksOf(page('```sh', '`server.mjs`:', '```js', '```'))).toHaveLength(1);
});

test('does not overlook a fence that is never closed', () => {
  expect(() => codeBlocksOf(page('text', '```js', 'one();'))).toThrow('line 2');
});
