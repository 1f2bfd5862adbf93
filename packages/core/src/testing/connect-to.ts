import type { EventEmitter } from 'node:events';
import { Server as SecureServer } from 'node:tls';

import { open } from '../client/open.js';
import type { OpenOptions } from '../client/open-options.js';
import type { WebSocket } from '../connection/web-socket.js';
import { duplexPair } from './duplex-pair.js';

/** An HTTP server, or something that has one as `server`: what `serve` resolves with, a Fastify app. */
export type ServesHttp = EventEmitter | { readonly server: EventEmitter };

/** The URL's host; no name is looked up, and nothing dialled. */
const HOST = 'ws://localhost';

/**
 * A client of `server` in memory: no network, and no port, since the server need not listen. The whole opening handshake
 * takes place, and the chain of a framework runs. Fastify wants `await app.ready()` first.
 * @throws {HandshakeError} when the server refuses; it has status, headers and body.
 * @throws {TypeError} when `server` is none, or `path` does not begin with a slash.
 */
export function connectTo(
  server: ServesHttp,
  path = '/',
  options: OpenOptions = {},
): Promise<WebSocket> {
  return open(urlOf(path), { ...options, createConnection: () => connectInMemory(server) });
}

function urlOf(path: string): string {
  if (path.startsWith('/')) return `${HOST}${path}`;
  throw new TypeError(`path is '${path}', expected one that begins with '/'`);
}

function connectInMemory(server: ServesHttp) {
  const [near, far] = duplexPair();
  const httpServer = httpServerOf(server);
  // An HTTPS server takes a stream after its TLS, which memory does without.
  httpServer.emit(httpServer instanceof SecureServer ? 'secureConnection' : 'connection', far);
  return near;
}

function httpServerOf(server: ServesHttp): EventEmitter {
  if ('server' in server && isEmitter(server.server)) return server.server;
  if (isEmitter(server)) return server;
  throw new TypeError('server is no HTTP server and has none, expected one');
}

function isEmitter(value: unknown): value is EventEmitter {
  return typeof (value as EventEmitter | undefined)?.emit === 'function';
}
