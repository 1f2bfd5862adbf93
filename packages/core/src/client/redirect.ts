import { HandshakeError } from '../handshake/errors.js';
import type { OpenSettings } from './open-options.js';
import type { Redirected } from './opening-request.js';
import { isSameOrigin, parseTarget, targetUrl, type Target } from './target.js';

/** What is meant for one origin only: among headers … */
const ORIGIN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'host',
  'proxy-authorization',
]);

/** … and among the options for TLS, in lower case: a client certificate, and the name of a host. */
const ORIGIN_TLS: ReadonlySet<string> = new Set([
  'cert',
  'key',
  'passphrase',
  'pfx',
  'securecontext',
  'servername',
]);

/**
 * Where a redirect leads.
 * @throws {HandshakeError} when it may not be followed: from `wss:` to `ws:`, away from a Unix socket, or to no URL.
 */
export function followRedirect(from: Target, redirected: Redirected): Target {
  const next = readLocation(from, redirected);
  if (from.secure && !next.secure) {
    throw notFollowed(redirected, 'expected wss: to stay wss:, got a redirect to ws:');
  }
  if (next.socketPath !== undefined) {
    throw notFollowed(redirected, 'expected a redirect to a host, got one to a Unix socket');
  }
  const reached = { ...next, socketPath: from.socketPath };
  if (isSameOrigin(from, reached)) {
    return { ...reached, authorization: next.authorization ?? from.authorization };
  }
  if (from.socketPath === undefined) return next;
  throw notFollowed(
    redirected,
    'expected to stay on the Unix socket, got a redirect to another host',
  );
}

/** The settings without what was meant for the origin that sent us away. */
export function withoutCredentials(settings: OpenSettings): OpenSettings {
  return {
    ...settings,
    headers: without(settings.headers, ORIGIN_HEADERS),
    tls: without(settings.tls, ORIGIN_TLS),
  };
}

function readLocation(from: Target, redirected: Redirected): Target {
  const base = targetUrl(from);
  if (URL.canParse(redirected.location, base)) {
    const url = new URL(redirected.location, base);
    // A fragment is for whoever shows the page (RFC 9110, section 10.2.2).
    url.hash = '';
    try {
      return parseTarget(url);
    } catch {
      // Said below.
    }
  }
  throw notFollowed(redirected, 'expected a redirect to a ws, wss, http or https URL');
}

/** The error for a redirect that is not followed. */
export function notFollowed({ refusal }: Redirected, message: string): HandshakeError {
  const { status, headers } = refusal;
  return new HandshakeError('POSTERN_ERR_HANDSHAKE_REDIRECT', message, { status, headers });
}

function without<Value extends object>(value: Value, names: ReadonlySet<string>): Value {
  const rest = Object.entries(value).filter(([name]) => !names.has(name.toLowerCase()));
  return Object.fromEntries(rest) as Value;
}
