import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { RefuseOptions } from '../connection/admission.js';
import type { WebSocket } from '../connection/web-socket.js';
import { refusal, type Refusal } from '../handshake/refusal.js';
import { renderSwitchingProtocols } from '../handshake/switching-protocols.js';
import { Gate, type GateAnswer, type Road, type HandshakeChoice } from '../server/gate.js';
import { handshakeKey, judgeHandshake } from '../server/negotiate.js';
import { EarlyBytes } from './early-bytes.js';
import type { Handler } from './handler.js';
import { refuseSocket } from './refuse-socket.js';
import { ignore, isPipelined, settleSocket } from './upgraded-socket.js';

/**
 * One upgrade request without a framework in between: the 101 or the refusal is written straight to the socket.
 * Returns the WebSocket that the gatekeeper got; undefined for a request that was refused before it.
 */
export function admitDirectly(
  handler: Handler<undefined>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): WebSocket | undefined {
  // First of all: a socket without a listener for errors ends the process.
  socket.on('error', ignore);
  if (socket.destroyed || isPipelined(socket)) {
    // The client has left; or an earlier request on this socket has not been answered, and our answer would be taken
    // for that one's.
    socket.destroy();
    return undefined;
  }
  const choice = judge(handler, request);
  if ('ok' in choice) {
    handler.registry.onTurnedAway(request, choice, handler.settings.trustProxy);
    refuseSocket(handler.settings, socket, choice.status, choice);
    return undefined;
  }
  const road = new DirectRoad(handler, socket, head, handshakeKey(request));
  const gate = new Gate(handler, choice, road);
  handler.registry.addPending(gate);
  gate.run(handler.gatekeeper, request, undefined);
  if (gate.isPending) road.wait(gate);
  return gate.ws;
}

function judge(handler: Handler<undefined>, request: IncomingMessage): Refusal | HandshakeChoice {
  const { registry, settings } = handler;
  try {
    const noRoom = registry.refusalFor(request, settings.trustProxy);
    if (noRoom !== undefined) return noRoom;
    return judgeHandshake(request, settings);
  } catch (error) {
    // The function behind `origins` is user code.
    settings.onError(error, undefined);
    return refusal(500, 'the server failed to decide\n');
  }
}

/** The way of one client straight to its socket. */
class DirectRoad implements Road {
  readonly #handler: Handler<undefined>;
  readonly #socket: Duplex;
  readonly #key: string;
  readonly #early: EarlyBytes;

  constructor(handler: Handler<undefined>, socket: Duplex, head: Buffer, key: string) {
    this.#handler = handler;
    this.#socket = socket;
    this.#key = key;
    this.#early = new EarlyBytes(socket, head);
  }

  /** The gatekeeper needs time: hold what the client sends, notice when it leaves, and mind the deadline. */
  wait(gate: Gate): void {
    this.#early.hold(() => this.#onLeft(gate));
    gate.armDeadline();
  }

  #onLeft(gate: Gate): void {
    gate.fail('POSTERN_ERR_HANDSHAKE_ABORTED', 'the client left before it was let in');
    this.#socket.destroy();
  }

  onAccepted(gate: Gate, { subprotocol, extensions, headers }: GateAnswer): void {
    const socket = this.#socket;
    const early = this.#early.take();
    if (socket.destroyed) {
      this.#onLeft(gate);
      return;
    }
    settleSocket(socket);
    socket.write(renderSwitchingProtocols(this.#key, subprotocol, extensions, headers), 'latin1');
    gate.open(socket, early);
    // The connection listens for errors itself.
    socket.off('error', ignore);
  }

  onRefused(status: number, options: RefuseOptions): void {
    this.#early.release();
    refuseSocket(this.#handler.settings, this.#socket, status, options);
  }

  onThrown(gate: Gate, error: unknown): void {
    this.#handler.settings.onError(error, gate.ws);
    this.onRefused(500, { body: 'the server failed to decide\n' });
  }

  onTerminated(): void {
    this.#early.release();
    this.#socket.destroy();
  }
}
