import type { ClientRequest } from 'node:http';

import {
  handshakeChannel,
  tellHandshake,
  type HandshakeEvent,
  type HandshakeSubject,
} from '../connection/diagnostics.js';
import type { WebSocket } from '../connection/web-socket.js';
import { HandshakeError } from '../handshake/errors.js';
import { targetUrl, type Target } from './target.js';

/** Tells `postern:handshake` what came of one opening handshake of ours; it costs nothing while nobody listens. */
export class HandshakeReport {
  /** Of the last request: a redirect leads from one to the next. */
  #subject: HandshakeSubject | undefined;

  /** A request is on its way. */
  asked(target: Target, request: ClientRequest): void {
    if (!handshakeChannel.hasSubscribers) return;
    const headers = request.getHeaders();
    this.#subject = { method: 'GET', url: targetUrl(target), headers, clientAddress: '' };
  }

  accepted(ws: WebSocket, subprotocol: string): void {
    this.#tell({ ws, outcome: 'accepted', status: 101, subprotocol, error: undefined });
  }

  /** `reason` is what `open` rejects with. */
  failed(reason: unknown): void {
    const status = reason instanceof HandshakeError ? reason.status : undefined;
    this.#tell({
      ws: undefined,
      outcome: status === undefined || status === 101 ? 'failed' : 'refused',
      status,
      subprotocol: '',
      error: reason instanceof Error ? reason : givenUp(reason),
    });
  }

  #tell(outcome: Omit<HandshakeEvent, 'role' | 'request' | 'connections'>): void {
    const request = this.#subject;
    this.#subject = undefined;
    if (request === undefined) return;
    tellHandshake({ role: 'client', request, connections: undefined, ...outcome });
  }
}

/** A signal may abort with anything. */
function givenUp(cause: unknown): Error {
  return new Error('the opening handshake was given up', { cause });
}
