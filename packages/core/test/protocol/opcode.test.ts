import { expect, test } from 'vitest';

import { CONTROL_BIT, MAX_CONTROL_PAYLOAD, Opcode } from '../../src/protocol/opcode.js';

test('the opcodes are those of RFC 6455 section 5.2', () => {
  expect(Opcode).toEqual({ Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 });
});

test('the control frames, and no others, have the control bit (section 5.5)', () => {
  const control = Object.entries(Opcode).filter(([, opcode]) => (opcode & CONTROL_BIT) !== 0);
  expect(control.map(([name]) => name)).toEqual(['Close', 'Ping', 'Pong']);
});

test('a control frame has at most 125 bytes (section 5.5)', () => {
  expect(MAX_CONTROL_PAYLOAD).toBe(125);
});
