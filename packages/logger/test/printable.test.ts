import { expect, test } from 'vitest';

import { printable, printableLines } from '../src/printable.js';

test.each([
  ['a new line', 'a\nb', 'a\\nb'],
  ['a colour', '\u001b[31mred', '\\u{1b}[31mred'],
  ['a control of eight bits', '\u009b31m', '\\u{9b}31m'],
  ['a change of direction', 'abc\u202Etxt.exe', 'abc\\u{202e}txt.exe'],
  ['another end of a line', 'a\u2028b', 'a\\u{2028}b'],
  ['half a character', 'a\ud83d', 'a\\u{d83d}'],
])('shows %s as what it is', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('leaves letters of every script alone', () => {
  expect(printable('Grüße, Привет, 你好 🎈')).toBe('Grüße, Привет, 你好 🎈');
});

test('cuts what is longer than the limit, and says so', () => {
  expect(printable('abcdef', 3)).toBe('abc...');
  expect(printable('abc', 3)).toBe('abc');
});

test('indents what comes after the end of a line', () => {
  expect(printableLines('one\ntwo\r\nthree\u0007', '  | ')).toBe('one\n  | two\n  | three\\u{7}');
});
