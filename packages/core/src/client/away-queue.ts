import { toBytes, type MessageData } from '../connection/message-data.js';
import type { WriteOptions } from '../connection/web-socket-options.js';
import type { WebSocket } from '../connection/web-socket.js';
import { PosternError } from '../protocol/errors.js';

interface Waiting {
  readonly data: MessageData;
  readonly options: WriteOptions | undefined;
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Messages written while there is no connection, in order. */
export class AwayQueue {
  readonly #maxBytes: number;
  #waiting: Waiting[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Waits for `flush`, and rejects when there is no room.
   * @throws {TypeError} for anything but a string or bytes.
   */
  push(data: MessageData, options: WriteOptions | undefined): Promise<void> {
    const size = toBytes(data).length;
    if (this.#bytes + size > this.#maxBytes) {
      const message = `more than ${this.#maxBytes} bytes would wait for a connection`;
      return Promise.reject(new PosternError('POSTERN_ERR_QUEUE_FULL', message));
    }
    this.#bytes += size;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ data, options, size, resolve, reject });
    });
  }

  /** Writes what waits to `ws`; what comes meanwhile too. What a connection that ends does not take goes on waiting. */
  async flush(ws: WebSocket): Promise<void> {
    for (let first = this.#waiting[0]; first !== undefined && ws.isOpen; first = this.#waiting[0]) {
      const { data, options, resolve, reject } = first;
      this.#waiting.shift();
      this.#bytes -= first.size;
      await ws.write(data, options).then(resolve, reject);
    }
  }

  /** Nothing will be sent any more. */
  end(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    for (const { reject } of waiting) reject(error);
  }
}
