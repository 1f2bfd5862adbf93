import type { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';

import { MAX_EARLY_BYTES } from '../server/options.js';

/**
 * A client's socket while its handshake is being decided: what it sends early is held, in order, and its leaving is
 * noticed, which needs somebody who reads.
 */
export class EarlyBytes {
  readonly #socket: Duplex;
  readonly #chunks: Buffer[];
  #length: number;
  #stop: (() => void) | undefined;

  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    this.#chunks = head.length > 0 ? [head] : [];
    this.#length = head.length;
  }

  /** From now on bytes are held, and `onLeft` is called once the client has ended or lost its socket. */
  hold(onLeft: () => void): void {
    const onData = (chunk: Buffer): void => this.#add(chunk);
    this.#socket.on('data', onData);
    this.watch(onLeft, () => this.#socket.off('data', onData));
  }

  /** The same without holding anything: somebody else reads. */
  watch(onLeft: () => void, onStopped?: () => void): void {
    const socket = this.#socket;
    const leave = (): void => {
      this.#stop?.();
      onLeft();
    };
    this.#stop = () => {
      this.#stop = undefined;
      socket.off('end', leave).off('close', leave);
      onStopped?.();
    };
    socket.on('end', leave).on('close', leave);
    if (socket.destroyed || socket.readableEnded) leave();
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    // More stays in the socket: a client need not send so much before it knows that it is let in.
    if (this.#length > MAX_EARLY_BYTES) this.#socket.pause();
  }

  /** Ends the holding, and returns what was held; the socket stays paused until somebody reads on. */
  take(): readonly Buffer[] {
    if (this.#stop !== undefined) this.#socket.pause();
    this.release();
    return this.#chunks;
  }

  /** Ends the holding. */
  release(): void {
    this.#stop?.();
  }
}
