import { HandshakeError } from '../handshake/errors.js';
import { quoted } from '../handshake/quoted.js';
import type { ErrorCode } from '../protocol/errors.js';

/** What OpenSSL and Node find wrong with the certificate of a server. */
const CERTIFICATE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is self-signed, and not among the trusted ones'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its chain ends in a self-signed one that is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'the certificate of its issuer is missing'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its issuer is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its issuer is not trusted, or missing from the chain'],
  ['CERT_UNTRUSTED', 'its issuer is not trusted for this purpose'],
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it is not valid yet'],
  ['CERT_REVOKED', 'it has been revoked'],
  ['CERT_REJECTED', 'it is marked as not to be used for this purpose'],
  ['CERT_SIGNATURE_FAILURE', 'its signature is wrong'],
  ['CERT_CHAIN_TOO_LONG', 'its chain is too long'],
  ['PATH_LENGTH_EXCEEDED', 'its chain is longer than an issuer in it allows'],
  ['INVALID_CA', 'an issuer in its chain may not issue certificates'],
  ['INVALID_PURPOSE', 'it is not meant for servers'],
  ['HOSTNAME_MISMATCH', 'it is not for this host'],
]);

/** OpenSSL's words for a server that wants a certificate of ours, or another one; in a code or in a message. */
const CLIENT_CERTIFICATE = /alert.(bad.|unsupported.|unknown.)?(certificate|ca)/i;

/** OpenSSL's words for an answer that is not TLS. */
const NOT_TLS = /wrong.version.number|packet.length.too.long/i;

const NO_CONNECTION = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa']);

const INTERRUPTED = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/** What `node:net`, `node:tls` and `node:http` put into their errors. */
interface SystemError extends Error {
  readonly code?: string | undefined;
  readonly syscall?: string;
  readonly errors?: readonly SystemError[];
  /** Of a certificate that names other hosts. */
  readonly host?: string;
}

/** The error for an opening handshake that got no answer from `peer`, made of the one that Node has for it. */
export function connectionFailure(
  cause: SystemError,
  peer: 'server' | 'proxy' = 'server',
): HandshakeError {
  const { code = '' } = cause;
  if (code.startsWith('HPE_')) {
    const message = `expected an HTTP response from the ${peer}`;
    return failure('POSTERN_ERR_HANDSHAKE_MALFORMED', message, cause);
  }
  const fault = certificateFault(cause);
  if (fault !== undefined) {
    return failure('POSTERN_ERR_TLS_CERTIFICATE', `certificate of the ${peer}: ${fault}`, cause);
  }
  if (isTlsError(code)) return failure('POSTERN_ERR_TLS', tlsFault(cause, peer), cause);
  if (INTERRUPTED.has(code) && !isUnconnected(cause)) {
    const message = `the connection to the ${peer} ended before the opening handshake was complete`;
    return failure('POSTERN_ERR_HANDSHAKE_INTERRUPTED', message, cause);
  }
  return failure('POSTERN_ERR_CONNECT', `no connection to the ${peer}`, cause);
}

/** A name with several addresses fails with an `AggregateError`. */
function isUnconnected(cause: SystemError): boolean {
  return NO_CONNECTION.has(cause.syscall ?? '') || cause.errors !== undefined;
}

function certificateFault({ code = '', host }: SystemError): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `it is not for ${quoted(host)}`;
  return CERTIFICATE_FAULTS.get(code);
}

function isTlsError(code: string): boolean {
  return /^ERR_(SSL|TLS|OSSL)_/.test(code) || code === 'EPROTO';
}

function tlsFault({ code = '', message }: SystemError, peer: string): string {
  if (code.startsWith('ERR_OSSL_')) {
    return 'the option tls has a certificate or key that cannot be read';
  }
  // An error while the request is being written has its reason in the message alone.
  const words = `${code} ${message}`;
  if (NOT_TLS.test(words)) return `the ${peer} does not speak TLS`;
  if (CLIENT_CERTIFICATE.test(words)) {
    return `the ${peer} refused our client certificate, or wants one`;
  }
  return 'the TLS handshake failed';
}

function failure(code: ErrorCode, message: string, cause: SystemError): HandshakeError {
  const detail = cause.code ?? cause.errors?.[0]?.code ?? cause.message;
  return new HandshakeError(code, `${message} (${detail})`, { cause });
}
