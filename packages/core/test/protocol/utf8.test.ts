import { isUtf8 } from 'node:buffer';

import { afterEach, describe, expect, test, vi } from 'vitest';

import {
  checkUtf8,
  decodeUtf8,
  IMPOSSIBLE,
  invalidUtf8,
  proveUtf8,
  sliceUtf8,
  writeUtf8,
} from '../../src/protocol/utf8.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';
import { canBecomeUtf8 } from '../support/reference-utf8.js';

/** Text that is legal, however unusual (RFC 3629 section 4). */
const legal = [
  ['nothing', ''],
  ['ASCII', '48656c6c6f'],
  ['NUL and DEL', '007f'],
  ['U+0080, the first of two bytes', 'c280'],
  ['U+07FF, the last of two bytes', 'dfbf'],
  ['U+0800, the first of three bytes', 'e0a080'],
  ['U+0FFF, the last of those after e0', 'e0bfbf'],
  ['U+D000, the first of those after ed', 'ed8080'],
  ['U+D7FF, the last before the surrogates', 'ed9fbf'],
  ['U+E000, the first after the surrogates', 'ee8080'],
  ['U+FFFD, the replacement character', 'efbfbd'],
  ['U+FEFF, a byte order mark', 'efbbbf'],
  ['U+FFFE and U+FFFF, non-characters', 'efbfbe efbfbf'],
  ['U+FDD0, a non-character', 'efb790'],
  ['U+10000, the first of four bytes', 'f0908080'],
  ['U+3FFFF, the last of those after f0', 'f0bfbfbf'],
  ['U+100000, the first of those after f4', 'f4808080'],
  ['U+1FFFE and U+1FFFF, non-characters', 'f09fbfbe f09fbfbf'],
  ['U+10FFFF, the last of all', 'f48fbfbf'],
  ['Greek', 'cebae1bdb9cf83cebcceb5'],
] as const;

/** What no continuation can mend, and at which byte that is plain (RFC 3629 section 4). */
const impossible = [
  ['a continuation byte that begins', '80', 1],
  ['the last continuation byte that begins', 'bf', 1],
  ['c0, overlong', 'c0', 1],
  ['c1, overlong', 'c1', 1],
  ['f5, above U+10FFFF', 'f5', 1],
  ['fe', 'fe', 1],
  ['ff', 'ff', 1],
  ['a lead byte after a lead byte of two', 'c2c2', 2],
  ['ASCII after a lead byte of two', 'c241', 2],
  ['e0 80, overlong', 'e080', 2],
  ['e0 9f, overlong', 'e09f', 2],
  ['ed a0, a surrogate', 'eda0', 2],
  ['ed bf, a surrogate', 'edbf', 2],
  ['f0 80, overlong', 'f080', 2],
  ['f0 8f, overlong', 'f08f', 2],
  ['f4 90, above U+10FFFF', 'f490', 2],
  ['ASCII as a third byte', 'e0a041', 3],
  ['a lead byte as a third byte', 'e282c2', 3],
  ['ASCII as a third byte of four', 'f09041', 3],
  ['ASCII as a fourth byte', 'f0908041', 4],
  ['ff as a fourth byte', 'f48fbfff', 4],
] as const;

/** Lengths in front of it at which the loop, the call into C++ and the change between them judge. */
const before = [0, 1, 59, 60, 61, 62, 63, 64, 65, 200];

function ascii(length: number): Buffer {
  return Buffer.alloc(length, 'a');
}

describe('proves legal text (RFC 6455 section 8.1)', () => {
  test.each(legal)('%s: %s', (_, text) => {
    for (const length of before) {
      const bytes = Buffer.concat([ascii(length), hex(text)]);
      expect(proveUtf8(bytes, 0, bytes.length)).toBe(bytes.length);
      const between = Buffer.concat([bytes, ascii(length)]);
      expect(proveUtf8(between, 0, between.length)).toBe(between.length);
    }
  });

  test.each(legal)('%s, cut at every byte: %s', (_, text) => {
    for (const length of before) {
      const bytes = Buffer.concat([ascii(length), hex(text)]);
      for (let end = length; end <= bytes.length; end += 1) {
        const proved = proveUtf8(bytes, 0, end);
        expect(proved).toBeGreaterThanOrEqual(end - 3);
        expect(proveUtf8(bytes, proved, bytes.length)).toBe(bytes.length);
      }
    }
  });
});

describe('stops where a last character begins that has not ended (RFC 6455 section 8.1)', () => {
  test.each(['c2', 'e0', 'e0a0', 'ed9f', 'f0', 'f090', 'f09080', 'f48fbf'])('%s', (text) => {
    for (const length of before) {
      const bytes = Buffer.concat([ascii(length), hex(text)]);
      expect(proveUtf8(bytes, 0, bytes.length)).toBe(length);
    }
  });
});

describe('calls it impossible at the first impossible byte, not before (RFC 6455 section 8.1)', () => {
  test.each(impossible)('%s: %s, at byte %i', (_, text, at) => {
    for (const length of before) {
      const bytes = Buffer.concat([ascii(length), hex(text)]);
      expect(proveUtf8(bytes, 0, length + at - 1)).toBe(length);
      for (let end = length + at; end <= bytes.length; end += 1) {
        expect(proveUtf8(bytes, 0, end)).toBe(IMPOSSIBLE);
      }
      const followed = Buffer.concat([bytes, ascii(length)]);
      expect(proveUtf8(followed, 0, followed.length)).toBe(IMPOSSIBLE);
    }
  });

  test('five continuation bytes at the end of a long text: none is a last character', () => {
    const bytes = Buffer.concat([ascii(100), hex('f0 9f988080 8080')]);
    expect(proveUtf8(bytes, 0, bytes.length)).toBe(IMPOSSIBLE);
  });
});

test('judges every pair of bytes as all characters that begin so demand (RFC 3629 section 4)', () => {
  const wrong: string[] = [];
  const pair = Buffer.alloc(2);
  for (let both = 0; both <= 0xffff; both += 1) {
    pair.writeUInt16BE(both);
    const possible = proveUtf8(pair, 0, 2) !== IMPOSSIBLE;
    if (possible !== canBecomeUtf8(pair)) wrong.push(pair.toString('hex'));
  }
  expect(wrong).toEqual([]);
});

test('proves from where it is told, and says nothing about what lies outside', () => {
  const bytes = hex('ff ff 41 c3a9 ff');
  expect(proveUtf8(bytes, 2, 5)).toBe(5);
  expect(proveUtf8(bytes, 2, 4)).toBe(3);
  expect(proveUtf8(bytes, 2, 6)).toBe(IMPOSSIBLE);
  expect(proveUtf8(bytes, 2, 2)).toBe(2);
});

describe('decodes', () => {
  test.each(legal)('%s: %s', (_, text) => {
    const bytes = Buffer.concat([hex('ff'), hex(text), hex('ff')]);
    const decoded = decodeUtf8(bytes, 1, bytes.length - 1);
    expect(Buffer.from(decoded)).toEqual(hex(text));
  });

  test('keeps a byte order mark (RFC 6455 section 8.1)', () => {
    expect(decodeUtf8(hex('efbbbf 41'), 0, 4)).toBe('\ufeffA');
  });

  test.each(impossible)('or fails with 1007: %s: %s', (_, text) => {
    expect(() => decodeUtf8(hex(text), 0, hex(text).length)).toThrow(
      failure('POSTERN_ERR_UTF8', 1007),
    );
  });

  test('or fails with 1007 a character that has not ended: e282', () => {
    expect(() => decodeUtf8(hex('41 e282'), 0, 3)).toThrow(failure('POSTERN_ERR_UTF8', 1007));
  });

  test('fails a text that has U+FFFD and something wrong: efbfbd ff', () => {
    expect(() => decodeUtf8(hex('efbfbd ff'), 0, 4)).toThrow(failure('POSTERN_ERR_UTF8', 1007));
  });
});

test('checks bytes as a whole (RFC 6455 section 8.1)', () => {
  for (const [, text] of legal) expect(() => checkUtf8(hex(text))).not.toThrow();
  for (const [, text] of impossible) {
    expect(() => checkUtf8(hex(text))).toThrow(failure('POSTERN_ERR_UTF8', 1007));
  }
});

test('the failure does not repeat what the peer sent', () => {
  expect(invalidUtf8().message).toBe('text is not valid UTF-8');
});

describe('reads and writes text', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.doUnmock('node:buffer');
    vi.resetModules();
  });

  test('by the methods that Buffer has without saying so', () => {
    const target = Buffer.alloc(12, 0xee);
    expect(writeUtf8(target, 'n\u00e9\ud800', 2)).toBe(6);
    expect(target).toEqual(hex('eeee 6e c3a9 efbfbd eeeeeeee'));
    expect(sliceUtf8(target, 2, 5)).toBe('n\u00e9');
    expect(sliceUtf8(target, 0, 2)).toBe('\ufffd\ufffd');
  });

  test('the same by those in its manual, should the others ever go', async () => {
    const bare = Object.assign(() => {}, { prototype: {} });
    vi.doMock('node:buffer', () => ({ Buffer: bare, isUtf8 }));
    vi.resetModules();
    const plain = await import('../../src/protocol/utf8.js');
    const write = vi.spyOn(Buffer.prototype, 'write');
    const toString = vi.spyOn(Buffer.prototype, 'toString');

    const target = Buffer.alloc(12, 0xee);
    expect(plain.writeUtf8(target, 'n\u00e9\ud800', 2)).toBe(6);
    expect(write).toHaveBeenCalledOnce();
    expect(target).toEqual(hex('eeee 6e c3a9 efbfbd eeeeeeee'));
    toString.mockClear();
    expect(plain.sliceUtf8(target, 2, 5)).toBe('n\u00e9');
    expect(toString).toHaveBeenCalledOnce();
    expect(plain.sliceUtf8(target, 0, 2)).toBe('\ufffd\ufffd');
  });
});
