import type { ConversationCase, Step } from '../../case.js';
import { conversation } from '../../define-case.js';
import { receiveBinary, receiveText, send, sendInChunks, sendOneByOne } from '../../steps.js';
import { binary, fragments, text } from '../../wire/frames.js';
import { counting } from './framing.js';

const kib = 1_024;
const mib = 1_048_576;
const sizes = [64 * kib, 256 * kib, mib, 4 * mib, 8 * mib, 16 * mib];

const large = sizes.flatMap((size) => [
  conversation({
    id: `5.6/text-of-${size / kib}-kib`,
    title: `a text message of ${size / kib} KiB comes back`,
    steps: () => echo(text, receiveText, mixedText(size)),
    largestMessage: size,
    patience: 5,
  }),
  conversation({
    id: `5.6/binary-of-${size / kib}-kib`,
    title: `a binary message of ${size / kib} KiB comes back`,
    steps: () => echo(binary, receiveBinary, counting(size)),
    largestMessage: size,
    patience: 5,
  }),
]);

function echo(make: typeof text, receive: typeof receiveText, payload: Buffer): Step[] {
  return [send(make(payload)), receive(payload)];
}

/** Text in which code points of two, three and four bytes meet the ends of chunks at every phase. */
function mixedText(size: number): Buffer {
  const unit = Buffer.from('aé€😀');
  const units = Buffer.alloc(size - (size % unit.length), unit);
  return Buffer.concat([units, Buffer.alloc(size % unit.length, 'z')]);
}

const fragmentSizes = [64, 256, kib, 4 * kib, 64 * kib];

const inFragments = fragmentSizes.flatMap((size) =>
  [text, binary].map((make) => {
    const receive = make === text ? receiveText : receiveBinary;
    return conversation({
      id: `5.4/${make === text ? 'text' : 'binary'}-of-1-mib-in-fragments-of-${size}`,
      title: `a ${make === text ? 'text' : 'binary'} message of 1 MiB in fragments of ${size} bytes comes back whole`,
      steps: () => {
        const payload = make === text ? mixedText(mib) : counting(mib);
        return [send(...fragments(make(payload), size)), receive(payload)];
      },
      largestMessage: mib,
      patience: 5,
    });
  }),
);

const inChunks = [997, 4_096, 65_535].flatMap((size) =>
  [text, binary].map((make) => {
    const receive = make === text ? receiveText : receiveBinary;
    return conversation({
      id: `5.6/${make === text ? 'text' : 'binary'}-of-1-mib-in-chunks-of-${size}`,
      title: `a ${make === text ? 'text' : 'binary'} message of 1 MiB in segments of ${size} bytes comes back`,
      steps: () => {
        const payload = make === text ? mixedText(mib) : counting(mib);
        return [sendInChunks(size, make(payload)), receive(payload)];
      },
      largestMessage: mib,
      patience: 5,
    });
  }),
);

const roundTrips = [0, 16, 125, 126, kib, 16 * kib].map((size) =>
  conversation({
    id: `5.6/1000-round-trips-of-${size}`,
    title: `a thousand messages of ${size} bytes, each sent after the echo of the one before, come back`,
    steps: () =>
      Array.from({ length: 1_000 }, () => echo(text, receiveText, mixedText(size))).flat(),
    largestMessage: size,
    patience: 5,
  }),
);

const pipelined: readonly ConversationCase[] = [
  conversation({
    id: '5.6/1000-messages-at-once',
    title: 'a thousand different messages in one write come back in order',
    steps: () => {
      const messages = Array.from({ length: 1_000 }, (nothing, index) => `message ${index}`);
      return [
        send(...messages.map((data) => text(data))),
        ...messages.map((data) => receiveText(data)),
      ];
    },
    patience: 5,
  }),
  conversation({
    id: '5.6/mixed-sizes-at-once',
    title: 'messages of very different sizes in one write come back in order',
    steps: () => {
      const payloads = [1, 70_000, 0, 126, 9_000, 65_536, 3, 200_000, 125].map(counting);
      return [
        send(...payloads.map((payload) => binary(payload))),
        ...payloads.map((payload) => receiveBinary(payload)),
      ];
    },
    largestMessage: 200_000,
    patience: 5,
  }),
  conversation({
    id: '5.6/types-keep-their-order',
    title: 'text and binary messages in turns keep their types and their order',
    steps: () => [
      sendOneByOne(...Array.from({ length: 50 }, (nothing, index) => pick(index)(`${index}`))),
      ...Array.from({ length: 50 }, (nothing, index) =>
        (pick(index) === text ? receiveText : receiveBinary)(`${index}`),
      ),
    ],
  }),
];

function pick(index: number): typeof text {
  return index % 3 === 0 ? text : binary;
}

/** Large messages and many of them: section 5.6. */
export const sizesAndCounts = [...large, ...inFragments, ...inChunks, ...roundTrips, ...pipelined];
