import { Buffer } from 'node:buffer';

import { createFrame, FIN } from '../protocol/frame-writer.js';
import { Opcode } from '../protocol/opcode.js';
import { toBytes, type MessageData } from './message-data.js';

/** A message that is framed once, for any number of connections. Made by `prepare`. */
export class PreparedMessage {
  readonly opcode: number;
  /** A copy: what the caller does with the bytes afterwards changes nothing. */
  readonly payload: Buffer;
  #serverFrame: Buffer | undefined;

  constructor(opcode: number, payload: Buffer) {
    this.opcode = opcode;
    this.payload = payload;
  }

  /** The whole frame as a server sends it; a client's frames are masked, each with a key of its own. */
  get serverFrame(): Buffer {
    this.#serverFrame ??= createFrame(FIN | this.opcode, this.payload, undefined);
    return this.#serverFrame;
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
