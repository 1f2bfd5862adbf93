import { conversation } from '../../define-case.js';
import {
  receiveBinary,
  receiveNewestPong,
  receivePong,
  receiveText,
  send,
  sendOneByOne,
} from '../../steps.js';
import { binary, ping, pong, text } from '../../wire/frames.js';
import { hex } from '../../wire/hex.js';
import { counting } from './framing.js';

const payloadLengths = [0, 1, 2, 3, 4, 5, 7, 8, 16, 63, 64, 123, 124, 125];

const payloads = payloadLengths.map((length) =>
  conversation({
    id: `5.5.2/ping-of-${length}`,
    title: `a ping of ${length} bytes is answered by a pong with the same bytes`,
    steps: [send(ping(counting(length))), receivePong(counting(length))],
  }),
);

const singles = [
  conversation({
    id: '5.5.2/every-payload-length',
    title: 'pings of every length from 0 to 125, one after another, are all answered',
    steps: () =>
      Array.from({ length: 126 }, (nothing, length) => [
        send(ping(counting(length))),
        receivePong(counting(length)),
      ]).flat(),
  }),
  conversation({
    id: '5.5.2/ping-that-is-no-text',
    title: 'a ping whose payload is no UTF-8 is answered like any other',
    steps: [send(ping(hex('c0 80 ff fe 00'))), receivePong(hex('c0 80 ff fe 00'))],
  }),
  conversation({
    id: '5.5.2/ping-before-any-message',
    title: 'a ping as the very first frame is answered, and messages work after it',
    steps: [send(ping('first')), receivePong('first'), send(text('then')), receiveText('then')],
  }),
  conversation({
    id: '5.5.2/ping-behind-a-message',
    title: 'a ping behind a message in the same segment is answered, and the message echoed',
    steps: [send(text('a'), ping('b')), receivePong('b'), receiveText('a')],
  }),
  conversation({
    id: '5.5.2/ping-between-messages',
    title: 'a ping between two messages in the same segment leaves their order alone',
    steps: [
      send(text('a'), ping('b'), binary('c')),
      receivePong('b'),
      receiveText('a'),
      receiveBinary('c'),
    ],
  }),
];

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (nothing, index) => `${index}`);

const goesOn = [send(text('and on')), receiveText('and on')];

const bursts = [
  ...[2, 10, 61, 1_000].map((count) =>
    conversation({
      id: `5.5.2/${count}-pings-in-one-segment`,
      title: `the newest of ${count} pings in one segment is answered, and the connection lives on`,
      steps: [
        send(...numbered(count).map((payload) => ping(payload))),
        receiveNewestPong(numbered(count)),
        ...goesOn,
      ],
    }),
  ),
  ...[2, 10].map((count) =>
    conversation({
      id: `5.5.2/${count}-pings-one-by-one`,
      title: `the newest of ${count} pings in segments of their own is answered`,
      steps: [
        sendOneByOne(...numbered(count).map((payload) => ping(payload))),
        receiveNewestPong(numbered(count)),
        ...goesOn,
      ],
    }),
  ),
  conversation({
    id: '5.5.2/50-batches-of-20-pings',
    title: 'the newest ping of each of fifty batches is answered',
    steps: [
      ...numbered(50).flatMap(() => [
        send(...numbered(20).map((payload) => ping(payload))),
        receiveNewestPong(numbered(20)),
      ]),
      ...goesOn,
    ],
  }),
];

const unsolicited = [
  conversation({
    id: '5.5.3/unasked-pong',
    title: 'a pong that nobody asked for is ignored',
    steps: [send(pong('unasked')), send(text('and on')), receiveText('and on')],
  }),
  conversation({
    id: '5.5.3/unasked-empty-pong',
    title: 'an empty pong that nobody asked for is ignored',
    steps: [send(pong()), send(text('and on')), receiveText('and on')],
  }),
  conversation({
    id: '5.5.3/unasked-pong-of-125',
    title: 'a pong of 125 bytes that nobody asked for is ignored',
    steps: [send(pong(counting(125))), send(text('and on')), receiveText('and on')],
  }),
  conversation({
    id: '5.5.3/1000-unasked-pongs',
    title: 'a thousand pongs in one segment are ignored',
    steps: [
      send(...Array.from({ length: 1_000 }, () => pong('unasked'))),
      send(text('and on')),
      receiveText('and on'),
    ],
  }),
  conversation({
    id: '5.5.3/unasked-pong-then-ping',
    title: 'a pong and a ping in one segment bring exactly one pong',
    steps: [send(pong('unasked'), ping('asked')), receivePong('asked')],
  }),
];

/** Pings and pongs: sections 5.5.2 and 5.5.3. */
export const pings = [...payloads, ...singles, ...bursts, ...unsolicited];
