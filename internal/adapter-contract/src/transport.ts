import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';

import type { OpenOptions, WebSocket } from '@postern/core';
import { open } from '@postern/core';
import { connectTo, duplexPair } from '@postern/core/testing';

import type { BuildOptions, BuiltApp } from './adapter-under-test.js';
import { RawClient } from './wire/raw-client.js';

export const transports = ['tcp', 'tls', 'unix', 'memory'] as const;

/** How clients reach an app. */
export type Transport = (typeof transports)[number];

const certificate = {
  key: readFileSync(new URL('certificate/localhost.key.pem', import.meta.url), 'latin1'),
  cert: readFileSync(new URL('certificate/localhost.cert.pem', import.meta.url), 'latin1'),
};

/** The certificate to trust over TLS. */
export const authority = certificate.cert;

/** What an app's server is made with, to be reached over `transport`. */
export function buildOptions(transport: Transport): BuildOptions {
  return { tls: transport === 'tls' ? certificate : undefined };
}

/** Clients may come from here on. */
export async function start(app: BuiltApp, transport: Transport): Promise<void> {
  if (transport === 'memory') await app.ready();
  else if (transport === 'unix') await app.listen({ path: socketPath() });
  else await app.listen({ port: 0, host: '127.0.0.1' });
}

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'socket');
}

/** The port of a server that listens on one. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A client of bytes. */
export function dial(server: Server, transport: Transport): RawClient {
  switch (transport) {
    case 'memory': {
      const [near, far] = duplexPair();
      server.emit('connection', far);
      // As a socket does of itself.
      near.once('end', () => near.end());
      return new RawClient(near);
    }
    case 'unix':
      return new RawClient(connectTcp(server.address() as string));
    case 'tcp':
      return new RawClient(connectTcp(portOf(server), '127.0.0.1'));
    case 'tls': {
      const beneath = connectTcp(portOf(server), '127.0.0.1').on('error', () => undefined);
      const secure = connectTls({ socket: beneath, ca: authority, servername: 'localhost' });
      return new RawClient(secure, beneath);
    }
  }
}

/** A client of ours. */
export function openOver(
  server: Server,
  transport: Transport,
  path: string,
  options: OpenOptions = {},
): Promise<WebSocket> {
  switch (transport) {
    case 'memory':
      return connectTo(server, path, options);
    case 'unix':
      return open(`ws://localhost${path}`, { ...options, socketPath: server.address() as string });
    case 'tcp':
      return open(`ws://127.0.0.1:${portOf(server)}${path}`, options);
    case 'tls':
      return open(`wss://127.0.0.1:${portOf(server)}${path}`, {
        ...options,
        tls: { ca: authority },
      });
  }
}
