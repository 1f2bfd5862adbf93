import { once } from 'node:events';
import { createServer, type TlsOptions } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

import { headerOf, switching } from './raw-server.js';

export interface SecureServer {
  readonly port: number;
  /** What each client asked for while TLS was set up, and then its request. */
  readonly seen: { servername: unknown; protocol: unknown; head: string }[];
}

/** A server behind TLS that lets everybody in, or, with the header lines `redirect`, sends everybody elsewhere. */
export async function serveSecurely(
  options: TlsOptions,
  redirect?: readonly string[],
): Promise<SecureServer> {
  const seen: SecureServer['seen'] = [];
  const server = createServer({ ALPNProtocols: ['http/1.1'], ...options }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1');
      seen.push({ servername: socket.servername, protocol: socket.alpnProtocol, head });
      const key = headerOf(head, 'Sec-WebSocket-Key') ?? '';
      const elsewhere = ['HTTP/1.1 307 Elsewhere', ...(redirect ?? []), '', ''].join('\r\n');
      socket.write(redirect === undefined ? switching(key) : elsewhere);
    });
    onTestFinished(() => void socket.destroy());
  });
  server.on('tlsClientError', () => undefined);
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, seen };
}
