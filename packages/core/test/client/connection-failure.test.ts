import { describe, expect, test } from 'vitest';

import { connectionFailure } from '../../src/client/connection-failure.js';

/** An error as Node makes it. */
function nodeError(message: string, properties: object): Error {
  return Object.assign(new Error(message), properties);
}

const certificateWords = 'the server refused our client certificate, or wants one';

test.each([
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', certificateWords],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', certificateWords],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', certificateWords],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', certificateWords],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', certificateWords],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'the TLS handshake failed'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'the TLS handshake failed'],
  ['ERR_TLS_DH_PARAM_SIZE', 'the TLS handshake failed'],
  ['ERR_OSSL_PEM_NO_START_LINE', 'the option tls has a certificate or key that cannot be read'],
])('%s: %s', (code, words) => {
  const cause = nodeError('some words', { code });
  expect(connectionFailure(cause)).toMatchObject({
    code: 'POSTERN_ERR_TLS',
    message: `${words} (${code})`,
    cause,
  });
});

test.each([
  [
    'write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:',
    'the server does not speak TLS',
  ],
  ['write EPROTO 80:error:0A000412:SSL routines::sslv3 alert bad certificate:', certificateWords],
  ['write EPROTO', 'the TLS handshake failed'],
])('EPROTO, %s', (message, words) => {
  expect(connectionFailure(nodeError(message, { code: 'EPROTO' }))).toMatchObject({
    code: 'POSTERN_ERR_TLS',
    message: `${words} (EPROTO)`,
  });
});

describe('who is at fault is told by', () => {
  test.each([
    [{ code: 'ECONNRESET', syscall: 'read' }, 'POSTERN_ERR_HANDSHAKE_INTERRUPTED'],
    [{ code: 'ECONNRESET', syscall: 'connect' }, 'POSTERN_ERR_CONNECT'],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'POSTERN_ERR_CONNECT'],
    [{ code: 'ETIMEDOUT', syscall: 'read' }, 'POSTERN_ERR_HANDSHAKE_INTERRUPTED'],
    [{ code: 'EPIPE', syscall: 'write' }, 'POSTERN_ERR_HANDSHAKE_INTERRUPTED'],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'POSTERN_ERR_CONNECT'],
    [{ code: 'HPE_INVALID_CONSTANT' }, 'POSTERN_ERR_HANDSHAKE_MALFORMED'],
    [{ code: 'CERT_REVOKED' }, 'POSTERN_ERR_TLS_CERTIFICATE'],
    [{}, 'POSTERN_ERR_CONNECT'],
  ])('%j: %s', (properties, code) => {
    expect(connectionFailure(nodeError('some words', properties))).toMatchObject({ code });
  });

  test('the first of several addresses that could not be reached', () => {
    const errors = [nodeError('', { code: 'ECONNREFUSED' }), nodeError('', { code: 'EACCES' })];
    const cause = Object.assign(new AggregateError(errors), { code: undefined });
    expect(connectionFailure(cause)).toMatchObject({
      code: 'POSTERN_ERR_CONNECT',
      message: 'no connection to the server (ECONNREFUSED)',
      cause,
    });
  });
});
