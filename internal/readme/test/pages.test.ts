import { expect, test } from 'vitest';
import { pages } from '../src/pages.js';

const languages = ['js', 'ts', 'sh', 'json', 'html', 'text'];

test.each(pages())('all code of $path is in a language that is run or known', ({ blocks }) => {
  expect(blocks.filter(({ language }) => !languages.includes(language))).toEqual([]);
});
