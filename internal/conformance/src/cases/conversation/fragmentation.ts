import type { ConversationCase, Message } from '../../case.js';
import { conversation } from '../../define-case.js';
import {
  afterEchoing,
  closed,
  failed,
  receiveBinary,
  receivePong,
  receiveText,
  send,
  sendOneByOne,
  textMessage,
} from '../../steps.js';
import type { Frame } from '../../wire/frame.js';
import {
  binary,
  close,
  continuation,
  fragments,
  ping,
  text,
  unfinished,
} from '../../wire/frames.js';
import { counting } from './framing.js';

const more = (data = ''): Frame => unfinished(continuation(data));
const first = (data = ''): Frame => unfinished(text(data));

type Parts = readonly [name: string, what: string, parts: readonly string[]];

const joins: readonly Parts[] = [
  ['two', 'two fragments', ['Hel', 'lo']],
  ['three', 'three fragments', ['H', 'ell', 'o']],
  ['empty-first', 'an empty first fragment', ['', 'Hello']],
  ['empty-middle', 'an empty fragment in the middle', ['Hel', '', 'lo']],
  ['empty-last', 'an empty last fragment', ['Hello', '']],
  ['only-empty', 'nothing but empty fragments', ['', '', '']],
  ['only-two-empty', 'two empty fragments', ['', '']],
  ['only-the-middle', 'empty fragments around the only one with bytes', ['', 'Hello', '']],
  [
    'of-125-and-126',
    'fragments on both sides of a longer length form',
    ['a'.repeat(125), 'b'.repeat(126)],
  ],
];

const joined = joins.flatMap(([name, what, parts]) => {
  const payload = parts.join('');
  const pieces = parts.map((part, index) => ({
    ...continuation(part),
    fin: index === parts.length - 1,
  }));
  const asText = [{ ...pieces[0]!, opcode: 1 }, ...pieces.slice(1)];
  const asBinary = [{ ...pieces[0]!, opcode: 2 }, ...pieces.slice(1)];
  return [
    conversation({
      id: `5.4/${name}-as-text`,
      title: `${what} in one segment make one text message`,
      steps: [send(...asText), receiveText(payload)],
    }),
    conversation({
      id: `5.4/${name}-as-binary`,
      title: `${what} in one segment make one binary message`,
      steps: [send(...asBinary), receiveBinary(payload)],
    }),
    conversation({
      id: `5.4/${name}-one-by-one`,
      title: `${what} in segments of their own make one text message`,
      steps: [sendOneByOne(...asText), receiveText(payload)],
    }),
  ];
});

const sequences: readonly ConversationCase[] = [
  conversation({
    id: '5.4/two-fragmented-messages',
    title: 'a fragmented text and a fragmented binary message keep their types and order',
    steps: [
      send(...fragments(text('first'), 2), ...fragments(binary('second'), 2)),
      receiveText('first'),
      receiveBinary('second'),
    ],
  }),
  conversation({
    id: '5.4/whole-behind-fragmented',
    title: 'a whole message right behind a fragmented one is a message of its own',
    steps: [
      send(...fragments(text('first'), 2), text('second')),
      receiveText('first'),
      receiveText('second'),
    ],
  }),
  ...[64, 1_000].map((count) =>
    conversation({
      id: `5.4/${count}-fragments-of-one-byte`,
      title: `${count} fragments of one byte make one message`,
      steps: () => [send(...fragments(binary(counting(count)), 1)), receiveBinary(counting(count))],
    }),
  ),
  conversation({
    id: '5.4/1000-empty-fragments',
    title: 'a thousand empty fragments before the only byte make a message of one byte',
    steps: () => [
      send(first(), ...Array.from({ length: 999 }, () => more()), continuation('a')),
      receiveText('a'),
    ],
  }),
  conversation({
    id: '5.4/1000-fragments-with-pings',
    title: 'a message of a thousand fragments with pings in between is whole',
    steps: () => [
      ...fragments(binary(counting(1_000)), 100).map((part, index) => send(part, ping(`${index}`))),
      ...Array.from({ length: 10 }, (nothing, index) => receivePong(`${index}`)),
      receiveBinary(counting(1_000)),
    ],
  }),
];

type Wrong = readonly [name: string, what: string, pieces: readonly Frame[], before?: Message];

const outOfOrder: readonly Wrong[] = [
  ['lone-continuation', 'a continuation of nothing', [continuation('lo')]],
  ['lone-empty-continuation', 'an empty continuation of nothing', [continuation()]],
  ['lone-unfinished-continuation', 'a continuation of nothing, without FIN', [more('lo')]],
  [
    'lone-continuation-then-text',
    'a continuation of nothing before a message',
    [continuation('a'), text('b')],
  ],
  [
    'continuation-behind-a-whole-message',
    'a continuation behind a whole message',
    [text('good'), continuation('bad')],
    textMessage('good'),
  ],
  [
    'continuation-behind-a-fragmented-message',
    'a continuation behind the last fragment',
    [first('go'), continuation('od'), continuation('bad')],
    textMessage('good'),
  ],
  ['text-inside-text', 'a text frame inside a text message', [first('Hel'), text('lo')]],
  [
    'text-inside-text-unfinished',
    'a first fragment inside a text message',
    [first('Hel'), first('lo')],
  ],
  ['empty-text-inside-text', 'an empty text frame inside a text message', [first('Hel'), text()]],
  ['binary-inside-text', 'a binary frame inside a text message', [first('Hel'), binary('lo')]],
  [
    'text-inside-binary',
    'a text frame inside a binary message',
    [unfinished(binary('Hel')), text('lo')],
  ],
  [
    'binary-inside-binary',
    'a binary frame inside a binary message',
    [unfinished(binary('a')), binary('b')],
  ],
  [
    'text-after-more-fragments',
    'a text frame after two fragments',
    [first('a'), more('b'), text('c')],
  ],
  ['text-after-empty-first', 'a text frame after an empty first fragment', [first(), text('lo')]],
];

const refused = outOfOrder.map(([name, what, pieces, before]) =>
  conversation({
    id: `5.4/${name}`,
    title: `${what} fails with 1002`,
    steps: [send(...pieces)],
    ending: before === undefined ? failed(1002) : afterEchoing(failed(1002), before),
  }),
);

const closing = [
  conversation({
    id: '5.4/close-between-fragments',
    title: 'a close frame inside an unfinished message is answered at once',
    steps: [send(first('Hel'), close(1001))],
    ending: closed(1001),
  }),
  conversation({
    id: '5.4/close-between-fragments-with-the-rest-behind',
    title: 'fragments behind a close frame are not read',
    steps: [send(first('Hel'), close(1000), continuation('lo'))],
    ending: closed(1000),
  }),
];

/** Messages in fragments: section 5.4. */
export const fragmentation = [...joined, ...sequences, ...refused, ...closing];
