import type { Role } from '../../src/protocol/protocol.js';
import { masked } from './frame-builder.js';
import type { SinkEvent } from './recording-sink.js';
import { canBecomeUtf8, wholeCharacters } from './reference-utf8.js';

/** The limits of `ReferenceParser`. */
export interface ReferenceOptions {
  readonly role: Role;
  readonly allowCompressed: boolean;
  readonly maxMessageSize: number;
  readonly maxFragments: number;
}

/** One header, read with 64-bit integers. */
interface ReferenceHeader {
  readonly fin: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly maskingKey: Uint8Array | undefined;
  readonly length: bigint;
  readonly minimal: boolean;
  readonly size: number;
}

class Failure extends Error {
  readonly code: string;
  readonly closeCode: number;

  constructor(code: string, closeCode: number) {
    super(code);
    this.code = code;
    this.closeCode = closeCode;
  }
}

/**
 * What RFC 6455 makes of a stream of bytes that is there as a whole: no chunks, no reuse, no speed. The law of
 * `frame-parser.property.test.ts` is that the parser says the same at any cut of the same bytes.
 */
export class ReferenceParser {
  readonly #events: SinkEvent[] = [];
  readonly #options: ReferenceOptions;
  #message: { opcode: number; compressed: boolean; fragments: number; payload: Buffer } | undefined;

  constructor(options: ReferenceOptions) {
    this.#options = options;
  }

  events(stream: Uint8Array): SinkEvent[] {
    try {
      let at = 0;
      while (at !== -1) at = this.#frame(Buffer.from(stream), at);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#events.push(['failed', error.code, error.closeCode]);
    }
    return this.#events;
  }

  /** Where the next frame begins; -1 when no more is there, or no more matters. */
  #frame(stream: Buffer, at: number): number {
    const header = readHeader(stream, at);
    if (header === undefined) return -1;
    this.#judge(header);
    const start = at + header.size;
    // Judged without its masking key, and no more until that has come.
    if (start > stream.length) return -1;
    const whole = BigInt(stream.length - start) >= header.length;
    const wire = stream.subarray(start, whole ? start + Number(header.length) : stream.length);
    const payload = header.maskingKey === undefined ? wire : masked(wire, header.maskingKey);
    if (header.opcode < 8) this.#data(header, Buffer.from(payload), whole);
    else if (whole && this.#control(header.opcode, Buffer.from(payload))) return -1;
    return whole ? start + wire.length : -1;
  }

  #judge(header: ReferenceHeader): void {
    const { opcode, fin, reserved, length } = header;
    const mayCompress = this.#options.allowCompressed && (opcode === 1 || opcode === 2);
    if (reserved !== 0 && !(reserved === 4 && mayCompress)) fail('RESERVED_BITS');
    if ((header.maskingKey !== undefined) !== (this.#options.role === 'server')) fail('MASK');
    if (length >= 2n ** 63n || !header.minimal) fail('LENGTH');
    if ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15].includes(opcode)) fail('OPCODE');
    if (opcode >= 8 && (!fin || length > 125n)) fail('CONTROL_FRAME');
    if (opcode >= 8) return;
    if ((opcode === 0) !== (this.#message !== undefined)) fail('FRAGMENT');
    const compressed = this.#message?.compressed ?? reserved === 4;
    const held = BigInt(this.#message?.payload.length ?? 0);
    if (held + length > BigInt(this.#limit(compressed))) fail('MESSAGE_TOO_BIG', 1009);
  }

  /** The limit is for what comes out of the inflater: 1/16 and 64 bytes are there for deflate to waste. */
  #limit(compressed: boolean): number {
    const { maxMessageSize } = this.#options;
    return compressed ? maxMessageSize + Math.ceil(maxMessageSize / 16) + 64 : maxMessageSize;
  }

  #data(header: ReferenceHeader, payload: Buffer, whole: boolean): void {
    const message = (this.#message ??= {
      opcode: header.opcode,
      compressed: header.reserved === 4,
      fragments: 0,
      payload: Buffer.alloc(0),
    });
    message.fragments += 1;
    if (message.fragments > this.#options.maxFragments) fail('TOO_MANY_FRAGMENTS', 1008);
    message.payload = Buffer.concat([message.payload, payload]);
    const judged = message.opcode === 1 && !message.compressed;
    if (judged && !canBecomeUtf8(message.payload)) fail('UTF8', 1007);
    if (!whole || !header.fin) return;
    if (judged && wholeCharacters(message.payload) !== message.payload.length) fail('UTF8', 1007);
    this.#message = undefined;
    this.#events.push(messageEvent(message.opcode === 1, message.compressed, message.payload));
  }

  /** Whether it was a close frame. */
  #control(opcode: number, payload: Buffer): boolean {
    if (opcode !== 8) this.#events.push([opcode === 9 ? 'ping' : 'pong', payload.toString('hex')]);
    else this.#events.push(closeEvent(payload));
    return opcode === 8;
  }
}

function readHeader(stream: Buffer, at: number): ReferenceHeader | undefined {
  if (stream.length < at + 2) return undefined;
  const form = stream[at + 1]! & 0x7f;
  const isMasked = stream[at + 1]! >= 0x80;
  const keyAt = at + 2 + (form === 127 ? 8 : form === 126 ? 2 : 0);
  const size = keyAt - at + (isMasked ? 4 : 0);
  if (stream.length < keyAt) return undefined;
  const length =
    form === 127
      ? stream.readBigUInt64BE(at + 2)
      : BigInt(form === 126 ? stream.readUInt16BE(at + 2) : form);
  return {
    fin: stream[at]! >= 0x80,
    reserved: (stream[at]! >> 4) & 7,
    opcode: stream[at]! & 15,
    maskingKey: isMasked ? stream.subarray(keyAt, keyAt + 4) : undefined,
    length,
    minimal: form < 126 || (form === 126 ? length >= 126n : length >= 65_536n),
    size,
  };
}

function messageEvent(text: boolean, compressed: boolean, payload: Buffer): SinkEvent {
  if (compressed) return [text ? 'compressed text' : 'compressed binary', payload.toString('hex')];
  return text
    ? ['text', payload.toString(), payload.length]
    : ['binary', payload.toString('hex'), payload.length];
}

function closeEvent(payload: Buffer): SinkEvent {
  if (payload.length === 0) return ['close', 1005, ''];
  const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
  const legal = (code >= 1000 && code <= 1014) || (code >= 3000 && code <= 4999);
  if (!legal || [1004, 1005, 1006].includes(code)) fail('CLOSE_FRAME');
  if (wholeCharacters(payload.subarray(2)) !== payload.length - 2) fail('UTF8', 1007);
  return ['close', code, payload.toString('utf8', 2)];
}

function fail(code: string, closeCode = 1002): never {
  throw new Failure(`POSTERN_ERR_${code}`, closeCode);
}
