import type { Socket } from 'node:net';
import { CaseFailure } from '../case-failure.js';
import { ByteQueue } from './byte-queue.js';

/**
 * A TCP connection with no protocol on top: what came, whether the peer has ended, and how long to wait for more.
 * The socket must be made with `allowHalfOpen`, so that ending is a step of a case and never an accident.
 */
export class RawSocket {
  readonly received = new ByteQueue();
  readonly #socket: Socket;
  readonly #timeout: number;
  #ended = false;
  #wake: () => void = () => {};

  /** @param timeout milliseconds of silence after which waiting is a failure. */
  constructor(socket: Socket, timeout: number) {
    this.#socket = socket;
    this.#timeout = timeout;
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
    socket.on('end', () => this.#end());
    socket.on('data', (chunk) => {
      this.received.push(chunk);
      this.#wake();
    });
    socket.setNoDelay(true);
  }

  /** The peer has sent its FIN or a reset. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes written that have not gone to the kernel yet. */
  get backlog(): number {
    return this.#socket.writableLength;
  }

  /** Waits for more bytes or the end. Fails when there is silence for the whole timeout. */
  async more(awaited: string): Promise<void> {
    if (this.#ended) return;
    let timer: NodeJS.Timeout | undefined;
    const woken = new Promise<true>((resolve) => {
      this.#wake = () => resolve(true);
    });
    const silence = new Promise<false>((resolve) => {
      // The second timer: after a long turn of the event loop what has arrived is still to be read.
      timer = setTimeout(() => {
        timer = setTimeout(resolve, this.#timeout / 10, false);
      }, this.#timeout);
    });
    const came = await Promise.race([woken, silence]);
    clearTimeout(timer);
    if (!came) throw new CaseFailure(`no ${awaited} in time`);
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(bytes);
  }

  /** Ends our half of the connection. */
  finish(): void {
    this.#socket.end();
  }

  /** Ends the connection with a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }
}
