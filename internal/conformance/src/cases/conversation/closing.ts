import type { ConversationCase } from '../../case.js';
import { conversation } from '../../define-case.js';
import {
  afterEchoing,
  closed,
  ended,
  failed,
  failedInSilence,
  finish,
  gone,
  receivePong,
  receiveText,
  reset,
  send,
  sendBeginning,
  textMessage,
} from '../../steps.js';
import { Opcode } from '../../wire/frame.js';
import {
  binary,
  close,
  continuation,
  declaring,
  frame,
  ping,
  pong,
  text,
  unfinished,
} from '../../wire/frames.js';
import { hex } from '../../wire/hex.js';
import { impossibleText, truncatedText, validText } from './utf8-vectors.js';

const validCodes = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000,
  4001, 4999,
];

const invalidCodes = [
  0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1100, 1999, 2000, 2999, 5000, 5001, 32_768, 65_535,
];

const codes = [
  ...validCodes.flatMap((code) => [
    conversation({
      id: `7.4/code-${code}`,
      title: `close ${code} is answered with the same code`,
      steps: [send(close(code))],
      ending: closed(code),
    }),
    conversation({
      id: `7.4/code-${code}-with-reason`,
      title: `close ${code} with a reason is answered with the same code`,
      steps: [send(close(code, 'because'))],
      ending: closed(code),
    }),
  ]),
  ...invalidCodes.flatMap((code) => [
    conversation({
      id: `7.4/code-${code}-is-invalid`,
      title: `close ${code} must not be on the wire and fails with 1002`,
      steps: [send(close(code))],
      ending: failed(1002),
    }),
    conversation({
      id: `7.4/code-${code}-with-reason-is-invalid`,
      title: `close ${code} with a reason must not be on the wire and fails with 1002`,
      steps: [send(close(code, 'because'))],
      ending: failed(1002),
    }),
  ]),
];

const lengths: readonly ConversationCase[] = [
  conversation({
    id: '5.5.1/empty',
    title: 'an empty close frame is answered with an empty one or with 1000',
    steps: [send(close())],
    ending: closed('none', 1000),
  }),
  conversation({
    id: '5.5.1/one-byte',
    title: 'a close frame of one byte fails with 1002',
    steps: [send(frame(Opcode.Close, hex('03')))],
    ending: failed(1002),
  }),
  ...[1, 2, 60, 121, 122, 123].map((length) =>
    conversation({
      id: `5.5.1/reason-of-${length}`,
      title: `a close frame with a reason of ${length} bytes is answered`,
      steps: [send(close(1000, '*'.repeat(length)))],
      ending: closed(1000),
    }),
  ),
  conversation({
    id: '5.5.1/reason-of-124',
    title: 'a close frame with a reason of 124 bytes is too long and fails with 1002',
    steps: [send(close(1000, '*'.repeat(124)))],
    ending: failed(1002),
  }),
];

const reasons = [
  ...validText.map(([name, digits]) =>
    conversation({
      id: `5.5.1/reason-${name}`,
      title: `a close reason of valid text (${name}) is answered`,
      steps: [send(close(1000, hex(digits)))],
      ending: closed(1000),
    }),
  ),
  ...[...impossibleText, ...truncatedText].map(([name, digits]) =>
    conversation({
      id: `5.5.1/reason-invalid-${name}`,
      title: `a close reason that is no UTF-8 (${name}) fails with 1007`,
      steps: [send(close(1000, hex(digits)))],
      ending: failed(1007),
    }),
  ),
  conversation({
    id: '5.5.1/reason-and-code-invalid',
    title: 'a close frame with an invalid code and an invalid reason fails with 1002 or 1007',
    steps: [send(close(1005, hex('ff')))],
    ending: failed(1002, 1007),
  }),
];

const afterClose: readonly ConversationCase[] = [
  ['text', text('late')],
  ['binary', binary('late')],
  ['ping', ping('late')],
  ['pong', pong('late')],
  ['second-close', close(1001)],
  ['first-fragment', unfinished(text('late'))],
  ['lone-continuation', continuation('late')],
  ['reserved-opcode', frame(0x3, 'late')],
  ['invalid-text', text(hex('ff'))],
  ['invalid-close', close(1005)],
].map(([name, late]) =>
  conversation({
    id: `5.5.1/${name as string}-behind-close`,
    title: `a ${name as string} frame behind our close frame is ignored`,
    steps: [send(close(1000), late as ReturnType<typeof text>)],
    ending: closed(1000),
  }),
);

const beforeClose: readonly ConversationCase[] = [
  conversation({
    id: '5.5.1/message-before-close',
    title: 'a message and a close frame in one segment are closed in good order, echoed or not',
    steps: [send(text('last words'), close(1000))],
    ending: afterEchoing(closed(1000), textMessage('last words')),
  }),
  conversation({
    id: '5.5.1/ping-before-close',
    title: 'a ping before a close frame is answered before the close frame is',
    severity: 'postern',
    steps: [send(ping('first'), close(1000)), receivePong('first')],
    ending: closed(1000),
  }),
  conversation({
    id: '5.5.1/close-after-messages',
    title: 'a close frame after messages is answered with its code',
    steps: [
      send(text('a')),
      receiveText('a'),
      send(text('b')),
      receiveText('b'),
      send(close(4321)),
    ],
    ending: closed(4321),
  }),
  conversation({
    id: '7.1.5/failure-and-close-cross',
    title: 'a peer that fails the connection while our close frame is on its way closes once',
    steps: [send(frame(0x3), close(1000))],
    ending: failed(1002),
  }),
  conversation({
    id: '7.1.7/nothing-behind-a-failure-is-read',
    title: 'frames behind the one that failed the connection are ignored',
    steps: [send(frame(0x3), text('late'), ping('late'), frame(0x4), close(4000))],
    ending: failed(1002),
  }),
];

const withoutClose: readonly ConversationCase[] = [
  ['at-once', 'before any frame', []],
  ['after-an-echo', 'after a message was echoed', [send(text('a')), receiveText('a')]],
  ['inside-a-header', 'inside a frame header', [sendBeginning(1, text('Hello'))]],
  [
    'inside-an-extended-length',
    'inside an extended length',
    [sendBeginning(3, binary('*'.repeat(300)))],
  ],
  ['inside-a-payload', 'inside a payload', [sendBeginning(8, binary('*'.repeat(300)))]],
  ['inside-a-message', 'between two fragments', [send(unfinished(text('Hel')))]],
  ['inside-a-ping', 'inside a ping', [sendBeginning(4, ping('Hello'))]],
].flatMap(([name, when, steps]) => [
  conversation({
    id: `7.1.1/end-of-tcp-${name as string}`,
    title: `the end of TCP ${when as string}, without a close frame, ends the connection`,
    steps: [...(steps as never[]), finish],
    ending: ended,
    thenStillServes: true,
  }),
  conversation({
    id: `7.1.1/reset-${name as string}`,
    title: `a reset ${when as string} ends the connection and nothing else`,
    steps: [...(steps as never[]), reset],
    ending: gone,
    thenStillServes: true,
  }),
]);

const impatient = [
  conversation({
    id: '7.1.1/close-and-end-of-tcp',
    title: 'a close frame with the end of TCP right behind it ends the connection',
    steps: [send(close(1000)), finish],
    ending: ended,
    thenStillServes: true,
  }),
  conversation({
    id: '7.1.1/close-and-reset',
    title: 'a close frame with a reset right behind it harms nobody',
    steps: [send(close(1000)), reset],
    ending: gone,
    thenStillServes: true,
  }),
  conversation({
    id: '7.1.1/messages-and-reset',
    title: 'a hundred messages with a reset right behind them harm nobody',
    steps: [send(...Array.from({ length: 100 }, () => text('*'.repeat(1_000)))), reset],
    ending: gone,
    thenStillServes: true,
  }),
];

const silent = (
  [
    ['reserved-opcode', frame(0x3), 1002],
    ['invalid-text', text(hex('ff')), 1007],
    ['declared-length', declaring(binary(), 2n ** 40n), 1009],
    ['invalid-close', close(1005), 1002],
  ] as const
).map(([name, wrong, code]) =>
  conversation({
    id: `7.1.7/${name}-and-silence`,
    title: `a server that fails the connection (${name}) ends TCP without waiting for our close frame`,
    severity: 'postern',
    roles: ['server'],
    steps: [send(wrong)],
    ending: failedInSilence(code),
  }),
);

/** The closing handshake, close codes and reasons, and ends without it: sections 5.5.1 and 7. */
export const closing = [
  ...codes,
  ...lengths,
  ...reasons,
  ...afterClose,
  ...beforeClose,
  ...withoutClose,
  ...impatient,
  ...silent,
];
