import { conversation } from '../../define-case.js';
import { afterEchoing, failed, receiveText, send, textMessage } from '../../steps.js';
import type { Frame } from '../../wire/frame.js';
import {
  binary,
  close,
  continuation,
  frame,
  ping,
  pong,
  text,
  unfinished,
  withReserved,
} from '../../wire/frames.js';

const everyBits = [1, 2, 3, 4, 5, 6, 7];
const singleBits = [1, 2, 4];

const carriers: readonly (readonly [name: string, frame: Frame, bits: readonly number[]])[] = [
  ['text', text('Hello'), everyBits],
  ['empty-text', text(), singleBits],
  ['binary', binary('Hello'), everyBits],
  ['ping', ping('Hello'), everyBits],
  ['empty-ping', ping(), singleBits],
  ['pong', pong('Hello'), singleBits],
  ['close', close(1000), singleBits],
  ['first-fragment', unfinished(text('Hel')), singleBits],
];

const reservedBits = carriers.flatMap(([name, carrier, bits]) =>
  bits.map((reserved) =>
    conversation({
      id: `5.2/reserved-bits-${reserved}-on-${name}`,
      title: `reserved bits ${reserved} on a frame (${name}) fail with 1002`,
      steps: [send(withReserved(carrier, reserved))],
      ending: failed(1002),
    }),
  ),
);

const insideMessages = singleBits.flatMap((reserved) => [
  conversation({
    id: `5.2/reserved-bits-${reserved}-on-continuation`,
    title: `reserved bits ${reserved} on a continuation fail with 1002`,
    steps: [send(unfinished(text('Hel')), withReserved(continuation('lo'), reserved))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.2/reserved-bits-${reserved}-on-ping-between-fragments`,
    title: `reserved bits ${reserved} on a ping between fragments fail with 1002`,
    steps: [send(unfinished(text('Hel')), withReserved(ping(), reserved), continuation('lo'))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.2/reserved-bits-${reserved}-after-a-message`,
    title: `reserved bits ${reserved} on a frame right behind a good message fail with 1002`,
    steps: [send(text('good'), withReserved(text('bad'), reserved))],
    ending: afterEchoing(failed(1002), textMessage('good')),
  }),
]);

const reservedOpcodes = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf].flatMap((opcode) => {
  const name = opcode.toString(16);
  return [
    conversation({
      id: `5.2/reserved-opcode-${name}`,
      title: `an empty frame of reserved opcode 0x${name} fails with 1002`,
      steps: [send(frame(opcode))],
      ending: failed(1002),
    }),
    conversation({
      id: `5.2/reserved-opcode-${name}-with-payload`,
      title: `a frame of reserved opcode 0x${name} fails with 1002 although it has a payload`,
      steps: [send(frame(opcode, 'Hello'))],
      ending: failed(1002),
    }),
    conversation({
      id: `5.2/reserved-opcode-${name}-between-fragments`,
      title: `a frame of reserved opcode 0x${name} between fragments fails with 1002`,
      steps: [send(unfinished(text('Hel')), frame(opcode), continuation('lo'))],
      ending: failed(1002),
    }),
    conversation({
      id: `5.2/reserved-opcode-${name}-after-an-echo`,
      title: `a frame of reserved opcode 0x${name} fails with 1002 after messages were exchanged`,
      steps: [send(text('good')), receiveText('good'), send(frame(opcode))],
      ending: failed(1002),
    }),
  ];
});

/** Reserved bits and opcodes of section 5.2, with no extension negotiated. */
export const reserved = [...reservedBits, ...insideMessages, ...reservedOpcodes];
