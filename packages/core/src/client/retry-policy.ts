import { ConnectionClosedError } from '../connection/close-info.js';
import { HandshakeError } from '../handshake/errors.js';
import { CloseCode } from '../protocol/close-code.js';
import { PosternError } from '../protocol/errors.js';

/** Close codes that say: the same again would end the same way. */
const FINAL_CLOSE_CODES: ReadonlySet<number> = new Set([
  CloseCode.ProtocolError,
  CloseCode.UnsupportedData,
  CloseCode.InvalidPayload,
  CloseCode.PolicyViolation,
  CloseCode.MessageTooBig,
  CloseCode.MandatoryExtension,
  // "Unauthorized" and "forbidden" in the IANA registry.
  3000,
  3003,
]);

/** Statuses that say: not now. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What went wrong before there was a status, and goes right another time. */
const PASSING_FAILURES: ReadonlySet<string> = new Set([
  'POSTERN_ERR_CONNECT',
  'POSTERN_ERR_HANDSHAKE_INTERRUPTED',
  'POSTERN_ERR_HANDSHAKE_TIMEOUT',
]);

/** The code of an error of a function given as `url` or `headers`. */
export const PROVIDER_FAILED = 'POSTERN_ERR_PROVIDER_FAILED';

/**
 * What `reconnecting` does unless told otherwise: it comes back when the network or the server failed, when the server
 * went away or closed with 1000, and when it answered 408, 425, 429, 500, 502, 503 or 504. It does not when a close
 * code or a status says that this client did something wrong, when TLS failed, or on a mistake of the caller.
 */
export function isWorthRetrying(error: unknown): boolean {
  if (error instanceof ConnectionClosedError) return !FINAL_CLOSE_CODES.has(error.closeCode);
  if (error instanceof HandshakeError) {
    return error.status === undefined
      ? PASSING_FAILURES.has(error.code)
      : PASSING_STATUSES.has(error.status);
  }
  return error instanceof PosternError && error.code === PROVIDER_FAILED;
}

/** The milliseconds that a refusal asks to wait for in `Retry-After`; 0 for none. Dates are not read. RFC 9110, section 10.2.3. */
export function retryAfter(error: unknown): number {
  if (!(error instanceof HandshakeError)) return 0;
  const value = error.headers['retry-after'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) * 1000 : 0;
}
