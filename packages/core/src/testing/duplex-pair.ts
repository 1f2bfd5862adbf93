import { Duplex } from 'node:stream';

/** One end of a connection in memory. `node:stream` has the same from Node 22.6 and 20.17 on, yet experimental there. */
class Side extends Duplex {
  #other: Side | undefined;
  #resume: (() => void) | undefined;
  #hasEnd = false;

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
    this.#other!.#hearEnd();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    callback(error);
    this.#resume?.();
    // Only the end, as on a real socket: what was sent before it is still there to be read.
    process.nextTick(() => this.#other!.#hearEnd());
  }

  #hearEnd(): void {
    if (this.#hasEnd || this.destroyed) return;
    this.#hasEnd = true;
    this.push(null);
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
