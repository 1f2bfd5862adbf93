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

/** What sending a message needs of its connection. */
export interface SenderOwner {
  readonly role: Role;
  readonly isOpen: boolean;
  /** For the diagnostics channels. */
  readonly ws: object;
  readonly outbox: Outbox;
  readonly compression: Compression | undefined;
  readonly liveness: Liveness;
  readonly settings: ConnectionSettings;
  closedError(): ConnectionClosedError;
  /** The peer is taken for dead. */
  giveUp(cause: PosternError): void;
}

// A message's way from `ws.write` to the outbox: checked, and compressed where that was agreed on. Functions, since an
// object for each connection would be 88 bytes of one that is idle.

/**
 * A message.
 * @throws {TypeError} for anything but a string or bytes.
 */
export function writeMessage(
  to: SenderOwner,
  data: MessageData | PreparedMessage,
  options: WriteOptions | undefined,
): Promise<void> {
  if (!to.isOpen) return rejected(to.closedError());
  if (to.outbox.isBlocked && isOverfull(to)) return rejected(overflow(to));
  to.liveness.sent();
  if (messageChannel.hasSubscribers) tellSent(to.ws, data, options?.text);
  if (typeof data === 'string' && options?.text !== false) return writeText(to, data, options);
  if (data instanceof PreparedMessage) return writePrepared(to, data, options);
  const bytes = toBytes(data);
  if (options?.text !== true) return writeBytes(to, Opcode.Binary, bytes, options);
  if (!isUtf8(bytes)) throw new TypeError('bytes to be sent as text are not valid UTF-8');
  return writeBytes(to, Opcode.Text, bytes, options);
}

/** What another connection has received, on its way through a relay. */
export function forwardMessage(to: SenderOwner, message: unknown): Promise<void> {
  if (!(message instanceof TextBytes)) return writeMessage(to, message as MessageData, undefined);
  if (!to.isOpen) return rejected(to.closedError());
  to.liveness.sent();
  if (messageChannel.hasSubscribers) tellSent(to.ws, message.bytes, true);
  return writeBytes(to, Opcode.Text, message.bytes, undefined);
}

/** A message, without waiting: whether there is room for more. */
export function sendMessage(
  to: SenderOwner,
  data: MessageData | PreparedMessage,
  options: WriteOptions | undefined,
): boolean {
  if (!to.isOpen) return false;
  void writeMessage(to, data, options);
  return !to.outbox.isBlocked && to.isOpen;
}

/** A message that others get too; whether it was taken. */
export function publishMessage(to: SenderOwner, publication: Publication): boolean {
  if (to.role === 'client') return sendMessage(to, publication.message, undefined) || to.isOpen;
  if (to.outbox.isBlocked && isOverfull(to)) {
    void overflow(to);
    return false;
  }
  to.liveness.sent();
  if (messageChannel.hasSubscribers) tellSent(to.ws, publication.message, undefined);
  void (to.compression === undefined
    ? to.outbox.writeShared(publication.plain())
    : to.compression.publish(publication));
  return true;
}

function writeText(
  { compression, outbox }: SenderOwner,
  text: string,
  options: WriteOptions | undefined,
): Promise<void> {
  return compression === undefined
    ? outbox.writeText(text)
    : compression.writeText(text, options?.compress !== false);
}

function writeBytes(
  { compression, outbox }: SenderOwner,
  opcode: number,
  bytes: Uint8Array,
  options: WriteOptions | undefined,
): Promise<void> {
  return compression === undefined
    ? outbox.writeBytes(opcode, bytes)
    : compression.write(opcode, bytes, options?.compress !== false);
}

function writePrepared(
  { compression, outbox }: SenderOwner,
  message: PreparedMessage,
  options: WriteOptions | undefined,
): Promise<void> {
  return compression === undefined
    ? outbox.writeBytes(message.opcode, message.payload)
    : compression.writePrepared(message, options?.compress !== false);
}

function isOverfull({ outbox, settings }: SenderOwner): boolean {
  return outbox.bufferedAmount > settings.maxSendBuffer;
}

/** The send buffer was full before this message: it ends the connection, or itself. */
function overflow(to: SenderOwner): Error {
  const { settings } = to;
  const cause = new PosternError(
    'POSTERN_ERR_SEND_BUFFER_FULL',
    `more than ${settings.maxSendBuffer} bytes are unsent`,
  );
  if (settings.overflow === 'drop') return cause;
  to.giveUp(cause);
  return to.closedError();
}
