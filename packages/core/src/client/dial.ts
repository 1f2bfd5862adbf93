import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

import type { TlsOptions } from './open-options.js';
import type { Target } from './target.js';

/** Connects to `target`; what goes wrong shows in the stream's events. */
export function dial(target: Target, tls: TlsOptions): Socket {
  const { host, port, socketPath, secure } = target;
  const where = socketPath === undefined ? { host, port } : { path: socketPath };
  const socket = secure
    ? connectTls({ ...tlsDefaults(target), ...tls, ...where })
    : connectTcp({ ...where, noDelay: true });
  return guard(socket);
}

/** What `tls.connect` is to know of a host unless the caller knows better. */
export function tlsDefaults({ host }: { readonly host: string }): TlsOptions {
  // An address must not be sent as a server name (RFC 6066, section 3).
  return isIP(host) === 0
    ? { servername: host, ALPNProtocols: ['http/1.1'] }
    : { ALPNProtocols: ['http/1.1'] };
}

/** Until somebody else listens, an error of the stream must not end the process. */
export function guard<Stream extends Duplex>(stream: Stream): Stream {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  return stream;
}

/** Somebody else listens now. */
export function unguard(stream: Duplex): void {
  stream.removeListener('error', ignore);
}

function ignore(): void {}
