import { conversation } from '../../define-case.js';
import { failed, receivePong, receiveText, send } from '../../steps.js';
import type { Frame } from '../../wire/frame.js';
import {
  close,
  continuation,
  declaring,
  ping,
  pong,
  text,
  unfinished,
  withLengthForm,
} from '../../wire/frames.js';

type MakeControl = (payload: string) => Frame;

const kinds: readonly (readonly [name: string, make: MakeControl])[] = [
  ['ping', ping],
  ['pong', pong],
  ['close', (payload) => (payload === '' ? close() : close(1000, payload))],
];

const fragmented = kinds.flatMap(([name, make]) => [
  conversation({
    id: `5.5/fragmented-${name}`,
    title: `a ${name} frame without FIN fails with 1002`,
    steps: [send(unfinished(make('')))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.5/fragmented-${name}-with-payload`,
    title: `a ${name} frame without FIN fails with 1002 although its continuation follows`,
    steps: [send(unfinished(make('Hel')), continuation('lo'))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.5/fragmented-${name}-inside-a-message`,
    title: `a ${name} frame without FIN between two fragments fails with 1002`,
    steps: [send(unfinished(text('Hel')), unfinished(make('')), continuation('lo'))],
    ending: failed(1002),
  }),
]);

const oversized = kinds.flatMap(([name, make]) => [
  ...[126, 127, 1_000, 65_536].map((length) =>
    conversation({
      id: `5.5/${name}-of-${length}`,
      title: `a ${name} frame of ${length} bytes fails with 1002 from the header alone`,
      steps: [send(declaring(make(''), length))],
      ending: failed(1002),
    }),
  ),
  conversation({
    id: `5.5/${name}-length-in-16-bits`,
    title: `a ${name} frame whose length of 5 takes 16 bits fails with 1002`,
    steps: [send(withLengthForm(make('Hello'), 16))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.5/${name}-length-in-64-bits`,
    title: `a ${name} frame whose length of 5 takes 64 bits fails with 1002`,
    steps: [send(withLengthForm(make('Hello'), 64))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.5/${name}-of-126-between-fragments`,
    title: `a ${name} frame of 126 bytes between two fragments fails with 1002`,
    steps: [send(unfinished(text('Hel')), make('*'.repeat(name === 'close' ? 124 : 126)))],
    ending: failed(1002),
  }),
]);

const between = [
  conversation({
    id: '5.5/ping-between-fragments',
    title: 'a ping between two fragments is answered before the message ends',
    steps: [
      send(unfinished(text('Hel')), ping('now')),
      receivePong('now'),
      send(continuation('lo')),
      receiveText('Hello'),
    ],
  }),
  conversation({
    id: '5.5/pings-between-all-fragments',
    title: 'a ping after each of ten fragments is answered at once',
    steps: [
      send(unfinished(text('0'))),
      ...Array.from({ length: 9 }, (nothing, index) => [
        send(ping(`ping ${index}`), unfinished(continuation(`${index + 1}`))),
        receivePong(`ping ${index}`),
      ]).flat(),
      send(continuation()),
      receiveText('0123456789'),
    ],
  }),
  conversation({
    id: '5.5/ping-between-all-in-one-segment',
    title: 'a ping between fragments in the same segment is answered and the message whole',
    steps: [
      send(unfinished(text('Hel')), ping('now'), continuation('lo')),
      receivePong('now'),
      receiveText('Hello'),
    ],
  }),
  conversation({
    id: '5.5/large-ping-between-fragments',
    title: 'a ping of 125 bytes between fragments leaves the message alone',
    steps: [
      send(unfinished(text('Hel')), ping('*'.repeat(125)), continuation('lo')),
      receivePong('*'.repeat(125)),
      receiveText('Hello'),
    ],
  }),
  conversation({
    id: '5.5/pong-between-fragments',
    title: 'a pong between fragments is ignored and leaves the message alone',
    steps: [send(unfinished(text('Hel')), pong('late'), continuation('lo')), receiveText('Hello')],
  }),
  conversation({
    id: '5.5/ping-before-an-empty-first-fragment-ends',
    title: 'a ping behind an empty first fragment is answered at once',
    steps: [
      send(unfinished(text()), ping()),
      receivePong(),
      send(continuation('a')),
      receiveText('a'),
    ],
  }),
];

/** What all control frames have in common: whole, at most 125 bytes, anywhere (sections 5.4 and 5.5). */
export const control = [...fragmented, ...oversized, ...between];
