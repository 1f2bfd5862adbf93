import { isUtf8 } from 'node:buffer';

import { PosternError } from '../protocol/errors.js';
import { Opcode } from '../protocol/opcode.js';
import { TextBytes } from '../protocol/text-bytes.js';
import type { Role } from '../protocol/protocol.js';
import type { ConnectionClosedError } from './close-info.js';
import type { Compression } from './compression.js';
import { messageChannel, tellSent } from './diagnostics.js';
import type { Liveness } from './liveness.js';
import { toBytes, type MessageData } from './message-data.js';
import type { ConnectionSettings } from './options.js';
import type { Outbox } from './outbox.js';
import { PreparedMessage } from './prepared-message.js';
import type { Publication } from './publication.js';
import { rejected } from './settled.js';
import type { WriteOptions } from './web-socket-options.js';

/** What a sender needs of its connection. */
export interface SenderOwner {
  readonly role: Role;
  readonly isOpen: boolean;
  closedError(): ConnectionClosedError;
  /** The peer is taken for dead. */
  giveUp(cause: PosternError): void;
}

/** A message's way from `ws.write` to the outbox: checked, and compressed where that was agreed on. */
export class MessageSender {
  readonly #owner: SenderOwner;
  /** For the diagnostics channels. */
  readonly #ws: object;
  readonly #outbox: Outbox;
  readonly #compression: Compression | undefined;
  readonly #liveness: Liveness;
  readonly #settings: ConnectionSettings;

  constructor(
    owner: SenderOwner,
    ws: object,
    outbox: Outbox,
    compression: Compression | undefined,
    liveness: Liveness,
    settings: ConnectionSettings,
  ) {
    this.#owner = owner;
    this.#ws = ws;
    this.#outbox = outbox;
    this.#compression = compression;
    this.#liveness = liveness;
    this.#settings = settings;
  }

  /**
   * A message.
   * @throws {TypeError} for anything but a string or bytes.
   */
  write(data: MessageData | PreparedMessage, options: WriteOptions | undefined): Promise<void> {
    if (!this.#owner.isOpen) return rejected(this.#owner.closedError());
    if (this.#outbox.isBlocked && this.#isOverfull()) return rejected(this.#overflow());
    this.#liveness.sent();
    if (messageChannel.hasSubscribers) tellSent(this.#ws, data, options?.text);
    if (typeof data === 'string' && options?.text !== false) return this.#writeText(data, options);
    if (data instanceof PreparedMessage) return this.#writePrepared(data, options);
    const bytes = toBytes(data);
    if (options?.text !== true) return this.#writeBytes(Opcode.Binary, bytes, options);
    if (!isUtf8(bytes)) throw new TypeError('bytes to be sent as text are not valid UTF-8');
    return this.#writeBytes(Opcode.Text, bytes, options);
  }

  /** What another connection has received, on its way through a relay. */
  forward(message: unknown): Promise<void> {
    if (!(message instanceof TextBytes)) return this.write(message as MessageData, undefined);
    if (!this.#owner.isOpen) return rejected(this.#owner.closedError());
    this.#liveness.sent();
    if (messageChannel.hasSubscribers) tellSent(this.#ws, message.bytes, true);
    return this.#writeBytes(Opcode.Text, message.bytes, undefined);
  }

  #writeText(text: string, options: WriteOptions | undefined): Promise<void> {
    return this.#compression === undefined
      ? this.#outbox.writeText(text)
      : this.#compression.writeText(text, options?.compress !== false);
  }

  #writeBytes(opcode: number, bytes: Uint8Array, options: WriteOptions | undefined): Promise<void> {
    return this.#compression === undefined
      ? this.#outbox.writeBytes(opcode, bytes)
      : this.#compression.write(opcode, bytes, options?.compress !== false);
  }

  #writePrepared(message: PreparedMessage, options: WriteOptions | undefined): Promise<void> {
    return this.#compression === undefined
      ? this.#outbox.writeBytes(message.opcode, message.payload)
      : this.#compression.writePrepared(message, options?.compress !== false);
  }

  /** A message that others get too; whether it was taken. */
  publish(publication: Publication): boolean {
    if (this.#owner.role === 'client')
      return this.send(publication.message, undefined) || this.#owner.isOpen;
    if (this.#outbox.isBlocked && this.#isOverfull()) {
      void this.#overflow();
      return false;
    }
    this.#liveness.sent();
    if (messageChannel.hasSubscribers) tellSent(this.#ws, publication.message, undefined);
    void (this.#compression === undefined
      ? this.#outbox.writeShared(publication.plain())
      : this.#compression.publish(publication));
    return true;
  }

  #isOverfull(): boolean {
    return this.#outbox.bufferedAmount > this.#settings.maxSendBuffer;
  }

  /** A message, without waiting: whether there is room for more. */
  send(data: MessageData | PreparedMessage, options: WriteOptions | undefined): boolean {
    if (!this.#owner.isOpen) return false;
    void this.write(data, options);
    return !this.#outbox.isBlocked && this.#owner.isOpen;
  }

  /** The send buffer was full before this message: it ends the connection, or itself. */
  #overflow(): Error {
    const cause = new PosternError(
      'POSTERN_ERR_SEND_BUFFER_FULL',
      `more than ${this.#settings.maxSendBuffer} bytes are unsent`,
    );
    if (this.#settings.overflow === 'drop') return cause;
    this.#owner.giveUp(cause);
    return this.#owner.closedError();
  }
}
