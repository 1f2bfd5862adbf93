import { clientResponse } from '../../define-case.js';
import { closed, failed, receiveBinary, receivePong, receiveText, send } from '../../steps.js';
import {
  binary,
  close,
  continuation,
  frame,
  ping,
  text,
  unfinished,
  wronglyMasked,
} from '../../wire/frames.js';
import { add, line, set, spellNames, type Edit } from '../../wire/http-head.js';
import { counting } from '../conversation/framing.js';

type Row = readonly [name: string, title: string, edits: readonly Edit[]];

const rows: readonly Row[] = [
  ['as-usual', 'a 101 as section 4.2.2 has it opens the connection', []],
  ['other-reason', 'another reason phrase is no reason to refuse', [line('HTTP/1.1 101 Come In')]],
  ['empty-reason', 'an empty reason phrase is no reason to refuse', [line('HTTP/1.1 101 ')]],
  [
    'names-in-lower-case',
    'header names in lower case are understood',
    [spellNames((name) => name.toLowerCase())],
  ],
  [
    'names-in-upper-case',
    'header names in upper case are understood',
    [spellNames((name) => name.toUpperCase())],
  ],
  ['upgrade-capitalised', 'Upgrade: WebSocket is understood', [set('Upgrade', 'WebSocket')]],
  ['upgrade-upper-case', 'Upgrade: WEBSOCKET is understood', [set('Upgrade', 'WEBSOCKET')]],
  ['connection-lower-case', 'Connection: upgrade is understood', [set('Connection', 'upgrade')]],
  [
    'connection-list',
    'Upgrade is found in a list in Connection',
    [set('Connection', 'keep-alive, Upgrade')],
  ],
  [
    'spaces-around-accept',
    'spaces around the accept key are no part of it',
    [(head) => ({ ...head, headers: head.headers.map(([name, value]) => [name, ` ${value}  `]) })],
  ],
  [
    'more-headers',
    'headers that nobody asked for are ignored',
    [add('Server', 'conformance'), add('Date', 'now'), add('X-Unknown', '')],
  ],
  [
    'cookies',
    'several Set-Cookie headers are ignored',
    [add('Set-Cookie', 'a=1'), add('Set-Cookie', 'b=2')],
  ],
  [
    'prototype-headers',
    'headers named like properties of objects are ignored',
    [add('constructor', 'a'), add('__proto__', 'b')],
  ],
  [
    'other-order',
    'the order of the headers does not count',
    [(head) => ({ ...head, headers: head.headers.toReversed() })],
  ],
];

const answers = rows.map(([name, title, edits]) =>
  clientResponse({ id: `4.1/response-${name}`, title, edits }),
);

const chunks = [1, 2, 7, 50].map((size) =>
  clientResponse({
    id: `4.1/response-in-chunks-of-${size}`,
    title: `a 101 and the frames behind it in segments of ${size} bytes are understood`,
    delivery: { chunksOf: size },
    glued: [text('early'), ping('bird'), binary('still early')],
    steps: [receivePong('bird'), receiveText('early'), receiveBinary('still early')],
  }),
);

const early = [
  clientResponse({
    id: '4.1/early-frame',
    title: 'a frame in the same segment as the 101 is read',
    glued: [text('early')],
    steps: [receiveText('early')],
  }),
  clientResponse({
    id: '4.1/early-frames',
    title: 'a hundred frames in the same segment as the 101 are read in order',
    glued: Array.from({ length: 100 }, (nothing, index) => text(`early ${index}`)),
    steps: Array.from({ length: 100 }, (nothing, index) => receiveText(`early ${index}`)),
  }),
  clientResponse({
    id: '4.1/early-half-frame',
    title: 'a message that begins in the segment of the 101 and goes on later is read',
    glued: [unfinished(text('Hel'))],
    steps: [send(continuation('lo')), receiveText('Hello')],
  }),
  clientResponse({
    id: '4.1/early-200000-bytes',
    title: 'a message of 200,000 bytes right behind the 101 is read',
    glued: [binary(counting(200_000))],
    steps: [receiveBinary(counting(200_000))],
  }),
  clientResponse({
    id: '4.1/early-close',
    title: 'a close frame in the same segment as the 101 is answered',
    glued: [close(1001)],
    steps: [],
    ending: closed(1001),
  }),
  clientResponse({
    id: '4.1/early-mistake',
    title: 'a frame of a reserved opcode in the segment of the 101 fails with 1002',
    glued: [frame(0x3)],
    steps: [],
    ending: failed(1002),
  }),
  clientResponse({
    id: '4.1/early-masked-frame',
    title: 'a masked frame in the segment of the 101 fails with 1002',
    glued: [wronglyMasked(text('early'))],
    steps: [],
    ending: failed(1002),
  }),
];

/** Answers that open the connection: section 4.1. */
export const accepted = [...answers, ...chunks, ...early];
