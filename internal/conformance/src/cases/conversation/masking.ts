import type { ConversationCase } from '../../case.js';
import { conversation } from '../../define-case.js';
import { failed, receiveBinary, receiveText, send } from '../../steps.js';
import type { Frame } from '../../wire/frame.js';
import {
  binary,
  close,
  continuation,
  ping,
  pong,
  text,
  unfinished,
  wronglyMasked,
} from '../../wire/frames.js';
import { hex } from '../../wire/hex.js';
import { counting } from './framing.js';

const frames: readonly (readonly [name: string, frame: Frame])[] = [
  ['text', text('Hello')],
  ['empty-text', text()],
  ['binary', binary('Hello')],
  ['binary-of-200', binary(counting(200))],
  ['first-fragment', unfinished(text('Hel'))],
  ['ping', ping('Hello')],
  ['empty-ping', ping()],
  ['pong', pong('Hello')],
  ['close', close(1000)],
  ['empty-close', close()],
];

const wrongRole = frames.map(([name, frame]) =>
  conversation({
    id: `5.1/wrongly-masked-${name}`,
    title: `a ${name} frame, not masked by a client or masked by a server, fails with 1002`,
    steps: [send(wronglyMasked(frame))],
    ending: failed(1002),
  }),
);

const lateWrongRole = [
  conversation({
    id: '5.1/wrongly-masked-continuation',
    title: 'a continuation masked otherwise than the fragment before it fails with 1002',
    steps: [send(unfinished(text('Hel')), wronglyMasked(continuation('lo')))],
    ending: failed(1002),
  }),
  conversation({
    id: '5.1/wrongly-masked-after-an-echo',
    title: 'a frame masked as its role must not fails with 1002 after messages were exchanged',
    steps: [send(text('good')), receiveText('good'), send(wronglyMasked(text('bad')))],
    ending: failed(1002),
  }),
];

const keys = ['00000000', 'ffffffff', '000000ff', 'ff000000', '80808080', '01020304'];

const everyKey = keys.map((key) =>
  conversation({
    id: `5.3/key-${key}`,
    title: `a payload masked with the key ${key} is read`,
    roles: ['server'],
    steps: [
      send({ ...binary(counting(61)), maskingKey: hex(key) }),
      receiveBinary(counting(61)),
      send({ ...text('Hello'), maskingKey: hex(key) }),
      receiveText('Hello'),
    ],
  }),
);

const everyPhase: readonly ConversationCase[] = [
  conversation({
    id: '5.3/lengths-0-to-70',
    title: 'masked payloads of every length up to 70 are read, glued together in one segment',
    roles: ['server'],
    steps: () => {
      const payloads = Array.from({ length: 71 }, (nothing, length) => counting(length));
      const masked = payloads.map((payload, index) => ({
        ...binary(payload),
        maskingKey: keyOf(index),
      }));
      return [send(...masked), ...payloads.map((payload) => receiveBinary(payload))];
    },
  }),
  conversation({
    id: '5.3/key-per-fragment',
    title: 'every fragment of a message is unmasked with a key of its own',
    roles: ['server'],
    steps: () => {
      const parts = [3, 5, 1, 0, 9, 130].map(counting);
      const fragments: Frame[] = parts.map((part, index) => ({
        ...(index === 0 ? binary(part) : continuation(part)),
        fin: index === parts.length - 1,
        maskingKey: keyOf(index + 1),
      }));
      return [send(...fragments), receiveBinary(Buffer.concat(parts))];
    },
  }),
];

function keyOf(index: number): Buffer {
  return Buffer.of(index * 7 + 1, index * 13 + 2, index * 29 + 3, index * 53 + 4);
}

const freshKeys = conversation({
  id: '5.3/fresh-keys',
  title: 'a client masks every frame with another key',
  roles: ['client'],
  steps: () => [
    ...Array.from({ length: 200 }, () => [send(text('a')), receiveText('a')]).flat(),
    {
      kind: 'check',
      find: ({ maskingKeys }) => {
        const different = new Set(maskingKeys.map((key) => key.toString('hex'))).size;
        return different < maskingKeys.length - 2
          ? `found ${different} keys in 200 frames`
          : undefined;
      },
    },
  ],
});

/** Who masks and who does not (section 5.1), and that any key is undone (section 5.3). */
export const masking = [...wrongRole, ...lateWrongRole, ...everyKey, ...everyPhase, freshKeys];
