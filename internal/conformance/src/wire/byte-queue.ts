/** Bytes as a socket gave them, taken out in other portions; a large frame is joined only once. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The first bytes, at most `count`, left where they are. */
  peek(count: number): Buffer {
    const first = this.#chunks[0] ?? Buffer.alloc(0);
    if (first.length >= Math.min(count, this.#length)) return first.subarray(0, count);
    const collected = this.#portion(count).parts;
    return Buffer.concat(collected).subarray(0, count);
  }

  /** The first `count` bytes, which are then gone from here. */
  take(count: number): Buffer {
    const { parts, whole, rest } = this.#portion(count);
    this.#chunks.splice(0, whole, ...(rest === undefined ? [] : [rest]));
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    this.#length -= bytes.length;
    return bytes;
  }

  /** The parts that make up the first `count` bytes, how many chunks they touch, and what is left of the last one. */
  #portion(count: number): { parts: Buffer[]; whole: number; rest: Buffer | undefined } {
    const parts: Buffer[] = [];
    let missing = count;
    for (const chunk of this.#chunks) {
      if (missing === 0) break;
      parts.push(chunk.subarray(0, missing));
      if (chunk.length > missing) {
        return { parts, whole: parts.length, rest: chunk.subarray(missing) };
      }
      missing -= chunk.length;
    }
    return { parts, whole: parts.length, rest: undefined };
  }
}
