import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { RefuseOptions } from '../connection/admission.js';
import type { WebSocket } from '../connection/web-socket.js';
import type { OutgoingHeaders } from '../handshake/outgoing-headers.js';
import { refusal, renderResponse, type Refusal } from '../handshake/refusal.js';
import { renderSwitchingProtocols } from '../handshake/switching-protocols.js';
import { Gate, type Road, type SubprotocolChoice } from '../server/gate.js';
import { handshakeKey, judgeHandshake } from '../server/negotiate.js';
import { MAX_EARLY_BYTES } from '../server/options.js';
import type { Handler } from './handler.js';

/** How long a refused client may leave its end open once the answer has gone, in milliseconds. */
const LINGER = 1000;

function ignore(): void {}

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
  if (isPipelined(socket)) {
    // An earlier request on this socket has not been answered: our answer would be taken for that one's.
    socket.destroy();
    return undefined;
  }
  const choice = judge(handler, request);
  if ('ok' in choice) {
    sendRefusal(handler, socket, choice.status, choice);
    return undefined;
  }
  const road = new DirectRoad(handler, socket, head, handshakeKey(request));
  const gate = new Gate(handler, choice, road);
  gate.run(handler.gatekeeper, request, undefined);
  if (gate.isPending) road.wait(gate);
  return gate.ws;
}

function judge(
  handler: Handler<undefined>,
  request: IncomingMessage,
): Refusal | SubprotocolChoice {
  if (handler.registry.isClosing) return refusal(503, 'the server is closing\n');
  try {
    return judgeHandshake(request, handler.settings);
  } catch (error) {
    // The function behind `origins` is user code.
    handler.settings.onError(error, undefined);
    return refusal(500, 'the server failed to decide\n');
  }
}

/** Undocumented, and the only hint there is; were it gone, only a client that pipelines would hurt itself. */
function isPipelined(socket: Duplex): boolean {
  return (socket as { _httpMessage?: unknown })._httpMessage != null;
}

/** Sends an HTTP response and ends the socket; what the client sent after its request is discarded. */
function sendRefusal(
  handler: Handler<undefined>,
  socket: Duplex,
  status: number,
  options: RefuseOptions,
): void {
  const { clock, closeTimeout } = handler.settings.connection;
  const destroy = (): void => void socket.destroy();
  let timer = clock.setTimeout(destroy, closeTimeout);
  socket.once('close', () => clock.clearTimeout(timer));
  socket.resume();
  socket.end(renderResponse(status, options.headers, options.body), 'latin1', () => {
    clock.clearTimeout(timer);
    if (!socket.destroyed) timer = clock.setTimeout(destroy, LINGER);
  });
}

/** The way of one client to a raw socket. While the gatekeeper thinks, early bytes are held and the client watched. */
class DirectRoad implements Road {
  readonly #handler: Handler<undefined>;
  readonly #socket: Duplex;
  readonly #key: string;
  readonly #early: Buffer[];
  #earlyBytes: number;
  #stopWaiting: (() => void) | undefined;

  constructor(handler: Handler<undefined>, socket: Duplex, head: Buffer, key: string) {
    this.#handler = handler;
    this.#socket = socket;
    this.#key = key;
    this.#early = head.length > 0 ? [head] : [];
    this.#earlyBytes = head.length;
  }

  /** The gatekeeper needs time: hold what the client sends, notice when it leaves, and mind the deadline. */
  wait(gate: Gate): void {
    const socket = this.#socket;
    const hold = (chunk: Buffer): void => this.#hold(chunk);
    const leave = (): void => this.#onLeft(gate);
    socket.on('data', hold).on('end', leave).on('close', leave);
    this.#stopWaiting = () => {
      socket.off('data', hold).off('end', leave).off('close', leave);
      socket.pause();
    };
    gate.armDeadline();
    if (socket.destroyed || socket.readableEnded) leave();
  }

  #hold(chunk: Buffer): void {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes > MAX_EARLY_BYTES) this.#socket.pause();
  }

  #onLeft(gate: Gate): void {
    gate.fail('POSTERN_ERR_HANDSHAKE_ABORTED', 'the client left before it was let in');
    this.#socket.destroy();
  }

  onAccepted(gate: Gate, subprotocol: string, headers: OutgoingHeaders | undefined): void {
    this.#stopWaiting?.();
    const socket = this.#socket;
    if (socket.destroyed) {
      this.#onLeft(gate);
      return;
    }
    (socket as Partial<Socket>).setNoDelay?.(true);
    if ((socket as Partial<Socket>).timeout) (socket as Socket).setTimeout(0);
    socket.write(renderSwitchingProtocols(this.#key, subprotocol, [], headers), 'latin1');
    gate.open(socket, this.#early);
    // The connection listens for errors itself.
    socket.off('error', ignore);
  }

  onRefused(status: number, options: RefuseOptions): void {
    this.#stopWaiting?.();
    sendRefusal(this.#handler, this.#socket, status, options);
  }

  onThrown(gate: Gate, error: unknown): void {
    this.#handler.settings.onError(error, gate.ws);
    this.onRefused(500, { body: 'the server failed to decide\n' });
  }

  onTerminated(): void {
    this.#stopWaiting?.();
    this.#socket.destroy();
  }
}
