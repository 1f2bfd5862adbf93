/**
 * What a window starts with, in bytes: most compressed connections never see more than a few small
 * messages.
 */
const SMALLEST = 1024;

const nothing = new Uint8Array(0);
const noView = new DataView(nothing.buffer);

/**
 * The last bytes that a peer's deflater may still refer to, as a ring: exactly `2 ** windowBits` bytes once
 * that many have come, and no more than twice what has come before. RFC 7692, section 7.2.2.
 */
export class ReceivedWindow {
  readonly #size: number;
  #bytes: Uint8Array = nothing;
  #view: DataView = noView;
  #end = 0;
  #length = 0;

  constructor(windowBits: number) {
    this.#size = 1 << windowBits;
  }

  /** The ring; its length is a power of two, or zero. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The same bytes, to be read four at a time. */
  get view(): DataView {
    return this.#view;
  }

  /** Where in the ring the next byte goes. */
  get end(): number {
    return this.#end;
  }

  /** How many bytes are known. */
  get length(): number {
    return this.#length;
  }

  /** Takes the bytes of `source` up to `length`, which came after all before. */
  append(source: Uint8Array, length: number): void {
    const from = Math.max(0, length - this.#size);
    const size = length - from;
    this.#reserve(size);
    const capacity = this.#bytes.length;
    const first = Math.min(size, capacity - this.#end);
    this.#bytes.set(source.subarray(from, from + first), this.#end);
    if (first < size) this.#bytes.set(source.subarray(from + first, length), 0);
    this.#end = (this.#end + size) & (capacity - 1);
    this.#length = Math.min(this.#length + size, capacity);
  }

  /** A ring that is not at its full size has never wrapped: what is known lies at its start. */
  #reserve(size: number): void {
    const needed = Math.min(this.#length + size, this.#size);
    if (needed <= this.#bytes.length) return;
    let capacity = Math.min(SMALLEST, this.#size);
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
    this.#end = this.#length;
  }

  /** All that is known, in order, as zlib wants its dictionary. */
  toDictionary(): Uint8Array {
    if (this.#length < this.#bytes.length) return this.#bytes.slice(0, this.#length);
    const dictionary = new Uint8Array(this.#length);
    dictionary.set(this.#bytes.subarray(this.#end));
    dictionary.set(this.#bytes.subarray(0, this.#end), this.#length - this.#end);
    return dictionary;
  }
}
