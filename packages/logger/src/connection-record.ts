import type { MessageEvent } from '@postern/core';

import { bytesText } from './quantity.js';

/** What went one way. */
export interface Tally {
  messages: number;
  bytes: number;
}

/** What the log knows of one connection. */
export class ConnectionRecord {
  /** Undefined for one that was open before the log began. */
  readonly openedAt: number | undefined;
  /** By this it is told whether all its messages were counted. */
  readonly watch: number;
  readonly received: Tally = { messages: 0, bytes: 0 };
  readonly sent: Tally = { messages: 0, bytes: 0 };
  /** Pings and pongs that were received so far. */
  readonly controls = { ping: 0, pong: 0 };
  #pingedAt: number | undefined;

  constructor(openedAt: number | undefined, watch: number) {
    this.openedAt = openedAt;
    this.watch = watch;
  }

  /** A message, ping or pong. */
  count({ direction, kind, size }: MessageEvent): void {
    if (kind === 'ping' || kind === 'pong') {
      if (direction === 'received') this.controls[kind] += 1;
      return;
    }
    const tally = this[direction];
    tally.messages += 1;
    tally.bytes += size;
  }

  /** A ping was sent. */
  pinged(): void {
    this.#pingedAt = performance.now();
  }

  /** Milliseconds from the last ping to a pong that comes now; undefined for a pong that nobody asked for. */
  roundTrip(): number | undefined {
    const pingedAt = this.#pingedAt;
    this.#pingedAt = undefined;
    return pingedAt === undefined ? undefined : performance.now() - pingedAt;
  }

  /** Milliseconds since it was opened. */
  get duration(): number | undefined {
    return this.openedAt === undefined ? undefined : performance.now() - this.openedAt;
  }
}

/** `3 (1.2 kB)`, or `0`. */
export function tallyText({ messages, bytes }: Tally): string {
  return messages === 0 ? '0' : `${messages} (${bytesText(bytes)})`;
}
