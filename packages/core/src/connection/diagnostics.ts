import { Buffer } from 'node:buffer';
import { channel } from 'node:diagnostics_channel';

import type { CloseInfo } from './close-info.js';
import { Opcode } from '../protocol/opcode.js';
import type { Role } from '../protocol/protocol.js';
import { TextBytes } from '../protocol/text-bytes.js';
import type { Message } from './inbox.js';
import { toBytes, type MessageData } from './message-data.js';
import { PreparedMessage } from './prepared-message.js';
import { printError } from './print-error.js';
import type { ErrorListener } from './web-socket-options.js';
import type { WebSocket } from './web-socket.js';

// What happened, for whoever subscribes by `node:diagnostics_channel`. Without a subscriber each costs one test of a flag.

/** An opening handshake was decided, by a server or for a client; published on `postern:handshake`. */
export interface HandshakeEvent {
  /** Which end tells of it. */
  readonly role: Role;
  /** Undefined for a client that was turned away before it came to a gatekeeper, and for a client that was not let in. */
  readonly ws: WebSocket | undefined;
  /** What was asked, and by whom; on a client the whole URL, after redirects, without user and password. */
  readonly request: HandshakeSubject;
  /** A client's is `'refused'` when there was an answer with another status than 101, `'failed'` when that was wrong or none came. */
  readonly outcome: 'accepted' | 'refused' | 'failed';
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** What was agreed on; `''` for none. */
  readonly subprotocol: string;
  /** Everyone who is in on the server now, this one included if it was accepted; undefined on a client. */
  readonly connections: ReadonlySet<WebSocket> | undefined;
  /** Why, unless it was accepted. */
  readonly error: Error | undefined;
}

/** The request of an opening handshake, as far as the channels tell of it. */
export interface HandshakeSubject {
  /** `'GET'`, of every handshake that is in order. */
  readonly method: string;
  /** On a server the path and query, on a client the whole URL. */
  readonly url: string;
  /** In Node's shape: names in lower case. */
  readonly headers: object;
  /** Empty on a client, and where there is none. */
  readonly clientAddress: string;
}

/** A connection is open; published on `postern:open`. */
export interface OpenEvent {
  /** The connection. */
  readonly ws: WebSocket;
}

/** A message or a ping or pong went in or out; published on `postern:message`. */
export interface MessageEvent {
  /** The connection. */
  readonly ws: WebSocket;
  /** Which way it went. */
  readonly direction: 'received' | 'sent';
  /** What it was. */
  readonly kind: 'text' | 'binary' | 'ping' | 'pong';
  /** As received, or as given to be sent; of a ping or pong a copy. Text is bytes in a relay, and where it was prepared. */
  readonly data: Message | Uint8Array;
  /** The payload in bytes, before compression; of a text that is sent, in UTF-16 units. */
  readonly size: number;
}

/** It is known how a connection ended; published on `postern:close`. */
export interface CloseEvent {
  /** The connection. */
  readonly ws: WebSocket;
  /** How it ended. */
  readonly close: CloseInfo;
}

/** User code failed, or a guarded read or write did; published on `postern:error`. */
export interface ErrorEvent {
  /** Undefined where code failed that decides who may come in: `origins`, `filter`, `acceptConnection`. */
  readonly ws: WebSocket | undefined;
  /** What was thrown, or what the guarded method swallowed. */
  readonly error: unknown;
  /** The guarded method that swallowed it. */
  readonly guarded?: 'readGuarded' | 'writeGuarded';
}

export const handshakeChannel = channel('postern:handshake');
export const openChannel = channel('postern:open');
export const messageChannel = channel('postern:message');
export const closeChannel = channel('postern:close');
export const errorChannel = channel('postern:error');

/**
 * Where errors go there is nobody left to catch one: an `onError` that fails, be it asynchronous, is printed, and ends
 * nothing. An error that belongs to no connection is told on the channel, too; those of a connection it tells itself.
 */
export function safeListener(onError: ErrorListener): ErrorListener {
  return onError === printError ? byDefault : safely(onError);
}

/** Always the same, so that what comes of equal options is equal. */
const byDefault = safely(printError);

function safely(onError: ErrorListener): ErrorListener {
  return (error, ws) => {
    if (ws === undefined && errorChannel.hasSubscribers) errorChannel.publish({ ws, error });
    try {
      Promise.resolve(onError(error, ws) as unknown).catch(printError);
    } catch (mistake) {
      printError(mistake);
    }
  };
}

// What is said; called only where somebody has subscribed.

export function tellHandshake(event: HandshakeEvent): void {
  handshakeChannel.publish(event);
}

export function tellReceived(ws: object, message: Message | TextBytes, size: number): void {
  const isBytes = message instanceof TextBytes;
  const kind = isBytes || typeof message === 'string' ? 'text' : 'binary';
  const data = isBytes ? message.bytes : message;
  messageChannel.publish({ ws, direction: 'received', kind, data, size });
}

/** `text` is the option of `write`. */
export function tellSent(
  ws: object,
  message: MessageData | PreparedMessage,
  text: boolean | undefined,
): void {
  const isPrepared = message instanceof PreparedMessage;
  const given = isPrepared ? message.payload : message;
  const data = typeof given === 'string' ? given : toBytes(given);
  const isText = isPrepared ? message.opcode === Opcode.Text : (text ?? typeof data === 'string');
  const size = data.length;
  messageChannel.publish({ ws, direction: 'sent', kind: isText ? 'text' : 'binary', data, size });
}

/** The payload of a control frame lasts no longer than the call, so subscribers get a copy. */
export function tellControl(
  ws: object,
  direction: 'received' | 'sent',
  kind: 'ping' | 'pong',
  payload: Uint8Array,
): void {
  messageChannel.publish({ ws, direction, kind, data: Buffer.from(payload), size: payload.length });
}
