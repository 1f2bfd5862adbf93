import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { Redaction } from '../src/redaction.js';

const secret = 'hunter2hunter2';
const names = fc.constantFrom('token', 'access_token', 'apikey', 'password', 'sig', 'code', 'jwt');
const spelled = fc
  .tuple(names, fc.array(fc.constantFrom('plain', 'upper', 'percent'), { minLength: 20 }))
  .map(([name, ways]) => [...name].map((letter, index) => spell(letter, ways[index]!)).join(''));
const other = fc.webQueryParameters();

function spell(letter: string, way: string): string {
  if (way === 'percent') return `%${letter.charCodeAt(0).toString(16)}`;
  return way === 'upper' ? letter.toUpperCase() : letter;
}

test('a secret in a query is not shown, however its name is spelled and whatever stands around it', () => {
  fc.assert(
    fc.property(spelled, other, other, fc.constantFrom('&', ';'), (name, before, after, by) => {
      const target = `/chat?${before}${by}${name}=${secret}${by}${after}`;
      expect(new Redaction().target(target)).not.toContain(secret);
    }),
  );
});

test('a path without a query is shown as it is', () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      expect(new Redaction().target(path)).toBe(path);
    }),
  );
});
