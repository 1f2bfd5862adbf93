import { once } from 'node:events';
import type { WebSocket as WsSocket } from 'ws';

/** A message as npm `ws` hands it over: a string for text, bytes for binary. */
export type WsMessage = string | Buffer;

/** How npm `ws` saw the connection end. */
export interface WsEnd {
  readonly code: number;
  readonly reason: string;
}

/** A socket of npm `ws`, whose messages and end can be waited for. */
export class WsSide {
  readonly socket: WsSocket;
  readonly ended: Promise<WsEnd>;
  readonly #messages: WsMessage[] = [];
  #wake: (() => void) | undefined;

  constructor(socket: WsSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#messages.push(isBinary ? data : data.toString());
      this.#wake?.();
    });
    this.ended = new Promise((resolve) => {
      socket.on('close', (code: number, reason: Buffer) =>
        resolve({ code, reason: reason.toString() }),
      );
    });
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === this.socket.CONNECTING) await once(this.socket, 'open');
    return this;
  }

  /** The next message. */
  async next(): Promise<WsMessage> {
    while (this.#messages.length === 0)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#messages.shift()!;
  }

  /** Sends a message in fragments. */
  fragments(parts: readonly (string | Buffer)[], binary = false): void {
    for (const [index, part] of parts.entries()) {
      this.socket.send(part, { fin: index === parts.length - 1, binary });
    }
  }
}
