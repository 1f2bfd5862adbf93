import { FrameCycle } from './frame-cycle.mjs';
import { BINARY, FIN, TEXT, encodeClientMessage, encodeFrame } from './frame.mjs';
import { KnownReplies } from './known-replies.mjs';
import { MaskedReplies } from './masked-replies.mjs';
import { makePayload } from './payload.mjs';
import { randomNumbers } from './random-numbers.mjs';

/** @import { Buffer } from 'node:buffer' */
/** @import { Workload } from '../runner/workloads.mjs' */

/**
 * What counts the replies of one connection, and compares them.
 *
 * @typedef {object} Replies
 * @property {(bytes: Buffer, length: number, verifying: boolean) => number} take takes the first `length` bytes and
 *   tells how many replies they completed; throws when one differs from what was sent
 * @property {number} [bytes] of the replies so far, where they are not known beforehand
 */

/**
 * What is sent and what must come back.
 *
 * @typedef {object} Script
 * @property {number} cycle how many different messages there are
 * @property {number} depth how many messages are in flight on each connection
 * @property {number} replyBytes of one reply, on average; a guess where they are not known
 * @property {(first: number, count: number) => Buffer} frames the bytes of a run of messages
 * @property {(first: number) => Replies} expect the replies to all messages from `first` on
 * @property {number} priming how many messages a connection sends before anything is measured
 * @property {(index: number) => Buffer} primingFrame
 */

// Enough different messages that a reply taken from another connection, or from an earlier turn, differs in its bytes.
const MIN_CYCLE = 2;
const MAX_CYCLE = 64;
const CYCLE_BYTES = 1_048_576;

/** @typedef {'raw' | 'client' | 'server'} Side */

/**
 * Messages as they are, made once before the clock starts: a cycle that every connection repeats, each from its own place.
 *
 * @implements {Script}
 */
export class EchoScript {
  cycle;
  depth;
  priming = 0;
  replyBytes;
  #frames;
  #replies;
  #messages;
  #masked;

  /**
   * @param {Workload} workload
   * @param {Side} side which side the generator plays: `server` sends without masks and is answered with them, the
   *   peer of `raw` sends the very bytes back and knows nothing of WebSockets
   */
  constructor(workload, side) {
    this.depth = workload.depth;
    this.cycle = cycleOf(workload);
    const messages = makeMessages(workload, this.cycle);
    const client = messages.map(({ masked }) => masked);
    const server = messages.map(({ plain }) => plain);
    this.#frames = new FrameCycle(side === 'server' ? server : client, this.depth);
    this.#replies = side === 'client' ? server : client;
    this.#messages = messages;
    this.#masked = side === 'server';
    this.replyBytes = this.#replies.reduce((sum, { length }) => sum + length, 0) / this.cycle;
  }

  /**
   * The bytes of `count` messages from the message `first` on.
   *
   * @param {number} first from 0 to `cycle` - 1
   * @param {number} count from 1 to `depth`
   */
  frames(first, count) {
    return this.#frames.run(first, count);
  }

  /** @param {number} index */
  primingFrame(index) {
    return this.#frames.run(index, 1);
  }

  /** @param {number} first */
  expect(first) {
    return this.#masked
      ? new MaskedReplies(this.#replies, this.#messages, first)
      : new KnownReplies(this.#replies, first);
  }
}

/** @param {Workload} workload */
function cycleOf({ sizes, depth }) {
  const largest = Math.max(1, ...sizes);
  const fitting = Math.min(MAX_CYCLE, Math.floor(CYCLE_BYTES / largest));
  return Math.max(MIN_CYCLE, depth, sizes.length, fitting);
}

/**
 * @param {Workload} workload
 * @param {number} count
 */
function makeMessages({ payload: kind, sizes, fragmentSize = Infinity }, count) {
  const random = randomNumbers(0x9e3779b9);
  const opcode = kind === 'binary' ? BINARY : TEXT;
  return Array.from({ length: count }, (_, index) => {
    const payload = makePayload(kind, sizes[index % sizes.length] ?? 0, random);
    return {
      first: FIN | opcode,
      payload,
      masked: encodeClientMessage({ opcode, payload, fragmentSize, random }),
      plain: encodeFrame({ opcode, fin: true, payload }),
    };
  });
}
