import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { printable } from '../src/printable.js';

const controls = ['\n', '\r', '\t', '\u0000', '\u001b', '\u007f', '\u0085', '\u009b'];
const units = [...controls, '\u2028', '\u2029', '\u202e', '\ud83d', '\udc00', '🎈', 'a', '\\'];

test('no text makes a second line, or moves the cursor', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...units) }), (text) => {
      expect(printable(text)).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}/u);
    }),
  );
});
