import { Buffer } from 'node:buffer';

import { Deflater, type DeflaterSettings } from '../deflate/deflater.js';
import { RSV1 } from '../protocol/frame-header.js';
import { createFrame, FIN } from '../protocol/frame-writer.js';
import { Opcode } from '../protocol/opcode.js';
import { toBytes, type MessageData } from './message-data.js';

/** A message that is framed, and compressed, once for any number of connections. Made by `prepare`. */
export class PreparedMessage {
  /** For the connection: text or binary. */
  readonly opcode: number;
  /** For the connection: a copy; what the caller does with the bytes afterwards changes nothing. */
  readonly payload: Buffer;
  #serverFrame: Buffer | undefined;
  #compressed: Map<string, Buffer | Promise<Buffer>> | undefined;

  constructor(opcode: number, payload: Buffer) {
    this.opcode = opcode;
    this.payload = payload;
  }

  /** For the connection: the whole frame as a server sends it; a client's frames are masked, each with a key of its own. */
  get serverFrame(): Buffer {
    this.#serverFrame ??= createFrame(FIN | this.opcode, this.payload, undefined);
    return this.#serverFrame;
  }

  /**
   * For the connection: the message compressed by itself, for all connections with these settings. It refers to nothing before it, so it fits
   * wherever it is sent, with or without context takeover.
   */
  compressed(settings: DeflaterSettings): Buffer | Promise<Buffer> {
    const { windowBits, level, memLevel, codec } = settings;
    const key = `${windowBits} ${level} ${memLevel} ${codec}`;
    this.#compressed ??= new Map();
    let result = this.#compressed.get(key);
    if (result === undefined) {
      result = new Deflater({ ...settings, noContextTakeover: true }).deflate(this.payload);
      this.#compressed.set(key, result);
    }
    return result;
  }

  /** For the connection: the whole compressed frame as a server sends it; undefined when it takes another thread. */
  compressedServerFrame(settings: DeflaterSettings): Buffer | undefined {
    const bytes = this.compressed(settings);
    return bytes instanceof Uint8Array
      ? createFrame(FIN | RSV1 | this.opcode, bytes, undefined)
      : undefined;
  }
}

/**
 * Frames a message once, to be sent to many by `write`, `send` or `broadcast`.
 * @throws {TypeError} for anything but a string or bytes.
 */
export function prepare(data: MessageData): PreparedMessage {
  if (typeof data === 'string') return new PreparedMessage(Opcode.Text, Buffer.from(data, 'utf8'));
  return new PreparedMessage(Opcode.Binary, Buffer.from(toBytes(data)));
}
