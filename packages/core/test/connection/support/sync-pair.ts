import { Duplex } from 'node:stream';

/** One end of a connection whose bytes are at the other end before `write` has returned. */
class SyncSide extends Duplex {
  other: SyncSide | undefined;
  #resume: (() => void) | undefined;

  override _read(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: () => void): void {
    const other = this.other!;
    if (other.push(chunk)) callback();
    else other.#resume = callback;
  }

  override _final(callback: () => void): void {
    this.other!.push(null);
    callback();
  }
}

/** Two streams that deliver within the call, as `duplexPair` of node:stream does, and keep the chunks they get. */
export function syncPair(): [Duplex, Duplex] {
  const near = new SyncSide();
  const far = new SyncSide();
  near.other = far;
  far.other = near;
  return [near, far];
}
