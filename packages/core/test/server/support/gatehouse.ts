import { createServer, type Server } from 'node:http';
import { onTestFinished } from 'vitest';

import type { WebSocket } from '../../../src/connection/web-socket.js';
import { attach, type Attachment, type AttachOptions } from '../../../src/node/attach.js';
import { serve, type ServeOptions, type WebSocketServer } from '../../../src/node/serve.js';
import type { Gatekeeper } from '../../../src/server/gate.js';
import { fakeClock, type FakeClock } from '../../../src/testing/fake-clock.js';
import { dial, dialInMemory, type RawClient } from './raw-client.js';

/** What `onError` heard. */
export interface Heard {
  readonly error: unknown;
  readonly ws: WebSocket | undefined;
}

/** A gatekeeper on a bare `node:http` server that does not listen, with a clock that stands still. */
export interface Gatehouse {
  readonly http: Server;
  readonly attachment: Attachment;
  readonly clock: FakeClock;
  readonly heard: readonly Heard[];
  /** A client in memory that has asked for a WebSocket, unless told not to. */
  knock(ask?: boolean): RawClient;
}

/** A gatekeeper before clients in memory. */
export function gatehouse(
  websocket: Gatekeeper<undefined>,
  options: Omit<AttachOptions, 'websocket'> = {},
): Gatehouse {
  const http = createServer((request, response) => void response.end('hello'));
  const clock = fakeClock();
  const heard: Heard[] = [];
  const onError = (error: unknown, ws: WebSocket | undefined): void =>
    void heard.push({ error, ws });
  const attachment = attach(http, { clock, onError, ...options, websocket });
  const knock = (ask = true): RawClient => {
    const client = dialInMemory(http);
    return ask ? client.ask() : client;
  };
  return { http, attachment, clock, heard, knock };
}

/** A server on a port of its own. */
export interface Station {
  readonly server: WebSocketServer;
  readonly heard: readonly Heard[];
  knock(ask?: boolean): RawClient;
}

/** A gatekeeper before clients over TCP; closed with the test. */
export async function station(
  websocket: Gatekeeper<undefined>,
  options: Partial<ServeOptions> = {},
): Promise<Station> {
  const heard: Heard[] = [];
  const server = await serve({
    host: '127.0.0.1',
    onError: (error, ws) => void heard.push({ error, ws }),
    ...options,
    websocket,
  });
  onTestFinished(() => server.close({ grace: 0 }));
  const knock = (ask = true): RawClient => {
    const client = dial({ port: server.port });
    return ask ? client.ask() : client;
  };
  return { server, heard, knock };
}

/** A promise that is settled from outside. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A gatekeeper that echoes what it hears. */
export const echo: Gatekeeper<undefined> = (request, ws) => {
  void ws.listen((data) => ws.write(data));
};
