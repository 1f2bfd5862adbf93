import { CloseCode } from '../protocol/close-code.js';
import { PosternError } from '../protocol/errors.js';

/** How a connection ended. */
export interface CloseInfo {
  /** The close code; 1005 for a close frame without one, 1006 for an end without a close frame. */
  readonly code: number;
  /** The reason in the peer's close frame, or why this side failed the connection; `''` for none, as in most answers. */
  readonly reason: string;
  /** Whether close frames went both ways. RFC 6455, section 7.1.4. */
  readonly wasClean: boolean;
  /** Who began the end: this side, the peer by a close frame, or the network between. */
  readonly initiator: 'local' | 'peer' | 'network';
  /** Why, with a `code`, whenever the end was not clean. */
  readonly cause: Error | undefined;
}

/** An end without a closing handshake. RFC 6455, section 7.1.5. */
export function abnormalEnd(
  initiator: CloseInfo['initiator'],
  cause: Error | undefined,
): CloseInfo {
  return { code: CloseCode.Abnormal, reason: '', wasClean: false, initiator, cause };
}

/** The socket ended, or failed with `error`. */
export function networkEnd(error: Error | undefined): CloseInfo {
  const message =
    error === undefined
      ? 'the peer ended the socket without a close frame'
      : `the socket failed: ${error.message}`;
  const cause = new PosternError('POSTERN_ERR_CONNECTION_LOST', message, { cause: error });
  return abnormalEnd('network', cause);
}

/** The peer did not answer our close frame in time. */
export function closeTimedOut(timeout: number): CloseInfo {
  const message = `closing handshake not completed within ${timeout} ms`;
  return abnormalEnd('local', new PosternError('POSTERN_ERR_CLOSE_TIMEOUT', message));
}

/** Whether `error` tells of the end of this very connection. */
export let isErrorOf: (error: unknown, source: object) => boolean;

/** The connection has ended, or is ending; `close` tells how. */
export class ConnectionClosedError extends PosternError {
  override readonly name = 'ConnectionClosedError';
  /** How it ended. */
  readonly close: CloseInfo;
  /** The same as `close.code`. */
  readonly closeCode: number;
  /** The same as `close.reason`. */
  readonly reason: string;

  readonly #source: object | undefined;

  /** `source` is the connection that ended, for `isErrorOf`. */
  constructor(close: CloseInfo, source?: object) {
    const because = close.reason === '' ? '' : `: ${close.reason}`;
    super('POSTERN_ERR_CONNECTION_CLOSED', `connection closed with ${close.code}${because}`, {
      cause: close.cause,
    });
    this.close = close;
    this.closeCode = close.code;
    this.reason = close.reason;
    this.#source = source;
  }

  static {
    isErrorOf = (error, source) =>
      error instanceof ConnectionClosedError && error.#source === source;
  }
}
