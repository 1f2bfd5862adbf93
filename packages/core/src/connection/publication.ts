import type { Buffer } from 'node:buffer';

import type { DeflaterSettings } from '../deflate/deflater.js';
import { batchFor, type Batch } from './batch.js';
import type { PreparedMessage } from './prepared-message.js';

/** Where a frame stands among those that its group gets in one turn. */
export interface Place {
  readonly batch: Batch;
  readonly start: number;
}

/** One message on its way to a group: each form that its members need is made, and put into the group's batch, once. */
export class Publication {
  readonly message: PreparedMessage;
  readonly #group: object;
  #plain: Place | undefined;
  #compressed: Map<string, Place | undefined> | undefined;

  constructor(message: PreparedMessage, group: object) {
    this.message = message;
    this.#group = group;
  }

  /** The frame as it is. */
  plain(): Place {
    this.#plain ??= this.#put('', this.message.serverFrame);
    return this.#plain;
  }

  /** The compressed frame; undefined when compressing takes another thread. */
  compressed(settings: DeflaterSettings): Place | undefined {
    const { windowBits, level, memLevel, codec } = settings;
    const key = `${windowBits} ${level} ${memLevel} ${codec}`;
    this.#compressed ??= new Map();
    if (!this.#compressed.has(key)) {
      const frame = this.message.compressedServerFrame(settings);
      this.#compressed.set(key, frame === undefined ? undefined : this.#put(key, frame));
    }
    return this.#compressed.get(key);
  }

  #put(form: string, frame: Buffer): Place {
    const batch = batchFor(this.#group, form);
    const start = batch.length;
    batch.add(frame);
    return { batch, start };
  }
}
