import type { Buffer } from 'node:buffer';

import { parseClosePayload, type CloseStatus } from './close-frame.js';
import { FrameParser } from './frame-parser.js';
import type { MessageLimits, MessageSink } from './message-assembler.js';
import { Opcode } from './opcode.js';
import { nextState, type State } from './state.js';

/** Which end of a connection. */
export type Role = 'server' | 'client';

/** What a connection hears from its protocol. */
export interface ProtocolSink extends MessageSink {
  /** A ping came; its pong is the sink's to send. `payload` lasts no longer than the call. */
  onPing(payload: Buffer): void;
  /** A pong came, asked for or not. `payload` lasts no longer than the call. */
  onPong(payload: Buffer): void;
  /** The peer's close frame came; nothing follows it. The echo, when one is due, is the sink's to send. */
  onClose(status: CloseStatus): void;
}

/** What a `Protocol` is to know. */
export interface ProtocolOptions extends MessageLimits {
  /** Which end this is: a server expects masked frames, a client unmasked ones. Section 5.1. */
  readonly role: Role;
  /** Whether permessage-deflate was agreed on. */
  readonly allowCompressed: boolean;
}

/**
 * One end of a WebSocket connection as pure logic: bytes in, calls on a sink. It knows how far the closing
 * handshake has come and which bytes are still of interest; sending is the sink's part.
 * RFC 6455, sections 5 to 7.
 */
export class Protocol {
  /** Which end this is. */
  readonly role: Role;
  readonly #parser: FrameParser;
  readonly #sink: ProtocolSink;
  #state: State = 'open';

  constructor(sink: ProtocolSink, options: ProtocolOptions) {
    this.role = options.role;
    this.#sink = sink;
    this.#parser = new FrameParser(sink, this, options.role === 'server', options);
  }

  /** How far the closing handshake has come. */
  get state(): State {
    return this.#state;
  }

  /** Whether a close frame of ours has gone out. */
  get closeSent(): boolean {
    return this.#state === 'closeSent' || this.#state === 'closeDone';
  }

  /** Whether a message, or a frame, has begun and not ended. */
  get isMidMessage(): boolean {
    return this.#parser.isMidMessage;
  }

  /** Whether bytes wait for `resume`. */
  get hasWaiting(): boolean {
    return this.#parser.hasWaiting;
  }

  /**
   * Takes a chunk off the socket, which belongs to the protocol from here on.
   * @throws {ProtocolError} when the peer broke RFC 6455; call `fail` then.
   */
  receive(chunk: Buffer): void {
    this.#parser.receive(chunk);
  }

  /**
   * Takes the first `length` bytes of a buffer that is only lent: it is the caller's again after the call. Until then
   * they may change, since payloads are unmasked where they are.
   * @throws {ProtocolError} as `receive` does.
   */
  receiveLent(buffer: Buffer, length: number): void {
    this.#parser.receiveLent(buffer, length);
  }

  /** From here on text is judged, and handed over as `TextBytes`. */
  keepTextAsBytes(): void {
    this.#parser.keepTextAsBytes();
  }

  /** Delivers nothing more after the present frame, inside a chunk too, until `resume`. */
  halt(): void {
    this.#parser.halt();
  }

  /**
   * Goes on after `halt`, with the bytes that waited.
   * @throws {ProtocolError} as `receive` does, for those bytes.
   */
  resume(): void {
    this.#parser.resume();
  }

  /** A close frame of ours goes out. */
  sendClose(): void {
    this.#state = nextState(this.#state, 'sendClose');
  }

  /** The socket has ended, or the connection failed: nothing that comes is of interest. */
  end(): void {
    this.#parser.end();
    if (this.#state !== 'closed') this.#state = nextState(this.#state, 'socketEnd');
  }

  /** For the parser. */
  onControl(opcode: number, payload: Buffer): void {
    if (opcode === Opcode.Ping) this.#sink.onPing(payload);
    else if (opcode === Opcode.Pong) this.#sink.onPong(payload);
    else this.#onClose(parseClosePayload(payload));
  }

  #onClose(status: CloseStatus): void {
    this.#state = nextState(this.#state, 'receiveClose');
    // Data after a close frame is ignored (section 5.5.1).
    this.#parser.end();
    this.#sink.onClose(status);
  }
}
