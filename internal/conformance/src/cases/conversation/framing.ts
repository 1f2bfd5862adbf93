import type { ConversationCase, Step } from '../../case.js';
import { conversation } from '../../define-case.js';
import { failed, receiveBinary, receiveText, send, sendInChunks } from '../../steps.js';
import type { LengthForm } from '../../wire/frame.js';
import {
  binary,
  continuation,
  declaring,
  text,
  unfinished,
  withLengthForm,
} from '../../wire/frames.js';
import { hex } from '../../wire/hex.js';

const hello = { text: '48656c6c6f', masked: '7f9f4d5158' };

/** The examples of section 5.7, to the byte. */
const examples: readonly ConversationCase[] = [
  conversation({
    id: '5.7/masked-hello',
    title: 'the masked example "Hello" of the RFC is read',
    roles: ['server'],
    steps: [send(hex(`81 85 37fa213d ${hello.masked}`)), receiveText('Hello')],
  }),
  conversation({
    id: '5.7/unmasked-hello',
    title: 'the unmasked example "Hello" of the RFC is read',
    roles: ['client'],
    steps: [send(hex(`81 05 ${hello.text}`)), receiveText('Hello')],
  }),
  conversation({
    id: '5.7/fragmented-hello',
    title: 'the fragmented example "Hel" and "lo" of the RFC is one message',
    roles: ['client'],
    steps: [send(hex('01 03 48656c 80 02 6c6f')), receiveText('Hello')],
  }),
  conversation({
    id: '5.7/256-bytes',
    title: 'the example of 256 bytes behind a 16-bit length is read',
    roles: ['client'],
    steps: [send(hex('82 7e 0100'), Buffer.alloc(256, 7)), receiveBinary(Buffer.alloc(256, 7))],
  }),
  conversation({
    id: '5.7/64-kib',
    title: 'the example of 64 KiB behind a 64-bit length is read',
    roles: ['client'],
    steps: [
      send(hex('82 7f 0000000000010000'), Buffer.alloc(65_536, 7)),
      receiveBinary(Buffer.alloc(65_536, 7)),
    ],
    largestMessage: 65_536,
  }),
];

const lengths = [
  0, 1, 2, 124, 125, 126, 127, 128, 129, 255, 256, 257, 32_767, 32_768, 65_534, 65_535, 65_536,
  65_537,
];

const everyLength = lengths.flatMap((length) => [
  conversation({
    id: `5.2/text-of-${length}`,
    title: `a text message of ${length} bytes comes back as text`,
    steps: () => echoOf(text('*'.repeat(length)), receiveText('*'.repeat(length))),
    largestMessage: length,
  }),
  conversation({
    id: `5.2/binary-of-${length}`,
    title: `a binary message of ${length} bytes comes back as binary`,
    steps: () => echoOf(binary(counting(length)), receiveBinary(counting(length))),
    largestMessage: length,
  }),
]);

function echoOf(frame: ReturnType<typeof text>, received: Step): Step[] {
  return [send(frame), received];
}

/** Bytes in which a shift or a swap would show. */
export function counting(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = index * 31 + (index >> 8);
  return bytes;
}

const longerForms: readonly (readonly [length: number, form: LengthForm])[] = [
  [0, 16],
  [1, 16],
  [125, 16],
  [0, 64],
  [125, 64],
  [126, 64],
  [65_535, 64],
];

const notShortest = longerForms.flatMap(([length, form]) => [
  conversation({
    id: `5.2/length-${length}-in-${form}-bits`,
    title: `a length of ${length} written with ${form} bits is not the shortest and fails with 1002`,
    steps: () => [send(withLengthForm(binary(counting(length)), form))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.2/length-${length}-in-${form}-bits-from-the-header`,
    title: `a length of ${length} written with ${form} bits fails before any payload has come`,
    severity: 'postern',
    steps: [send(withLengthForm(declaring(text(), length), form))],
    ending: failed(1002),
  }),
  conversation({
    id: `5.2/length-${length}-in-${form}-bits-of-a-fragment`,
    title: `a continuation whose length of ${length} takes ${form} bits fails with 1002`,
    steps: () => [
      send(unfinished(binary('a')), withLengthForm(continuation(counting(length)), form)),
    ],
    ending: failed(1002),
  }),
]);

const topBit: readonly (readonly [name: string, length: bigint])[] = [
  ['only-the-top-bit', 1n << 63n],
  ['top-bit-and-5', (1n << 63n) + 5n],
  ['all-ones', (1n << 64n) - 1n],
];

const tooLong = topBit.flatMap(([name, length]) =>
  [text, binary].map((make) =>
    conversation({
      id: `5.2/${name}-of-a-${make === text ? 'text' : 'binary'}-length`,
      title: `a 64-bit ${make === text ? 'text' : 'binary'} length whose top bit is set fails from the header alone (${name})`,
      steps: [send(declaring(make(), length))],
      ending: failed(1002, 1009),
    }),
  ),
);

const chunkSizes = [1, 2, 3, 5, 7, 11, 13, 64, 997];

const chunked = chunkSizes.map((size) =>
  conversation({
    id: `5.2/chunks-of-${size}`,
    title: `four messages in segments of ${size} bytes come back whole and in order`,
    steps: () => {
      const messages = [1, 130, 0, 700].map(counting);
      return [
        sendInChunks(size, ...messages.map((message) => binary(message))),
        ...messages.map((message) => receiveBinary(message)),
      ];
    },
  }),
);

/** The frame format of section 5.2: lengths in all forms, right and wrong. */
export const framing = [...examples, ...everyLength, ...notShortest, ...tooLong, ...chunked];
