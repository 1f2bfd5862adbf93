import { Buffer } from 'node:buffer';

import type { Clock } from './clock.js';
import { harmless } from './settled.js';

interface Outstanding {
  readonly payload: Uint8Array;
  readonly sentAt: number;
  readonly resolve: (latency: number) => void;
  readonly reject: (error: Error) => void;
}

/** More pings than this are not remembered: a peer that answers none must not cost memory. */
const MAX_OUTSTANDING = 64;

let counter = 0;

/** The pings of one connection that have not been answered. RFC 6455, sections 5.5.2 and 5.5.3. */
export class Pings {
  /** Round trip of the last ping that was answered, in milliseconds. */
  latency: number | undefined;
  readonly #clock: Clock;
  #outstanding: Outstanding[] | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a ping; without a payload of the caller's, one that no other ping of the process has. */
  create(payload: Uint8Array | undefined): { bytes: Uint8Array; pong: Promise<number> } {
    const bytes = payload === undefined ? nextPayload() : Buffer.from(payload);
    const pong = new Promise<number>((resolve, reject) => {
      this.#outstanding ??= [];
      if (this.#outstanding.length === MAX_OUTSTANDING) {
        this.#outstanding.shift()!.reject(new RangeError('too many pings are unanswered'));
      }
      this.#outstanding.push({ payload: bytes, sentAt: this.#clock.now(), resolve, reject });
    });
    return { bytes, pong: harmless(pong) };
  }

  /** A pong settles its ping and all older ones, which a peer may leave unanswered; others are ignored. */
  settle(payload: Buffer): void {
    const outstanding = this.#outstanding;
    if (outstanding === undefined) return;
    const index = outstanding.findLastIndex((ping) => payload.equals(ping.payload));
    if (index < 0) return;
    const now = this.#clock.now();
    this.latency = now - outstanding[index]!.sentAt;
    const settled = outstanding.splice(0, index + 1);
    if (outstanding.length === 0) this.#outstanding = undefined;
    for (const ping of settled) ping.resolve(now - ping.sentAt);
  }

  /** No pong will come; `why` is asked if anybody waits for one. */
  end(why: () => Error): void {
    const outstanding = this.#outstanding;
    if (outstanding === undefined) return;
    this.#outstanding = undefined;
    const error = why();
    for (const ping of outstanding) ping.reject(error);
  }
}

function nextPayload(): Buffer {
  counter = (counter + 1) >>> 0;
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(counter);
  return payload;
}
