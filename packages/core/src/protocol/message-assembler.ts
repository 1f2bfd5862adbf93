import { Buffer } from 'node:buffer';

import { CloseCode } from './close-code.js';
import { ProtocolError } from './errors.js';
import { RSV1, type FrameHeader } from './frame-header.js';
import { maskInPlace, wantsVectorCopy, wantsWords, wordsOf } from './masking.js';
import { Opcode } from './opcode.js';
import { readText, type TextBytes } from './text-bytes.js';
import { IMPOSSIBLE, invalidUtf8, proveUtf8 } from './utf8.js';
import { maskCopyByVectors } from './vector-masking.js';

/** Where whole messages go. */
export interface MessageSink {
  /** A whole message: a string (or `TextBytes`) for text, bytes for binary. `size` is its payload in bytes. */
  onMessage(data: string | Buffer | TextBytes, size: number): void;
  /** A whole message as it was compressed; the receiver inflates and, for text, judges it. */
  onCompressedMessage(payload: Buffer, text: boolean): void;
}

/** What bounds an unfinished message. */
export interface MessageLimits {
  /** In bytes. */
  readonly maxMessageSize: number;
  /** In frames. */
  readonly maxFragments: number;
}

/** The first buffer of an unfinished message, in bytes. */
const SMALLEST_BUFFER = 256;

/** The copy of fewer bytes than this is faster in a loop than in a call into C++. */
const NATIVE_COPY_FROM = 48;

/**
 * How far ahead of the bytes that have come a buffer may grow to what a header announces. A 1 MiB message
 * is then allocated at its first 64 KiB and never copied again, and a peer that only announces pins nothing.
 */
const GROWTH_AHEAD = 32;

/** Fragments announce nothing: their buffer grows fourfold (twofold leaves as much garbage as message). */
const GROWTH = 4;

const nothing = Buffer.alloc(0);

/**
 * What deflate may add to what it cannot compress, with room to spare: the limit is for what comes out. A zlib with the
 * least memory adds 4 %: five bytes to every 127.
 */
export function compressedLimit(maxMessageSize: number): number {
  return maxMessageSize + Math.ceil(maxMessageSize / 16) + 64;
}

/**
 * Makes messages out of the frames that are not a whole message in one chunk: fragments and frames cut by
 * the socket coalesce in one growing buffer, so that the memory of an unfinished message is bounded by its
 * bytes, however many fragments they come in. RFC 6455, section 5.4.
 */
export class MessageAssembler {
  readonly #sink: MessageSink;
  readonly #limits: MessageLimits;
  #open = false;
  #text = false;
  #compressed = false;
  #fragments = 0;
  #buffer: Buffer = nothing;
  #words: Int32Array | undefined;
  #length = 0;
  /** Up to here the text is proved to be UTF-8, so that a character cut by a fragment is judged once. */
  #proved = 0;

  constructor(sink: MessageSink, limits: MessageLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /** Whether a message has begun and not ended. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether that message is compressed. */
  get isCompressed(): boolean {
    return this.#open && this.#compressed;
  }

  /** How many bytes of an unfinished message are held. */
  get heldBytes(): number {
    return this.#length;
  }

  /** Takes a data frame that `checkFrame` let pass; its payload follows by `append`. */
  begin(header: FrameHeader): void {
    if (!this.#open) this.#start(header);
    this.#fragments += 1;
    if (this.#fragments > this.#limits.maxFragments) {
      throw new ProtocolError(
        'POSTERN_ERR_TOO_MANY_FRAGMENTS',
        `message in more than ${this.#limits.maxFragments} fragments`,
        CloseCode.PolicyViolation,
      );
    }
  }

  #start(header: FrameHeader): void {
    this.#open = true;
    this.#text = header.opcode === Opcode.Text;
    this.#compressed = (header.reserved & RSV1) !== 0;
    this.#fragments = 0;
    this.#length = 0;
    this.#proved = 0;
  }

  /**
   * Takes payload of the present frame: `chunk` from `start` up to `end`, unmasked with `maskingKey` on the way.
   * `announced` is how many bytes of the frame are still to come after these.
   */
  append(chunk: Buffer, start: number, end: number, maskingKey: number, announced: number): void {
    const from = this.#length;
    const to = from + (end - start);
    if (to > this.#buffer.length) this.#grow(to, announced);
    if (maskingKey !== 0 && wantsVectorCopy(end - start)) {
      maskCopyByVectors(this.#buffer, from, chunk, start, end, maskingKey);
    } else {
      copyBytes(chunk, start, end, this.#buffer, from);
      if (maskingKey !== 0) this.#unmask(from, to, maskingKey);
    }
    this.#length = to;
    this.prove();
  }

  /**
   * Takes a whole continuation frame of at most 125 bytes, its masking key in front of `start`; false, and nothing taken,
   * when that would break a limit or the buffer is full. `prove` must follow before anything else is done.
   */
  appendShort(chunk: Buffer, start: number, length: number, masked: boolean): boolean {
    const from = this.#length;
    const buffer = this.#buffer;
    // The buffer never grows beyond the limit, so what fits it is within the limit.
    if (from + length > buffer.length || this.#fragments === this.#limits.maxFragments)
      return false;
    this.#fragments += 1;
    for (let index = 0; index < length; index += 1) {
      const key = masked ? chunk[start - 4 + (index & 3)]! : 0;
      buffer[from + index] = chunk[start + index]! ^ key;
    }
    this.#length = from + length;
    return true;
  }

  /** Judges the text that has come so far. */
  prove(): void {
    if (this.#text && !this.#compressed) this.#prove();
  }

  #unmask(from: number, to: number, maskingKey: number): void {
    const words = wantsWords(to - from) ? (this.#words ??= wordsOf(this.#buffer)) : undefined;
    maskInPlace(this.#buffer, from, to, maskingKey, words);
  }

  #prove(): void {
    this.#proved = proveUtf8(this.#buffer, this.#proved, this.#length);
    if (this.#proved === IMPOSSIBLE) throw invalidUtf8();
  }

  #grow(needed: number, announced: number): void {
    const ahead = Math.min(needed + announced, needed * GROWTH_AHEAD);
    const { maxMessageSize } = this.#limits;
    const limit = this.#compressed ? compressedLimit(maxMessageSize) : maxMessageSize;
    const steady = Math.min(this.#buffer.length * GROWTH, limit);
    const size = Math.max(needed, ahead, steady, Math.min(SMALLEST_BUFFER, needed + announced));
    // Filled up to `#length` before anybody sees it: `finish` hands over no more than that.
    const grown = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
    this.#words = undefined;
  }

  /** The present frame is complete, and its message too when `fin`: text as a string, or else as `TextBytes`. */
  finish(fin: boolean, decodesText = true): void {
    if (!fin) return;
    const payload = this.#take();
    if (this.#compressed) this.#sink.onCompressedMessage(payload, this.#text);
    else if (this.#text) this.#sink.onMessage(this.#read(payload, decodesText), payload.length);
    else this.#sink.onMessage(payload, payload.length);
  }

  #read(payload: Buffer, decodesText: boolean): string | TextBytes {
    if (this.#proved !== payload.length) throw invalidUtf8();
    return readText(payload, decodesText);
  }

  #take(): Buffer {
    const filled = this.#buffer.subarray(0, this.#length);
    // A buffer that is mostly empty is not handed over: whoever keeps the message would keep all of it.
    // Nor is `nothing`, which all assemblers share: whoever transfers its memory would take it from them.
    const payload = this.#length * 2 <= this.#buffer.length ? copyOf(filled) : filled;
    this.release();
    return payload;
  }

  /** Forgets an unfinished message. */
  release(): void {
    this.#open = false;
    this.#buffer = nothing;
    this.#words = undefined;
    this.#length = 0;
  }
}

function copyBytes(
  source: Buffer,
  start: number,
  end: number,
  target: Buffer,
  offset: number,
): void {
  if (end - start >= NATIVE_COPY_FROM) {
    source.copy(target, offset, start, end);
    return;
  }
  for (let at = start, to = offset; at < end; at += 1, to += 1) target[to] = source[at]!;
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
