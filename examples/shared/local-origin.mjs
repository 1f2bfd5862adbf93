import { isIP } from 'node:net';
import { origin } from '@postern/core';

/**
 * Whether a handshake comes from no page, or from one that was opened at localhost or at an address in numbers.
 *
 * Postern has already refused the pages of other sites: their origin is not the host that they ask for. One trick is
 * left: a name of theirs that leads to this machine (DNS rebinding), for then it is.
 *
 * @param {import('@postern/core').HandshakeRequest} request
 */
export function hasLocalOrigin(request) {
  const from = origin(request);
  if (from === '') return true;
  const { hostname } = new URL(from);
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

/** What the others are told. */
export const strangeName = 'Open the page at localhost, or at an address in numbers.\n';
