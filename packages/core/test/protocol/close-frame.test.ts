import { describe, expect, test } from 'vitest';

import {
  checkCloseArguments,
  closePayload,
  MAX_CLOSE_REASON,
  parseClosePayload,
} from '../../src/protocol/close-frame.js';
import { failure } from '../support/failure.js';
import { hex } from '../support/hex.js';

describe('reads the payload of a close frame (section 5.5.1)', () => {
  test('nothing: 1005, which is never on the wire (section 7.1.5)', () => {
    expect(parseClosePayload(hex(''))).toEqual({ code: 1005, reason: '' });
  });

  test.each(['00', '03', 'e8', 'ff'])('one byte fails with 1002: %s', (bytes) => {
    expect(() => parseClosePayload(hex(bytes))).toThrow(failure('POSTERN_ERR_CLOSE_FRAME', 1002));
  });

  test.each([
    ['03e8', 1000],
    ['03e9', 1001],
    ['03ea', 1002],
    ['03eb', 1003],
    ['03ef', 1007],
    ['03f0', 1008],
    ['03f1', 1009],
    ['03f2', 1010],
    ['03f3', 1011],
    ['03f4', 1012],
    ['03f5', 1013],
    ['03f6', 1014],
    ['0bb8', 3000],
    ['0f9f', 3999],
    ['0fa0', 4000],
    ['1387', 4999],
  ])('%s is %i', (bytes, code) => {
    expect(parseClosePayload(hex(bytes))).toEqual({ code, reason: '' });
  });

  test.each([
    ['0000', 0],
    ['03e7', 999],
    ['03ec', 1004],
    ['03ed', 1005],
    ['03ee', 1006],
    ['03f7', 1015],
    ['03f8', 1016],
    ['044c', 1100],
    ['07d0', 2000],
    ['0bb7', 2999],
    ['1388', 5000],
    ['ffff', 65_535],
  ])('%s, %i, fails with 1002 (section 7.4)', (bytes, code) => {
    const act = () => parseClosePayload(hex(bytes));
    expect(act).toThrow(failure('POSTERN_ERR_CLOSE_FRAME', 1002));
    expect(act).toThrow(
      `close frame with code ${code}, expected 1000-1003, 1007-1014 or 3000-4999`,
    );
  });

  test.each([
    ['03e8 627965', 'bye'],
    ['03e8 f48fbfbf', '\u{10ffff}'],
    ['03e8 efbfbf', '\uffff'],
    ['03e8 efbfbd', '\ufffd'],
    ['03e8 cebae1bdb9cf83cebcceb5', '\u03ba\u1f79\u03c3\u03bc\u03b5'],
  ])('a reason in UTF-8: %s', (bytes, reason) => {
    expect(parseClosePayload(hex(bytes))).toEqual({ code: 1000, reason });
  });

  test('a reason of 123 bytes', () => {
    const payload = Buffer.concat([hex('03e8'), Buffer.alloc(123, 'x')]);
    expect(parseClosePayload(payload).reason).toBe('x'.repeat(123));
  });

  test.each(['03e8 ff', '03e8 eda080', '03e8 e282', '03e8 f4908080', '03e8 61c0af'])(
    'a reason that is not UTF-8 fails with 1007 (section 8.1): %s',
    (bytes) => {
      expect(() => parseClosePayload(hex(bytes))).toThrow(failure('POSTERN_ERR_UTF8', 1007));
    },
  );

  test('a code that must not be sent is judged before the reason: 03ed ff', () => {
    expect(() => parseClosePayload(hex('03ed ff'))).toThrow(
      failure('POSTERN_ERR_CLOSE_FRAME', 1002),
    );
  });
});

describe('makes the payload of a close frame (section 5.5.1)', () => {
  test.each([
    [1005, '', ''],
    [1005, 'nobody reads it', ''],
    [1000, '', '03e8'],
    [1001, 'bye', '03e9 627965'],
    [4999, 'é', '1387 c3a9'],
    [1000, '\ud800', '03e8 efbfbd'],
  ])('%i and "%s": %s', (code, reason, bytes) => {
    expect(closePayload(code, reason)).toEqual(hex(bytes));
  });

  test('that is read back as it was', () => {
    const reason = 'x'.repeat(MAX_CLOSE_REASON);
    expect(closePayload(4000, reason).length).toBe(125);
    expect(parseClosePayload(closePayload(4000, reason))).toEqual({ code: 4000, reason });
  });
});

describe('checks what a caller wants to close with', () => {
  test.each([
    [1000, ''],
    [3000, 'x'.repeat(123)],
    [4999, `${'é'.repeat(61)}x`],
    [1014, '\ud800'.repeat(41)],
  ])('%i and "%s" may be sent', (code, reason) => {
    expect(() => checkCloseArguments(code, reason)).not.toThrow();
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, -1, NaN])(
    '%d is out of range (section 7.4)',
    (code) => {
      const act = () => checkCloseArguments(code, '');
      expect(act).toThrow(RangeError);
      expect(act).toThrow(`close code ${code}, expected 1000-1003, 1007-1014 or 3000-4999`);
    },
  );

  test.each([
    ['x'.repeat(124), 124],
    ['é'.repeat(62), 124],
    ['\ud800'.repeat(42), 126],
  ])('a reason of too many bytes is out of range (section 5.5): %s', (reason, length) => {
    const act = () => checkCloseArguments(1000, reason);
    expect(act).toThrow(RangeError);
    expect(act).toThrow(`close reason of ${length} bytes, expected at most 123`);
  });

  test.each([undefined, null, '1000', 1000n, {}, new Uint16Array(2)])(
    'a code that is no number is a TypeError: %o',
    (code) => {
      expect(() => checkCloseArguments(code, '')).toThrow(TypeError);
    },
  );

  test.each([undefined, null, 100, {}, new Float64Array(100), Buffer.from('bye')])(
    'a reason that is no string is a TypeError: %o',
    (reason) => {
      expect(() => checkCloseArguments(1000, reason)).toThrow(TypeError);
    },
  );
});
