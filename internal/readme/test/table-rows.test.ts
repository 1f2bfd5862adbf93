import { expect, test } from 'vitest';
import { rowsOf } from '../src/table-rows.js';

test('reads the rows of every table, with the titles above them', () => {
  const markdown = '| a | b |\n| - | --- |\n| 1 | x \\| y |\n\ntext\n\n| c |\n| - |\n| 2 |\n| 3 |';
  expect(rowsOf(markdown)).toEqual([
    { titles: ['a', 'b'], cells: ['1', 'x \\| y'] },
    { titles: ['c'], cells: ['2'] },
    { titles: ['c'], cells: ['3'] },
  ]);
});

test('takes no line with bars for a row of a table', () => {
  expect(rowsOf('| alone |\n\n| and | again |')).toEqual([]);
});
