import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatExtensions,
  hasToken,
  isFieldValue,
  isToken,
  parseExtensions,
  parseTokenList,
} from '../../src/handshake/header-grammar.js';

const characters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token = fc.oneof(
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 12 }),
  fc.constantFrom('constructor', '__proto__', 'toString'),
);
const space = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 3 });
const separator = fc.array(space, { minLength: 2, maxLength: 4 }).map((spaces) => spaces.join(','));
const value = fc.oneof(fc.constant<true>(true), token);
const extension = fc.record({ name: token, parameters: fc.array(fc.tuple(token, value)) });
/** Pieces of the grammar in any order: rarely sound, often nearly. */
const nearly = fc
  .array(fc.oneof(token, fc.constantFrom(',', ';', '=', '"', '\\', ' ', '\t', '/', '\u00e9', '\n')))
  .map((pieces) => pieces.join(''));

test('reads back every list of extensions that it writes', () => {
  fc.assert(
    fc.property(fc.array(extension), (extensions) => {
      expect(parseExtensions(formatExtensions(extensions))).toEqual(extensions);
    }),
  );
});

test('reads a value the same as a token, quoted, or quoted with escapes, RFC 6455 section 9.1', () => {
  fc.assert(
    fc.property(token, token, token, (name, parameter, text) => {
      const escaped = [...text].map((character) => `\\${character}`).join('');
      const expected = [{ name, parameters: [[parameter, text]] }];
      for (const written of [text, `"${text}"`, `"${escaped}"`]) {
        expect(parseExtensions(`${name};${parameter}=${written}`)).toEqual(expected);
      }
    }),
  );
});

test('reads a list of tokens whatever white space and empty elements are between them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(token, separator)), separator, (pairs, first) => {
      const list = first + pairs.map(([element, after]) => element + after).join('');
      expect(parseTokenList(list)).toEqual(pairs.map(([element]) => element));
      for (const [element] of pairs) expect(hasToken(list, element.toUpperCase())).toBe(true);
    }),
  );
});

test('gives tokens, or nothing, for whatever a peer sends', () => {
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), (text) => {
      expect((parseTokenList(text) ?? []).every(isToken)).toBe(true);
      const extensions = parseExtensions(text) ?? [];
      // Throws for anything that is not a token.
      expect(parseExtensions(formatExtensions(extensions))).toEqual(extensions);
    }),
    { numRuns: 1000 },
  );
});

test('agrees on lists of tokens with a reading by commas', () => {
  fc.assert(
    fc.property(nearly, (text) => {
      const elements = text.split(',').map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ''));
      const tokens = elements.filter((element) => element !== '');
      expect(parseTokenList(text)).toEqual(tokens.every(isToken) ? tokens : undefined);
    }),
    { numRuns: 1000 },
  );
});

test('lets no character through that ends a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = !/[^\t\u0020-\u007e\u0080-\u00ff]/.test(text);
      expect(isFieldValue(text)).toBe(safe);
    }),
    { numRuns: 1000 },
  );
});
