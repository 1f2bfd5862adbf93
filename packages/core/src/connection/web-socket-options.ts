import type { Agreed } from './agreed.js';
import type { ConnectionOptions } from './options.js';
import type { Role } from '../protocol/protocol.js';
import type { WebSocket } from './web-socket.js';

/** How a message is sent. */
export interface WriteOptions {
  /**
   * Whether the message goes as text; bytes sent as text must be UTF-8.
   * @default true for a string, false for bytes
   */
  readonly text?: boolean;
  /**
   * Whether this message may be compressed, where compression was agreed on.
   * @default true
   */
  readonly compress?: boolean;
}

/** How `read` waits. */
export interface ReadOptions {
  /** Ends the wait: `read` rejects with its reason. No message is lost by it, and the connection stays as it is. */
  readonly signal?: AbortSignal;
}

/** How a connection is closed. */
export interface CloseOptions {
  /**
   * The close code: 1000-1003, 1007-1014 or 3000-4999 (RFC 6455, section 7.4).
   * @default 1000
   */
  readonly code?: number;
  /**
   * The close reason, at most 123 bytes of UTF-8.
   * @default ''
   */
  readonly reason?: string;
  /**
   * How long the closing handshake may take, in milliseconds; then the socket is destroyed.
   * @default the connection's `closeTimeout`
   */
  readonly timeout?: number;
}

/** Hears of what went wrong in user code, or between us and a framework. */
export type ErrorListener = (error: unknown, ws: WebSocket | undefined) => void;

/** Options of `WebSocket.over`. */
export interface OverOptions extends ConnectionOptions {
  /** Which end this is: a client masks what it sends (RFC 6455, section 5.1). */
  readonly role: Role;
  /** Bytes of the peer that came along with its handshake. */
  readonly head?: Uint8Array;
  /**
   * What the opening handshake agreed on.
   * @default nothing
   */
  readonly agreed?: Agreed;
  /**
   * Hears of what went wrong in user code.
   * @default prints the stack to stderr
   */
  readonly onError?: ErrorListener;
}
