import type { Socket } from 'node:net';
import type { WebSocket } from '@postern/core';
import type { Ending } from './peer.js';

/** Our end of a connection with a peer, and what the peer will say of it. */
export interface Encounter {
  readonly ws: WebSocket;
  readonly ending: Promise<Ending>;
  /** What went over the wire so far, the handshake included; not known where there is TLS. */
  wire(): WireBytes;
}

/** From our side. */
export interface WireBytes {
  readonly sent: number;
  readonly received: number;
}

export interface Wishes {
  /** What the client offers. */
  readonly subprotocols?: readonly string[];
}

/** Brings about one connection, in one of the two roles. */
export type Meet = (wishes?: Wishes) => Promise<Encounter>;

export function wireBytes({ bytesWritten, bytesRead }: Socket): WireBytes {
  return { sent: bytesWritten, received: bytesRead };
}
