import type { ConversationCase, Limits } from '../../case.js';
import { conversation } from '../../define-case.js';
import { failed, receiveBinary, receivePong, receiveText, send } from '../../steps.js';
import {
  binary,
  continuation,
  declaring,
  fragments,
  ping,
  text,
  unfinished,
} from '../../wire/frames.js';

const beyondAll: readonly (readonly [name: string, length: bigint])[] = [
  ['2-to-the-30', 1n << 30n],
  ['2-to-the-31', 1n << 31n],
  ['2-to-the-32', 1n << 32n],
  ['2-to-the-32-and-5', (1n << 32n) + 5n],
  ['2-to-the-40', 1n << 40n],
  ['largest-safe-integer', (1n << 53n) - 1n],
  ['2-to-the-53', 1n << 53n],
  ['2-to-the-53-and-1', (1n << 53n) + 1n],
  ['largest-of-63-bits', (1n << 63n) - 1n],
];

const declared = beyondAll.flatMap(([name, length]) => {
  const skip = ({ maxMessageSize }: Limits): string | undefined =>
    length <= BigInt(maxMessageSize) ? 'the limit is above the declared length' : undefined;
  return [
    ...[text, binary].map((make) =>
      conversation({
        id: `7.4.1/declared-${name}-${make === text ? 'text' : 'binary'}`,
        title: `a ${make === text ? 'text' : 'binary'} length of ${length} is over the limit and fails with 1009 from the header alone`,
        steps: [send(declaring(make(), length))],
        ending: failed(1009),
        skip,
      }),
    ),
    conversation({
      id: `7.4.1/declared-${name}-continuation`,
      title: `a continuation that declares ${length} bytes fails with 1009 from the header alone`,
      steps: [send(unfinished(binary('0123456789')), declaring(continuation(), length))],
      ending: failed(1009),
      skip,
    }),
  ];
});

/** Cases that move as many bytes as the limit allows want a limit that is not huge. */
const smallLimit = ({ maxMessageSize }: Limits): string | undefined =>
  maxMessageSize > 4_194_304
    ? `the limit of ${maxMessageSize} bytes is too much to fill`
    : undefined;

type AtLimit = Omit<Parameters<typeof conversation>[0], 'skip' | 'patience'>;

const filling: readonly AtLimit[] = [
  {
    id: '7.4.1/exactly-the-limit',
    title: 'a message of exactly the limit comes back',
    steps: ({ maxMessageSize: size }) => [
      send(binary(Buffer.alloc(size, 5))),
      receiveBinary(Buffer.alloc(size, 5)),
    ],
  },
  {
    id: '7.4.1/exactly-the-limit-as-text',
    title: 'a text of exactly the limit in bytes, not characters, comes back',
    steps: ({ maxMessageSize: size }) => {
      const payload = Buffer.concat([Buffer.alloc(size - 4, 'a'), Buffer.from('😀')]);
      return [send(text(payload)), receiveText(payload)];
    },
  },
  {
    id: '7.4.1/exactly-the-limit-in-fragments',
    title: 'fragments that make exactly the limit come back as one message',
    steps: ({ maxMessageSize: size }) => [
      send(...fragments(binary(Buffer.alloc(size, 5)), Math.ceil(size / 7))),
      receiveBinary(Buffer.alloc(size, 5)),
    ],
  },
  {
    id: '7.4.1/fragments-over-the-limit-by-one',
    title: 'a continuation whose header goes one byte over the limit fails with 1009',
    steps: ({ maxMessageSize: size }) => [
      send(unfinished(binary(Buffer.alloc(size, 5))), declaring(continuation(), 1)),
    ],
    ending: failed(1009),
  },
  {
    id: '7.4.1/fragments-over-the-limit-together',
    title: 'a continuation that fits alone but not behind the fragments before it fails with 1009',
    steps: ({ maxMessageSize: size }) => {
      const half = Buffer.alloc(Math.ceil(size / 2), 5);
      return [
        send(unfinished(binary(half)), ping('so far so good')),
        receivePong('so far so good'),
        send(declaring(unfinished(continuation()), size - half.length + 1)),
      ];
    },
    ending: failed(1009),
  },
  {
    id: '7.4.1/limit-is-per-message',
    title: 'three messages of two thirds of the limit are no message over the limit',
    steps: ({ maxMessageSize: size }) => {
      const payload = Buffer.alloc(Math.floor((size * 2) / 3), 6);
      return [1, 2, 3].flatMap(() => [send(binary(payload)), receiveBinary(payload)]);
    },
  },
];

const atTheLimit: readonly ConversationCase[] = [
  ...[text, binary].map((make) =>
    conversation({
      id: `7.4.1/declared-one-over-${make === text ? 'text' : 'binary'}`,
      title: `a ${make === text ? 'text' : 'binary'} length one over the limit fails with 1009 from the header alone`,
      steps: ({ maxMessageSize }) => [send(declaring(make(), maxMessageSize + 1))],
      ending: failed(1009),
    }),
  ),
  conversation({
    id: '7.4.1/declared-exactly-the-limit',
    title:
      'a header that declares exactly the limit is waited for, and the pings before it answered',
    steps: ({ maxMessageSize }) => [
      send(ping('before'), declaring(binary(), maxMessageSize)),
      receivePong('before'),
      { kind: 'finish' },
    ],
    ending: { kind: 'ended' },
  }),
  ...filling.map((row) => conversation({ ...row, skip: smallLimit, patience: 4 })),
];

/** Messages too big to process: close code 1009, section 7.4.1. */
export const limits = [...declared, ...atTheLimit];
