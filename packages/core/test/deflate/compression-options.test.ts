import { describe, expect, test } from 'vitest';

import {
  compressionDefaults,
  resolveCompression,
  type CompressionOptions,
} from '../../src/deflate/compression-options.js';

describe('the option compression', () => {
  test.each([undefined, false])('%s means none', (value) => {
    expect(resolveCompression(value)).toBeUndefined();
  });

  test('true means the defaults, and so does an object that says nothing', () => {
    expect(resolveCompression(true)).toEqual(compressionDefaults);
    expect(resolveCompression({})).toEqual(compressionDefaults);
    expect(resolveCompression({ level: undefined } as object)).toEqual(compressionDefaults);
  });

  test('takes what is given and fills in the rest', () => {
    const options = { threshold: 0, level: 9, codec: 'zlib', serverMaxWindowBits: 8 } as const;
    expect(resolveCompression(options)).toEqual({ ...compressionDefaults, ...options });
  });

  test('cannot be changed once resolved', () => {
    expect(Object.isFrozen(resolveCompression({ level: 1 }))).toBe(true);
    expect(Object.isFrozen(compressionDefaults)).toBe(true);
  });
});

const outOfRange: Array<[string, number]> = [
  ['threshold', -1],
  ['threshold', 1.5],
  ['threshold', Number.NaN],
  ['threshold', Number.POSITIVE_INFINITY],
  ['level', 0],
  ['level', 10],
  ['memLevel', 0],
  ['memLevel', 10],
  ['serverMaxWindowBits', 7],
  ['serverMaxWindowBits', 16],
  ['serverMaxWindowBits', 1000],
  ['clientMaxWindowBits', 7],
  ['clientMaxWindowBits', 15.5],
];

test.each(outOfRange)('a %s of %d is a RangeError that names it', (name, value) => {
  const wrong = () => resolveCompression({ [name]: value });
  expect(wrong).toThrow(RangeError);
  expect(wrong).toThrow(`compression.${name} is ${value}, expected a whole number from `);
});

const ofTheWrongKind: Array<[string, unknown]> = [
  ['threshold', '64'],
  ['level', null],
  ['memLevel', 8n],
  ['serverMaxWindowBits', '10'],
  ['clientMaxWindowBits', true],
  ['serverNoContextTakeover', 1],
  ['clientNoContextTakeover', 'yes'],
  ['codec', 'brotli'],
];

test.each(ofTheWrongKind)('a %s of %o is a TypeError that names it', (name, value) => {
  const wrong = () => resolveCompression({ [name]: value });
  expect(wrong).toThrow(TypeError);
  expect(wrong).toThrow(`compression.${name} is `);
});

test('an option that does not exist is a TypeError that names it', () => {
  const misspelt = { treshold: 1 } as CompressionOptions;
  expect(() => resolveCompression(misspelt)).toThrow(/^compression\.treshold is given, expected/);
});

test.each([
  ['null', null],
  ['string', 'on'],
  ['number', 1],
])('a %s is a TypeError', (kind, value) => {
  const wrong = () => resolveCompression(value as unknown as boolean);
  expect(wrong).toThrow(new TypeError(`compression is ${kind}, expected a boolean or an object`));
});
