import { expect, test } from 'vitest';

import { CloseCode, isSendableCloseCode } from '../../src/protocol/close-code.js';

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

test('a close frame may carry 1000-1003, 1007-1014 and 3000-4999, and no other 16 bits (section 7.4)', () => {
  const sendable: number[] = [];
  for (let code = 0; code <= 0xffff; code += 1) if (isSendableCloseCode(code)) sendable.push(code);
  expect(sendable).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
});

test.each([-1000, 1000.5, 3000.5, NaN, Infinity, 65_536 + 1000])('%d is no close code', (code) => {
  expect(isSendableCloseCode(code)).toBe(false);
});

test.each([
  ['NoStatus', 1005],
  ['Abnormal', 1006],
  ['TlsHandshake', 1015],
] as const)('%s, %i, is never on the wire (section 7.4.1)', (name, code) => {
  expect(CloseCode[name]).toBe(code);
  expect(isSendableCloseCode(code)).toBe(false);
});
