import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

export interface ProxyServer {
  readonly port: number;
  /** What was asked of it. */
  readonly requests: IncomingMessage[];
  /** Its ends of the sockets to clients. */
  readonly sockets: Duplex[];
}

/** Takes a CONNECT somewhere, or answers something else. */
export type ConnectListener = (request: IncomingMessage, socket: Duplex) => void;

/** A proxy that knows CONNECT alone; behind TLS with `secure`. */
export async function serveProxy(
  onConnect: ConnectListener = connectThere,
  secure?: { readonly cert: string; readonly key: string },
): Promise<ProxyServer> {
  const requests: IncomingMessage[] = [];
  const sockets: Duplex[] = [];
  const server = secure === undefined ? createServer() : createSecureServer(secure);
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    requests.push(request);
    sockets.push(socket);
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    // Unread, it would not see its end.
    socket.resume();
    socket.on('end', () => socket.end());
    onConnect(request, socket);
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, requests, sockets };
}

/** What a proxy does that lets everybody through. */
export function connectThere(request: IncomingMessage, socket: Duplex): void {
  const { hostname, port } = new URL(`http://${request.url!}`);
  const there: Socket = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''), () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    there.pipe(socket).pipe(there);
  });
  there.on('error', () => socket.destroy());
  socket.on('close', () => there.destroy());
  there.on('close', () => socket.destroy());
}
