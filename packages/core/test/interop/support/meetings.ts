import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket as WsSocket, WebSocketServer as WsServer, type ClientOptions } from 'ws';

import { open } from '../../../src/client/open.js';
import type { OpenOptions } from '../../../src/client/open-options.js';
import type { Message } from '../../../src/connection/inbox.js';
import type { WebSocket } from '../../../src/connection/web-socket.js';
import type { ServeOptions } from '../../../src/node/serve.js';
import type { Gatekeeper } from '../../../src/server/gate.js';
import { deferred, station } from '../../server/support/gatehouse.js';
import { WsSide } from './ws-side.js';

/** A connection between ours and theirs. */
export interface Meeting {
  readonly ours: WebSocket;
  readonly theirs: WsSide;
}

export interface MeetingOptions {
  /** Of whichever end is ours. */
  readonly ours?: OpenOptions & Partial<ServeOptions>;
  /** Of whichever end is theirs. */
  readonly theirs?: ClientOptions & { readonly maxPayload?: number };
  /** What their client offers, or ours. */
  readonly offer?: readonly string[];
}

/** Our server, their client. */
export async function serving({ ours = {}, theirs = {}, offer = [] }: MeetingOptions = {}) {
  const entered = deferred<WebSocket>();
  const gatekeeper: Gatekeeper<undefined> = async (request, ws) => {
    await ws.accept();
    entered.resolve(ws);
    await ws.closed;
  };
  const { server } = await station(gatekeeper, ours);
  const client = new WsSide(new WsSocket(server.url, [...offer], theirs));
  onTestFinished(() => client.socket.terminate());
  await client.opened();
  return { ours: await entered.promise, theirs: client };
}

/** Their server, our client. */
export async function visiting({ ours = {}, theirs = {}, offer = [] }: MeetingOptions = {}) {
  const server = new WsServer({ host: '127.0.0.1', port: 0, ...(theirs as object) });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, 'listening');
  const entered = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const ws = await open(`ws://127.0.0.1:${port}/`, { subprotocols: offer, ...ours });
  onTestFinished(() => ws.terminate());
  const [socket] = (await entered) as [WsSocket];
  return { ours: ws, theirs: new WsSide(socket) };
}

/** Both ways, with their names. */
export const meetings: readonly (readonly [
  string,
  (options?: MeetingOptions) => Promise<Meeting>,
])[] = [
  ['our server and their client', serving],
  ['their server and our client', visiting],
];

/** Whether both are of one kind, and equal; a comparison that prints nothing large. */
export function sameMessage(found: Message, expected: Message): boolean {
  return typeof found === 'string' || typeof expected === 'string'
    ? found === expected
    : found.equals(expected);
}
