import type { Buffer } from 'node:buffer';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

import { HandshakeError } from '../handshake/errors.js';
import { connectionFailure } from './connection-failure.js';
import { guard, tlsDefaults } from './dial.js';
import type { TlsOptions } from './open-options.js';
import type { Proxy } from './proxy-choice.js';
import type { Target } from './target.js';
import { whenAborted } from './when-aborted.js';

/** How a tunnel is made, and given up. */
export interface TunnelOptions {
  /** For the target. */
  readonly tls: TlsOptions;
  /** For an `https:` proxy. */
  readonly proxyTls: TlsOptions;
  readonly signal: AbortSignal;
}

/**
 * Has `proxy` connect us to `target`: CONNECT, for `ws:` as for `wss:`, since a proxy in between would not know what to
 * do with an upgrade. RFC 9110, section 9.3.6.
 * @throws {HandshakeError} when the proxy refuses (with its status, headers and the beginning of its body), or cannot be
 *   reached.
 */
export async function tunnel(
  proxy: Proxy,
  target: Target,
  options: TunnelOptions,
): Promise<Duplex> {
  const socket = await connectThrough(askProxy(proxy, target, options.proxyTls), options.signal);
  if (!target.secure) return socket;
  return guard(connectTls({ ...tlsDefaults(target), ...options.tls, socket }));
}

function askProxy(proxy: Proxy, target: Target, tls: TlsOptions): ClientRequest {
  const { host, port } = target;
  const path = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const { authorization } = proxy;
  const headers = {
    Host: path,
    ...(authorization === undefined ? undefined : { 'Proxy-Authorization': authorization }),
  };
  const where = { host: proxy.host, port: proxy.port, method: 'CONNECT', path, headers };
  // No agent: what becomes of the socket is our affair alone.
  return proxy.secure
    ? httpsRequest({ ...tlsDefaults(proxy), ...tls, ...where, agent: false })
    : httpRequest({ ...where, agent: false });
}

function connectThrough(request: ClientRequest, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const forgetSignal = whenAborted(signal, () => request.destroy());
    // Never removed: without a listener for errors, a late one ends the process.
    request.on('error', (error) => {
      forgetSignal();
      reject(connectionFailure(error, 'proxy'));
    });
    request.on('connect', (response, socket, head) => {
      forgetSignal();
      guard(socket);
      const refusal = judge(response, head);
      if (refusal === undefined) resolve(socket);
      else {
        socket.destroy();
        reject(refusal);
      }
    });
    request.end();
  });
}

function judge(response: IncomingMessage, head: Buffer): HandshakeError | undefined {
  const { statusCode: status = 0, headers } = response;
  const isConnected = status >= 200 && status < 300;
  // A server of HTTP does not speak first.
  if (isConnected && head.length === 0) return undefined;
  const message = isConnected
    ? 'expected the proxy to wait for our request, got bytes before it'
    : `expected the proxy to answer 2xx, got ${status}`;
  // What came in one piece with the head; in chunks it would not be text.
  const body = headers['transfer-encoding'] === undefined ? head.toString('utf8') : '';
  return new HandshakeError('POSTERN_ERR_PROXY', message, { status, headers, body });
}
