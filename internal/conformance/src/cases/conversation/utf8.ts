import type { ConversationCase } from '../../case.js';
import { conversation } from '../../define-case.js';
import {
  afterEchoing,
  failed,
  receiveBinary,
  receivePong,
  receiveText,
  send,
  sendOneByOne,
  textMessage,
} from '../../steps.js';
import {
  binary,
  continuation,
  declaring,
  fragments,
  ping,
  text,
  unfinished,
} from '../../wire/frames.js';
import { hex } from '../../wire/hex.js';
import { impossibleText, invalidText, truncatedText, validText } from './utf8-vectors.js';

const good = validText.flatMap(([name, digits]) => [
  conversation({
    id: `8.1/valid-${name}`,
    title: `valid text (${name}) comes back to the byte`,
    steps: [send(text(hex(digits))), receiveText(hex(digits))],
  }),
  conversation({
    id: `8.1/valid-${name}-split-everywhere`,
    title: `valid text (${name}) in fragments of one byte comes back to the byte`,
    steps: [sendOneByOne(...fragments(text(hex(digits)), 1)), receiveText(hex(digits))],
  }),
]);

const bad = [...impossibleText, ...invalidText].map(([name, digits]) =>
  conversation({
    id: `8.1/invalid-${name}`,
    title: `invalid text (${name}) in one frame fails with 1007`,
    steps: [send(text(hex(digits)))],
    ending: failed(1007),
  }),
);

const badInFragments = [...impossibleText, ...invalidText].map(([name, digits]) =>
  conversation({
    id: `8.1/invalid-${name}-split-everywhere`,
    title: `invalid text (${name}) in fragments of one byte fails with 1007`,
    steps: [sendOneByOne(...fragments(text(hex(digits)), 1))],
    ending: failed(1007),
  }),
);

const badBehindGood = invalidText.map(([name, digits]) =>
  conversation({
    id: `8.1/invalid-${name}-behind-good-text`,
    title: `invalid text (${name}) behind a hundred good bytes fails with 1007`,
    steps: [send(text(Buffer.concat([Buffer.from('κόσμε'.repeat(10)), hex(digits)])))],
    ending: failed(1007),
  }),
);

const unfinishedFrame = impossibleText.map(([name, digits]) =>
  conversation({
    id: `8.1/impossible-${name}-in-an-unfinished-frame`,
    title: `text fails at the first impossible byte (${name}) while the frame is still arriving`,
    severity: 'postern',
    steps: [send(declaring(text(hex(digits)), 1_000))],
    ending: failed(1007),
  }),
);

const unfinishedMessage = impossibleText.map(([name, digits]) =>
  conversation({
    id: `8.1/impossible-${name}-in-an-unfinished-message`,
    title: `text fails at the first impossible byte (${name}) while fragments are still to come`,
    severity: 'postern',
    steps: [send(unfinished(text(hex(digits))), ping('too late'))],
    ending: failed(1007),
  }),
);

const goodStart = Buffer.from('κόσμε'.repeat(20));

/** Behind so much good text that it is judged by other means than a few bytes are. */
const farIntoAFrame = [
  ...impossibleText.map(([name, digits]) =>
    conversation({
      id: `8.1/impossible-${name}-far-into-an-unfinished-frame`,
      title: `text fails at the first impossible byte (${name}) although 200 good bytes came before`,
      severity: 'postern',
      steps: [send(declaring(text(Buffer.concat([goodStart, hex(digits)])), 5_000))],
      ending: failed(1007),
    }),
  ),
  ...truncatedText.map(([name, digits]) =>
    conversation({
      id: `8.1/unfinished-${name}-waits-behind-good-text`,
      title: `text that stops inside a code point (${name}) behind 200 good bytes is waited for`,
      steps: [
        send(unfinished(text(Buffer.concat([goodStart, hex(digits)]))), ping('still fine')),
        receivePong('still fine'),
      ],
    }),
  ),
];

const truncated = truncatedText.flatMap(([name, digits]) => [
  conversation({
    id: `8.1/truncated-${name}`,
    title: `text that ends inside a code point (${name}) fails with 1007`,
    steps: [send(text(hex(digits)))],
    ending: failed(1007),
  }),
  conversation({
    id: `8.1/truncated-${name}-by-an-empty-fragment`,
    title: `text that an empty last fragment ends inside a code point (${name}) fails with 1007`,
    steps: [send(unfinished(text(hex(digits))), continuation())],
    ending: failed(1007),
  }),
  conversation({
    id: `8.1/unfinished-${name}-waits`,
    title: `text that stops inside a code point (${name}) without its end is waited for`,
    steps: [send(unfinished(text(hex(digits))), ping('still fine')), receivePong('still fine')],
  }),
]);

const emoji = Buffer.from('a😀é€');

const splits = Array.from({ length: emoji.length + 1 }, (nothing, at) =>
  conversation({
    id: `8.1/split-at-${at}`,
    title: `text split into two fragments at byte ${at}, inside a code point or not, is whole`,
    steps: [
      send(unfinished(text(emoji.subarray(0, at))), ping('between')),
      receivePong('between'),
      send(continuation(emoji.subarray(at))),
      receiveText(emoji),
    ],
  }),
);

/** A mistake far from the beginning, where fast paths and the ends of read chunks are. */
const offsets = [31, 63, 64, 125, 1_000, 4_095, 8_191, 65_533, 65_535];

const farAway = offsets.flatMap((offset) => [
  conversation({
    id: `8.1/impossible-at-${offset}`,
    title: `an impossible byte at offset ${offset} of a larger text fails with 1007`,
    steps: () => [
      send(text(Buffer.concat([Buffer.alloc(offset, 'a'), hex('ff'), Buffer.alloc(100, 'b')]))),
    ],
    ending: failed(1007),
    largestMessage: 65_700,
  }),
  conversation({
    id: `8.1/four-bytes-at-${offset}`,
    title: `a code point of four bytes at offset ${offset} of a larger text comes back`,
    steps: () => {
      const payload = `${'a'.repeat(offset)}😀${'b'.repeat(100)}`;
      return [send(text(payload)), receiveText(payload)];
    },
    largestMessage: 65_700,
  }),
]);

const others: readonly ConversationCase[] = [
  conversation({
    id: '8.1/binary-need-not-be-text',
    title: 'a binary message that is no UTF-8 comes back to the byte',
    steps: [
      send(binary(hex('c0 80 ff fe eda080 f4908080'))),
      receiveBinary(hex('c080fffeeda080f4908080')),
    ],
  }),
  conversation({
    id: '8.1/binary-fragments-need-not-be-text',
    title: 'fragments of a binary message are not taken for text',
    steps: [sendOneByOne(...fragments(binary(hex('c080ff')), 1)), receiveBinary(hex('c080ff'))],
  }),
  conversation({
    id: '8.1/state-ends-with-the-message',
    title: 'a code point does not go on from one message to the next',
    steps: [send(binary(hex('e2'))), receiveBinary(hex('e2')), send(text(hex('82ac')))],
    ending: failed(1007),
  }),
  conversation({
    id: '8.1/good-then-bad',
    title: 'an invalid message right behind a valid one fails with 1007',
    steps: [send(text('good'), text(hex('ff')))],
    ending: afterEchoing(failed(1007), textMessage('good')),
  }),
  conversation({
    id: '8.1/bad-then-good',
    title: 'nothing behind an invalid message is echoed',
    steps: [send(text(hex('ff')), text('good'))],
    ending: failed(1007),
  }),
];

/** Text is UTF-8, and judged as it arrives: sections 5.6 and 8.1. */
export const utf8 = [
  ...good,
  ...bad,
  ...badInFragments,
  ...badBehindGood,
  ...unfinishedFrame,
  ...unfinishedMessage,
  ...farIntoAFrame,
  ...truncated,
  ...splits,
  ...farAway,
  ...others,
];
