import { CloseCode } from './close-code.js';

/** The stable codes of every error that this library makes; `docs/errors.md` explains each. */
export type ErrorCode = `POSTERN_ERR_${string}`;

/** The base of all errors that are not simply a mistake in an argument. */
export class PosternError extends Error {
  override readonly name: string = 'PosternError';
  /** What happened, in a form that does not change between releases. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The peer broke RFC 6455; the connection fails with `closeCode` (section 7.1.7). */
export class ProtocolError extends PosternError {
  override readonly name = 'ProtocolError';
  /** The close code that the peer is told. */
  readonly closeCode: number;

  constructor(code: ErrorCode, message: string, closeCode: number = CloseCode.ProtocolError) {
    super(code, message);
    this.closeCode = closeCode;
  }
}

/** The caller used an object in a state that does not allow it, as in writing before acceptance. */
export class StateError extends PosternError {
  override readonly name = 'StateError';
}
