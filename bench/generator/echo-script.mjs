import { Buffer } from 'node:buffer';
import { BINARY, TEXT, encodeClientMessage, encodeFrame } from './frame.mjs';
import { makePayload } from './payload.mjs';
import { randomNumbers } from './random-numbers.mjs';

/** @import { Workload } from '../runner/workloads.mjs' */

// Enough different messages that a reply taken from another connection, or from an earlier turn, differs in its bytes.
const MIN_CYCLE = 2;
const MAX_CYCLE = 64;
const CYCLE_BYTES = 1_048_576;

/**
 * What is sent and what must come back, made once before the clock starts: a cycle of messages that every connection
 * repeats, each from its own place. Frames are ready in one buffer; any run of up to `depth` of them is one slice of it.
 */
export class EchoScript {
  /** How many different messages there are. */
  cycle;
  /** How many messages are in flight on each connection. */
  depth;
  /** The bytes of all replies of one cycle. */
  replies;
  /** Where in `replies` each reply ends. */
  replyEnds;

  #frames;
  #frameStarts;
  /** @type {(Buffer | undefined)[]} */
  #slices;

  /**
   * @param {Workload} workload
   * @param {{ raw: boolean }} peer `raw`: the peer sends the very bytes back and knows nothing of WebSockets
   */
  constructor(workload, { raw }) {
    this.depth = workload.depth;
    this.cycle = cycleOf(workload);
    const messages = makeMessages(workload, this.cycle);
    const replies = raw ? messages.map(({ sent }) => sent) : messages.map(({ reply }) => reply);
    this.replies = Buffer.concat(replies);
    this.replyEnds = startsOf(replies).slice(1);
    // The first `depth` messages once more at the end, so that a slice never has to wrap around.
    const frames = Array.from(
      { length: this.cycle + this.depth },
      (_, index) => messages[index % this.cycle].sent,
    );
    this.#frames = Buffer.concat(frames);
    this.#frameStarts = startsOf(frames);
    this.#slices = Array.from({ length: this.cycle * (this.depth + 1) });
  }

  /**
   * The bytes of `count` messages from the message `first` on.
   *
   * @param {number} first from 0 to `cycle` - 1
   * @param {number} count from 1 to `depth`
   * @returns {Buffer}
   */
  frames(first, count) {
    // A new view for every write costs about as much as the write's own bookkeeping.
    return (this.#slices[first * (this.depth + 1) + count] ??= this.#slice(first, count));
  }

  /**
   * @param {number} first
   * @param {number} count
   */
  #slice(first, count) {
    return this.#frames.subarray(this.#frameStarts[first], this.#frameStarts[first + count]);
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
      sent: encodeClientMessage({ opcode, payload, fragmentSize, random }),
      reply: encodeFrame({ opcode, fin: true, payload }),
    };
  });
}

/** @param {Buffer[]} parts the result has one entry more: the end of the last one */
function startsOf(parts) {
  const starts = new Float64Array(parts.length + 1);
  parts.forEach((part, index) => {
    starts[index + 1] = starts[index] + part.length;
  });
  return starts;
}
