import { serverHandshake } from '../../define-case.js';
import {
  closed,
  failed,
  finish,
  ended,
  gone,
  receiveBinary,
  receivePong,
  receiveText,
  reset,
  send,
} from '../../steps.js';
import { binary, close, continuation, frame, ping, text, unfinished } from '../../wire/frames.js';
import { add, set } from '../../wire/http-head.js';
import { counting } from '../conversation/framing.js';
import { refused } from './outcomes.js';

const smuggled = Buffer.from('GET /smuggled HTTP/1.1\r\nHost: example.com\r\n\r\n');

const refusedWithMore = [
  ['request', 'an HTTP request', smuggled],
  ['frame', 'a text frame', text('Hello')],
  ['many-bytes', '10,000 bytes', Buffer.alloc(10_000, 'a')],
] as const;

const glued = refusedWithMore.flatMap(([name, what, piece]) => [
  serverHandshake({
    id: `4.2.2/bad-key-with-${name}`,
    title: `${what} glued to a request with a bad key is discarded and the connection closed`,
    edits: [set('Sec-WebSocket-Key', 'short')],
    glued: [piece],
    outcome: refused(400),
  }),
  serverHandshake({
    id: `4.2.2/bad-version-with-${name}`,
    title: `${what} glued to a request of another version is discarded and the connection closed`,
    edits: [set('Sec-WebSocket-Version', '14')],
    glued: [piece],
    outcome: refused(400, 426),
  }),
]);

const early = [
  serverHandshake({
    id: '4.2.2/early-frame',
    title: 'a frame in the same segment as the request is read',
    glued: [text('early')],
    steps: [receiveText('early')],
  }),
  serverHandshake({
    id: '4.2.2/early-frames',
    title: 'a hundred frames in the same segment as the request are read in order',
    glued: Array.from({ length: 100 }, (nothing, index) => text(`early ${index}`)),
    steps: Array.from({ length: 100 }, (nothing, index) => receiveText(`early ${index}`)),
  }),
  serverHandshake({
    id: '4.2.2/early-half-frame',
    title: 'a frame that begins in the segment of the request and goes on later is read',
    glued: [unfinished(text('Hel'))],
    steps: [send(continuation('lo')), receiveText('Hello')],
  }),
  serverHandshake({
    id: '4.2.2/early-60000-bytes',
    title: 'a message of 60,000 bytes right behind the request is read',
    glued: [binary(counting(60_000))],
    steps: [receiveBinary(counting(60_000))],
  }),
  serverHandshake({
    id: '4.2.2/early-ping',
    title: 'a ping in the same segment as the request is answered after the 101',
    glued: [ping('early')],
    steps: [receivePong('early')],
  }),
  serverHandshake({
    id: '4.2.2/early-close',
    title: 'a close frame in the same segment as the request is answered after the 101',
    glued: [close(1001)],
    steps: [],
    ending: closed(1001),
  }),
  serverHandshake({
    id: '4.2.2/early-mistake',
    title:
      'a frame of a reserved opcode in the segment of the request fails with 1002 after the 101',
    glued: [frame(0x3)],
    steps: [],
    ending: failed(1002),
  }),
  serverHandshake({
    id: '4.2.2/early-frame-and-end',
    title: 'a frame and the end of TCP right behind the request end the connection',
    glued: [text('early')],
    steps: [finish],
    ending: ended,
  }),
];

const chunks = [1, 2, 7, 50].flatMap((size) => [
  serverHandshake({
    id: `4.2.1/request-in-chunks-of-${size}`,
    title: `a request in segments of ${size} bytes is understood`,
    delivery: { chunksOf: size },
  }),
  serverHandshake({
    id: `4.2.1/request-and-frames-in-chunks-of-${size}`,
    title: `a request and frames behind it in segments of ${size} bytes are understood`,
    glued: [text('early'), ping('bird'), binary('still early')],
    delivery: { chunksOf: size },
    steps: [receivePong('bird'), receiveText('early'), receiveBinary('still early')],
  }),
]);

const bodies = [
  serverHandshake({
    id: '4.1/body-with-length',
    title: 'an upgrade request with a body is refused',
    severity: 'postern',
    edits: [add('Content-Length', '5')],
    glued: [Buffer.from('hello')],
    outcome: refused(400, 413),
  }),
  serverHandshake({
    id: '4.1/body-that-is-a-frame',
    title: 'a body of an upgrade request is not read as frames',
    severity: 'postern',
    edits: [add('Content-Length', '11')],
    glued: [text('Hello')],
    outcome: refused(400, 413),
  }),
  serverHandshake({
    id: '4.1/chunked-body',
    title: 'an upgrade request with a chunked body is refused',
    severity: 'postern',
    edits: [add('Transfer-Encoding', 'chunked')],
    glued: [Buffer.from('5\r\nhello\r\n0\r\n\r\n')],
    outcome: refused(400, 413),
  }),
];

const abrupt = [
  serverHandshake({
    id: '4.2.2/reset-behind-the-request',
    title: 'a reset right behind the request harms nobody',
    steps: [reset],
    ending: gone,
  }),
  serverHandshake({
    id: '4.2.2/end-of-tcp-behind-the-101',
    title: 'the end of TCP right behind the 101 ends the connection',
    steps: [finish],
    ending: ended,
  }),
];

/** How a request arrives, and what comes with it: sections 4.1 and 4.2.2. */
export const delivery = [...glued, ...early, ...chunks, ...bodies, ...abrupt];
