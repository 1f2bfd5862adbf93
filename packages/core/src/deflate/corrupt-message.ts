import { CloseCode } from '../protocol/close-code.js';
import { ProtocolError } from '../protocol/errors.js';

/** What the peer compressed is no DEFLATE data, or ends in the middle. RFC 7692, section 7.2.2. */
export function corruptMessage(cause?: Error): ProtocolError {
  const error = new ProtocolError(
    'POSTERN_ERR_COMPRESSED_DATA',
    'compressed message is not what RFC 7692 allows',
    CloseCode.InvalidPayload,
  );
  if (cause !== undefined) error.cause = cause;
  return error;
}
