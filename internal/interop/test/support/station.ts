import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { serve, target, type Gatekeeper, type ServeOptions, type WebSocket } from '@postern/core';
import { certificate, key } from './certificate.js';
import { deferred } from './deferred.js';
import { wireBytes, type Encounter, type Wishes } from './encounter.js';
import { SUBPROTOCOL, type PeerClient } from './peer.js';

export interface StationOptions extends Omit<ServeOptions, 'websocket' | 'http' | 'tls'> {
  readonly secure?: boolean;
}

/** Browsers dial from a page. */
const showPage: RequestListener = (...[, response]) => {
  response
    .writeHead(200, { 'Content-Type': 'text/html' })
    .end('<!doctype html><title>peer</title>');
};

/** Our server for one group of tests: each connection has a path of its own, and so finds its test. */
export async function startStation({ secure = false, ...options }: StationOptions) {
  const gates = new Map<string, Gatekeeper<undefined>>();
  const server = await serve({
    host: '127.0.0.1',
    http: showPage,
    subprotocols: [SUBPROTOCOL],
    websocket: (request, ws) => gates.get(target(request))?.(request, ws),
    ...(secure && { tls: { cert: certificate, key } }),
    ...options,
  });
  const sockets: Socket[] = [];
  server.server.on('connection', (socket: Socket) => sockets.push(socket));

  /** A path where `gatekeeper` stands. */
  const gate = (gatekeeper: Gatekeeper<undefined>): string => {
    const path = `/${gates.size + 1}`;
    gates.set(path, gatekeeper);
    return path;
  };

  return {
    server,
    gate,
    /** A peer's client comes in, maybe by another `base` than the server's own URL. */
    async meet(
      client: PeerClient,
      compression: boolean,
      { subprotocols = [] }: Wishes = {},
      base = server.url,
    ): Promise<Encounter> {
      const arrival = deferred<WebSocket>();
      const path = gate(async (...[, ws]) => {
        await ws.accept();
        arrival.resolve(ws);
        await ws.closed;
      });
      const ending = client.dial({ url: base + path, subprotocols, compression });
      const stray = ending.then((how) => {
        throw new Error(`the client never came in: ${JSON.stringify(how)}`);
      });
      stray.catch(() => undefined);
      const ws = await Promise.race([arrival.promise, stray]);
      const socket = sockets.at(-1)!;
      return { ws, ending, wire: () => wireBytes(socket) };
    },
    async stop(): Promise<void> {
      await server.close({ grace: 0 });
    },
  };
}

export type Station = Awaited<ReturnType<typeof startStation>>;
