import { describe, expect, test } from 'vitest';

import { readText, TextBytes } from '../../src/protocol/text-bytes.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';

describe('a whole text message (section 8.1)', () => {
  test.each(['', '48656c6c6f', 'f48fbfbf', 'efbfbd'])('is a string: %s', (text) => {
    expect(readText(hex(text), true)).toBe(hex(text).toString());
  });

  test.each(['', '48656c6c6f', 'f48fbfbf', 'efbfbd'])('or its very bytes: %s', (text) => {
    const bytes = hex(text);
    const read = readText(bytes, false);
    expect(read).toBeInstanceOf(TextBytes);
    expect(read).toHaveProperty('bytes', bytes);
    expect((read as TextBytes).bytes).toBe(bytes);
  });

  test.each(['ff', 'c0af', 'eda080', 'e282'])('fails as either with 1007: %s', (text) => {
    for (const decodes of [true, false]) {
      expect(() => readText(hex(text), decodes)).toThrow(failure('POSTERN_ERR_UTF8', 1007));
    }
  });
});
