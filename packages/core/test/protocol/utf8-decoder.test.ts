import { afterEach, describe, expect, test, vi } from 'vitest';

import { hex } from '../support/hex.js';

afterEach(() => {
  vi.doUnmock('node:process');
  vi.resetModules();
});

/** The decoder as it is on a Node with this version of V8. */
async function decoderOn(v8: string) {
  vi.doMock('node:process', () => ({ versions: { v8 } }));
  vi.resetModules();
  return import('../../src/protocol/utf8-decoder.js');
}

const foreign = Buffer.from('жизнь мир '.repeat(20));
const ascii = Buffer.alloc(200, 'a');

describe('decodes in a loop where that is faster', () => {
  test.each([
    ['of other scripts, on V8 12', '12.4.254.21-node.57', foreign, true],
    ['of other scripts, on V8 13', '13.6.233.17-node.53', foreign, false],
    ['in ASCII, on V8 12', '12.4.254.21-node.57', ascii, false],
    ['too short, on V8 12', '12.4.254.21-node.57', foreign.subarray(0, 31), false],
    ['too long, on V8 12', '12.4.254.21-node.57', Buffer.alloc(65_537, 'ж'), false],
  ])('a text %s', async (_, v8, bytes, wanted) => {
    const { wantsLoop } = await decoderOn(v8);
    expect(wantsLoop(bytes, 0, bytes.length)).toBe(wanted);
  });
});

test.each(['11.3.244.8-node.33', '14.6.202.34-node.34'])(
  'on V8 %s a text of other scripts is decoded, and judged',
  async (v8) => {
    await decoderOn(v8);
    const { decodeUtf8 } = await import('../../src/protocol/utf8.js');
    expect(decodeUtf8(foreign, 0, foreign.length)).toBe(foreign.toString());
    const wrong = Buffer.concat([foreign, hex('eda080')]);
    expect(() => decodeUtf8(wrong, 0, wrong.length)).toThrow('text is not valid UTF-8');
  },
);
