import { Duplex } from 'node:stream';

/** One end of a connection in memory. `node:stream` has the same from Node 22.6 and 20.17 on, yet experimental there. */
class Side extends Duplex {
  #other: Side | undefined;
  #resume: (() => void) | undefined;

  join(other: Side): void {
    this.#other = other;
  }

  override _read(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, encoding: string, callback: () => void): void {
    const other = this.#other!;
    // Never in the writer's own turn, as on a real socket.
    process.nextTick(() => {
      if (other.destroyed || other.push(chunk)) callback();
      else other.#resume = callback;
    });
  }

  override _final(callback: () => void): void {
    this.#other!.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    callback(error);
    const other = this.#other!;
    this.#resume?.();
    process.nextTick(() => {
      if (!other.destroyed && !other.readableEnded) other.destroy();
    });
  }
}

/** Two streams: what is written to one comes out of the other. */
export function duplexPair(): [Duplex, Duplex] {
  const first = new Side();
  const second = new Side();
  first.join(second);
  second.join(first);
  return [first, second];
}
