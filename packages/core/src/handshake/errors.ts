import { PosternError, type ErrorCode } from '../protocol/errors.js';
import type { NodeLikeHeaders } from './request-head.js';

/** What is known of the HTTP response behind a `HandshakeError`. */
export interface HandshakeErrorOptions {
  readonly status?: number | undefined;
  readonly headers?: NodeLikeHeaders | undefined;
  readonly body?: string | undefined;
  readonly cause?: unknown;
}

/** The opening handshake did not lead to a WebSocket: it was refused, or broke RFC 6455, section 4. */
export class HandshakeError extends PosternError {
  override readonly name = 'HandshakeError';
  /** The HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** The headers of the answer in Node's shape: names in lower case; empty when there was none. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body of the answer as text, possibly cut short; empty when there was none. */
  readonly body: string;

  constructor(code: ErrorCode, message: string, options: HandshakeErrorOptions = {}) {
    const { status, headers = {}, body = '', cause } = options;
    super(code, message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
