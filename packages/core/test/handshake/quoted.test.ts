import { expect, test } from 'vitest';
import { quoted } from '../../src/handshake/quoted.js';

test('leaves an origin as it is', () => {
  expect(quoted('https://[::1]:8443')).toBe('"https://[::1]:8443"');
  expect(quoted('xn--bcher-kva.example')).toBe('"xn--bcher-kva.example"');
});

test('replaces what could be markup, a line end or an escape sequence', () => {
  expect(quoted('<b>"\r\n\u001b[2J é')).toBe('"?b?????[2J ?"');
});

test('cuts after 100 characters', () => {
  expect(quoted('a'.repeat(100))).toBe(`"${'a'.repeat(100)}"`);
  expect(quoted('a'.repeat(101))).toBe(`"${'a'.repeat(100)}..."`);
});

test('shows what is no string, too', () => {
  expect(quoted(undefined)).toBe('"undefined"');
});
