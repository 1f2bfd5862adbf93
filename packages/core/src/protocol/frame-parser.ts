import { Buffer } from 'node:buffer';

import { checkFrame, type FrameContext } from './frame-check.js';
import {
  createFrameHeader,
  headerLengthOf,
  isControl,
  MAX_HEADER_LENGTH,
  readFrameHeader,
  readFrameStart,
  readMaskingKey,
  RSV1,
} from './frame-header.js';
import { maskInPlace, rotateMaskingKey, wantsVectorCopy, wantsWords, wordsOf } from './masking.js';
import {
  compressedLimit,
  MessageAssembler,
  type MessageLimits,
  type MessageSink,
} from './message-assembler.js';
import { MAX_CONTROL_PAYLOAD, Opcode } from './opcode.js';
import { allocateSmall } from './small-buffer.js';
import { readText } from './text-bytes.js';
import { decodeUtf8 } from './utf8.js';
import { maskCopyByVectors } from './vector-masking.js';

/** Where control frames go once they are parsed, checked and unmasked. */
export interface ControlSink {
  /** `payload` is a view that lasts no longer than the call. */
  onControl(opcode: number, payload: Buffer): void;
}

/** What a `FrameParser` is to know. */
export interface FrameParserOptions extends MessageLimits {
  /** Whether permessage-deflate was agreed on. */
  readonly allowCompressed: boolean;
}

// One record of each for all parsers: nothing is read from them once a sink was called, which may lead to
// another parser's turn.
const header = createFrameHeader();
const context: FrameContext = {
  expectMasked: false,
  allowCompressed: false,
  messageOpen: false,
  bytesLeft: 0,
};

const WHOLE_TEXT = 0x81;
const WHOLE_BINARY = 0x82;
const UNFINISHED_CONTINUATION = 0x00;
const LENGTH_16 = 126;

/** A message shorter than this is copied out of a chunk larger than that, so that keeping it does not pin the chunk. */
const COPIED_BELOW = 4096;
const CHUNK_NOT_WORTH_A_COPY = 8192;
const LOOPED_UP_TO = 32;

/**
 * Takes the chunks of one direction of one connection as they come off the socket, at any boundary, and calls
 * the sink. Payloads are unmasked in place: a chunk belongs to the parser. RFC 6455, section 5.
 */
export class FrameParser {
  readonly #sink: MessageSink;
  readonly #controlSink: ControlSink;
  /** Made for the first message that does not come whole: with most peers none ever does. */
  #assembler: MessageAssembler | undefined;
  #decodesText = true;
  readonly #expectMasked: boolean;
  readonly #maxMessageSize: number;
  readonly #maxFragments: number;
  readonly #allowCompressed: boolean;
  /** The words under the present chunk, made when a frame is long enough to want them. */
  #words: Int32Array | undefined;
  /** Whether the present chunk is the caller's again after the call, so that what is kept of it must be copied. */
  #lent = false;
  /** The beginning of a frame whose header, or whose control payload, the chunk cut off. */
  #carry: Buffer | undefined;
  #carried = 0;
  /** Payload bytes of a data frame still to come, its key as it stands there, and its FIN. */
  #remaining = 0;
  #maskingKey = 0;
  #fin = false;
  #halted = false;
  #ended = false;
  #parsing = false;
  /** Chunks, and the rest of one, that came while halted. */
  #waiting: Buffer[] | undefined;

  /** `expectMasked`: whether the peer is a client, whose frames are masked (section 5.1). */
  constructor(
    sink: MessageSink,
    controlSink: ControlSink,
    expectMasked: boolean,
    options: FrameParserOptions,
  ) {
    this.#sink = sink;
    this.#controlSink = controlSink;
    this.#expectMasked = expectMasked;
    this.#allowCompressed = options.allowCompressed;
    this.#maxMessageSize = options.maxMessageSize;
    this.#maxFragments = options.maxFragments;
  }

  /** Whether a message, or a frame, has begun and not ended. */
  get isMidMessage(): boolean {
    return this.#assembler?.isOpen === true || this.#carried > 0;
  }

  /** Bytes held of an unfinished message. */
  get heldBytes(): number {
    return (this.#assembler?.heldBytes ?? 0) + this.#carried;
  }

  /** Whether there are bytes that `resume` would go on with. */
  get hasWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** From here on text is judged, and handed over as `TextBytes`. */
  keepTextAsBytes(): void {
    this.#decodesText = false;
  }

  /** Stops after the present frame, inside a chunk too, until `resume`. */
  halt(): void {
    this.#halted = true;
  }

  /**
   * Parses `chunk`, or keeps it while halted or already at work further up the stack.
   * @throws {ProtocolError} when the peer broke the protocol; nothing more must be fed then.
   */
  receive(chunk: Buffer): void {
    if (this.#ended) return;
    if (this.#halted || this.#parsing) {
      (this.#waiting ??= []).push(chunk);
      return;
    }
    this.#parse(chunk, chunk.length);
    if (this.#waiting !== undefined && !this.#halted) this.resume();
  }

  /**
   * The same for the first `length` bytes of a buffer that is only lent: it is the caller's again after the call, and
   * what is kept of it is a copy.
   * @throws {ProtocolError} as `receive` does.
   */
  receiveLent(buffer: Buffer, length: number): void {
    if (this.#ended) return;
    if (this.#halted || this.#parsing) {
      this.receive(copyOf(buffer, 0, length));
      return;
    }
    this.#lent = true;
    try {
      this.#parse(buffer, length);
    } finally {
      this.#lent = false;
    }
    if (this.#waiting !== undefined && !this.#halted) this.resume();
  }

  /** Goes on after `halt`. */
  resume(): void {
    this.#halted = false;
    if (this.#parsing) return;
    while (this.#waiting !== undefined && !this.#halted) {
      const chunk = this.#waiting.shift()!;
      if (this.#waiting.length === 0) this.#waiting = undefined;
      this.#parse(chunk, chunk.length);
    }
  }

  /** Forgets everything and takes nothing more: the peer's close frame came, or the connection failed. */
  end(): void {
    this.#ended = true;
    this.#waiting = undefined;
    this.#carry = undefined;
    this.#carried = 0;
    this.#assembler?.release();
  }

  #parse(chunk: Buffer, end: number): void {
    this.#parsing = true;
    try {
      const stopped = this.#frames(chunk, end);
      if (stopped < end && !this.#ended)
        (this.#waiting ??= []).unshift(this.#keepable(chunk, stopped, end));
    } finally {
      this.#parsing = false;
      this.#words = undefined;
    }
  }

  /** A part of the chunk that outlives the call. */
  #keepable(chunk: Buffer, start: number, end: number): Buffer {
    return this.#lent ? copyOf(chunk, start, end) : chunk.subarray(start, end);
  }

  /** The loop over the frames of a chunk; returns how far it came. */
  #frames(chunk: Buffer, end: number): number {
    let offset = this.#carried > 0 ? this.#completeCarry(chunk, end) : 0;
    while (offset < end && !this.#halted && !this.#ended) {
      if (this.#remaining > 0) {
        offset = this.#payload(chunk, offset, end);
        continue;
      }
      const next =
        this.#assembler?.isOpen === true
          ? this.#shortFragments(chunk, offset, end)
          : this.#wholeMessage(chunk, offset, end);
      offset = next === offset ? this.#frame(chunk, offset, end) : next;
    }
    return offset;
  }

  /**
   * The fast path, which nearly all traffic takes: a message in one frame, whole within the chunk and shorter
   * than 64 KiB. Returns `offset` unchanged for everything else, also for what is wrong: `#frame` judges that.
   */
  #wholeMessage(chunk: Buffer, offset: number, end: number): number {
    const first = chunk[offset]!;
    if (first !== WHOLE_TEXT && first !== WHOLE_BINARY) return offset;
    if (end - offset < 4) return offset;
    const second = chunk[offset + 1]!;
    if (second >= 0b1000_0000 !== this.#expectMasked) return offset;
    let length = second & 0b0111_1111;
    let start = offset + 2;
    if (length >= LENGTH_16) {
      if (length !== LENGTH_16) return offset;
      length = (chunk[offset + 2]! << 8) | chunk[offset + 3]!;
      if (length < LENGTH_16) return offset;
      start = offset + 4;
    }
    if (this.#expectMasked) start += 4;
    const stop = start + length;
    if (stop > end || length > this.#maxMessageSize) return offset;
    if (first === WHOLE_TEXT) this.#wholeText(chunk, start, stop);
    else this.#wholeBytes(chunk, start, stop);
    return stop;
  }

  #wholeText(chunk: Buffer, start: number, stop: number): void {
    if (this.#expectMasked) this.#unmask(chunk, start, stop, readMaskingKey(chunk, start - 4));
    const text = this.#decodesText
      ? decodeUtf8(chunk, start, stop)
      : readText(this.#bytesToKeep(chunk, start, stop), false);
    this.#sink.onMessage(text, stop - start);
  }

  #wholeBytes(chunk: Buffer, start: number, stop: number): void {
    const length = stop - start;
    if (this.#expectMasked) {
      const maskingKey = readMaskingKey(chunk, start - 4);
      if (wantsVectorCopy(length) && this.#isCopied(length, chunk)) {
        const copy = allocate(length);
        maskCopyByVectors(copy, 0, chunk, start, stop, maskingKey);
        this.#sink.onMessage(copy, length);
        return;
      }
      this.#unmask(chunk, start, stop, maskingKey);
    }
    this.#sink.onMessage(this.#bytesToKeep(chunk, start, stop), length);
  }

  /**
   * The payload as a Buffer of its own. The smallest are copied by a loop: 80 ns less than a view for 16 B, since Node's
   * `subarray` costs more than its pool.
   */
  #bytesToKeep(chunk: Buffer, start: number, stop: number): Buffer {
    const length = stop - start;
    if (length <= LOOPED_UP_TO) {
      const copy = allocateSmall(length);
      for (let at = 0; at < length; at += 1) copy[at] = chunk[start + at]!;
      return copy;
    }
    return this.#isCopied(length, chunk) ? copyOf(chunk, start, stop) : chunk.subarray(start, stop);
  }

  /** Whether a message is copied out of its chunk: a lent one, or so that keeping it pins not much more than itself. */
  #isCopied(length: number, chunk: Buffer): boolean {
    return (
      this.#lent || (length < COPIED_BELOW && chunk.buffer.byteLength > CHUNK_NOT_WORTH_A_COPY)
    );
  }

  /**
   * The fast path inside a message: a run of short continuation frames, whole within the chunk, none of them the last.
   * A flood of one-byte fragments costs 9 ns each and not 67, so that 3 million of them starve nobody.
   * Returns `offset` unchanged for everything else.
   */
  #shortFragments(chunk: Buffer, offset: number, end: number): number {
    const assembler = this.#assembler!;
    const headerLength = this.#expectMasked ? 6 : 2;
    const leastSecond = this.#expectMasked ? 0b1000_0000 : 0;
    let next = offset;
    while (next + headerLength <= end && chunk[next] === UNFINISHED_CONTINUATION) {
      const length = chunk[next + 1]! - leastSecond;
      const start = next + headerLength;
      if (length < 0 || length >= LENGTH_16 || start + length > end) break;
      if (!assembler.appendShort(chunk, start, length, this.#expectMasked)) break;
      next = start + length;
    }
    if (next > offset) assembler.prove();
    return next;
  }

  #unmask(chunk: Buffer, start: number, end: number, maskingKey: number): void {
    const words = wantsWords(end - start) ? (this.#words ??= wordsOf(chunk)) : undefined;
    maskInPlace(chunk, start, end, maskingKey, words);
  }

  /** Any frame, whole or not, from its header on. */
  #frame(chunk: Buffer, offset: number, end: number): number {
    if (!readFrameHeader(chunk, offset, end, header)) {
      if (readFrameStart(chunk, offset, end, header)) this.#check();
      return this.#keep(chunk, offset, end);
    }
    this.#check();
    const start = offset + header.headerLength;
    if (isControl(header.opcode)) {
      const stop = start + header.payloadLength;
      if (stop > end) return this.#keep(chunk, offset, end);
      this.#control(chunk, start, stop);
      return stop;
    }
    if ((header.reserved & RSV1) !== 0 && header.fin && start + header.payloadLength <= end) {
      return this.#wholeCompressed(chunk, start);
    }
    this.#beginData();
    return start;
  }

  #check(): void {
    const assembler = this.#assembler;
    const compressed = (header.reserved & RSV1) !== 0 || assembler?.isCompressed === true;
    const limit = compressed ? compressedLimit(this.#maxMessageSize) : this.#maxMessageSize;
    context.expectMasked = this.#expectMasked;
    context.allowCompressed = this.#allowCompressed;
    context.messageOpen = assembler?.isOpen === true;
    context.bytesLeft = limit - (assembler?.heldBytes ?? 0);
    checkFrame(header, context);
  }

  #control(bytes: Buffer, start: number, stop: number): void {
    if (header.masked) maskInPlace(bytes, start, stop, header.maskingKey, undefined);
    this.#controlSink.onControl(header.opcode, bytes.subarray(start, stop));
  }

  #wholeCompressed(chunk: Buffer, start: number): number {
    const stop = start + header.payloadLength;
    if (header.masked) this.#unmask(chunk, start, stop, header.maskingKey);
    const text = header.opcode === Opcode.Text;
    this.#sink.onCompressedMessage(this.#keepable(chunk, start, stop), text);
    return stop;
  }

  #beginData(): void {
    const assembler = (this.#assembler ??= this.#createAssembler());
    assembler.begin(header);
    this.#fin = header.fin;
    this.#maskingKey = header.maskingKey;
    this.#remaining = header.payloadLength;
    if (header.payloadLength === 0) assembler.finish(header.fin, this.#decodesText);
  }

  #createAssembler(): MessageAssembler {
    const limits = { maxMessageSize: this.#maxMessageSize, maxFragments: this.#maxFragments };
    return new MessageAssembler(this.#sink, limits);
  }

  /** As much payload of the present data frame as the chunk has. */
  #payload(chunk: Buffer, offset: number, end: number): number {
    const stop = Math.min(end, offset + this.#remaining);
    const taken = stop - offset;
    this.#remaining -= taken;
    const assembler = this.#assembler!;
    assembler.append(chunk, offset, stop, this.#maskingKey, this.#remaining);
    this.#maskingKey = rotateMaskingKey(this.#maskingKey, taken);
    if (this.#remaining === 0) assembler.finish(this.#fin, this.#decodesText);
    return stop;
  }

  /**
   * Keeps the beginning of a frame until more comes: at most a header, or a control frame. Never a data
   * frame's payload, since joining that would copy the whole next chunk.
   */
  #keep(chunk: Buffer, offset: number, end: number): number {
    this.#carry ??= Buffer.alloc(MAX_HEADER_LENGTH + MAX_CONTROL_PAYLOAD);
    this.#carried = chunk.copy(this.#carry, 0, offset, end);
    return end;
  }

  /** Adds from `chunk` what the kept beginning lacks; returns where the chunk goes on. */
  #completeCarry(chunk: Buffer, end: number): number {
    const carry = this.#carry!;
    let offset = this.#fillCarry(chunk, 0, end, 2);
    if (this.#carried < 2) return offset;
    offset = this.#fillCarry(chunk, offset, end, headerLengthOf(carry[1]!));
    if (!readFrameStart(carry, 0, this.#carried, header)) return offset;
    this.#check();
    if (!readFrameHeader(carry, 0, this.#carried, header)) return offset;
    const start = header.headerLength;
    if (!isControl(header.opcode)) {
      this.#carried = 0;
      this.#beginData();
      return offset;
    }
    const stop = start + header.payloadLength;
    offset = this.#fillCarry(chunk, offset, end, stop);
    if (this.#carried < stop) return offset;
    this.#carried = 0;
    this.#control(carry, start, stop);
    return offset;
  }

  /** Copies from `chunk` until `length` bytes are kept, or as many as there are. */
  #fillCarry(chunk: Buffer, offset: number, end: number, length: number): number {
    const missing = length - this.#carried;
    if (missing <= 0) return offset;
    const stop = Math.min(end, offset + missing);
    const copied = chunk.copy(this.#carry!, this.#carried, offset, stop);
    this.#carried += copied;
    return offset + copied;
  }
}

function copyOf(chunk: Buffer, start: number, stop: number): Buffer {
  const copy = allocate(stop - start);
  chunk.copy(copy, 0, start, stop);
  return copy;
}

/** A Buffer that does not pin much more than itself; every byte of it is the caller's to fill. */
function allocate(length: number): Buffer {
  return length < COPIED_BELOW ? allocateSmall(length) : Buffer.allocUnsafeSlow(length);
}
