/**
 * How much of what was sent is kept at most, in bytes. A deflater may refer to less than was agreed: the
 * last 8 KiB of 32 would take 1 % off the bytes of 2 KiB messages.
 */
const MOST_BYTES = 24_576;

/**
 * How far the window moves at once, so that not every message copies all of it; also the longest small
 * message.
 */
export const SLIDE = 4096;

const SMALLEST = 1024;

/** An index of 2 ** 12 entries is 16 KiB. Half of that finds 3 % less, twice as much gains 2 %. */
const MOST_INDEX_BITS = 12;

/** Only the end of what zlib coded is put in the index, and only when a small message follows. */
const INDEXED_LATE = 8192;

/** Positions are counted modulo this, which is more than any distance. */
const POSITIONS = 0x1_0000;

/** Spreads the four bytes at a place over the index: 2 ** 32 divided by the golden ratio. */
const SPREAD = 0x9e37_79b1 | 0;

const noBytes = new Uint8Array(0);
const noView = new DataView(noBytes.buffer);
const noIndex = new Int32Array(0);

/**
 * What our deflater may refer to: the last bytes that were sent, the present message behind them, and an
 * index of where four bytes in a row were seen before. It grows with what is sent.
 *
 * An entry of the index holds the last two positions of its bytes, 16 bits each, the newer one lower. They
 * are never rebased when the window moves: whoever follows one compares the bytes there, so an outdated one
 * misleads nobody.
 */
export class SentWindow {
  bytes: Uint8Array = noBytes;
  view: DataView = noView;
  index: Int32Array = noIndex;
  /** By how much to shift a spread number for a place in the index. */
  shift = 0;
  /** The position of `bytes[0]`. */
  origin = 1;
  /** Where `bytes` end. */
  end = 0;
  /** The greatest distance. */
  readonly reach: number;
  readonly #most: number;
  /** Up to here the bytes are in the index. */
  #indexed = 0;

  constructor(windowBits: number) {
    this.reach = 1 << windowBits;
    this.#most = Math.min(this.reach + SLIDE, MOST_BYTES);
  }

  /** How many bytes all this takes. */
  get heldBytes(): number {
    return this.bytes.length + this.index.byteLength;
  }

  /** Puts a small message behind what is known, ready to be searched, and gives its place. */
  append(payload: Uint8Array): number {
    const start = this.#put(payload);
    this.#prepareIndex(start);
    this.#indexed = this.end;
    return start;
  }

  /** Takes note of a message that was coded by others. */
  remember(payload: Uint8Array): void {
    this.#put(payload.subarray(Math.max(0, payload.length - this.#most)));
  }

  /**
   * Forgets everything, for a message that must stand alone. The window is at its full size and no position
   * from before can be taken for one after: how a message is compressed tells nothing of others.
   */
  clear(): void {
    this.origin += this.end;
    this.end = 0;
    this.#indexed = 0;
    if (this.bytes.length < this.#most) this.#grow(this.#most);
    if (this.origin + this.#most < POSITIONS) return;
    this.index.fill(0);
    this.origin = 1;
  }

  /** What is known, as zlib wants its dictionary; a view. */
  toDictionary(): Uint8Array {
    return this.bytes.subarray(Math.max(0, this.end - this.reach), this.end);
  }

  #put(bytes: Uint8Array): number {
    const start = this.#makeRoom(bytes.length);
    this.bytes.set(bytes, start);
    this.end = start + bytes.length;
    return start;
  }

  #makeRoom(size: number): number {
    const needed = this.end + size;
    if (needed > this.bytes.length && this.bytes.length < this.#most) this.#grow(needed);
    if (needed > this.bytes.length) this.#slide(size);
    return this.end;
  }

  #grow(needed: number): void {
    let capacity = SMALLEST;
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(Math.min(capacity, this.#most));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  #slide(size: number): void {
    const kept = Math.max(0, Math.min(this.end, this.reach, this.#most - Math.max(size, SLIDE)));
    const dropped = this.end - kept;
    this.bytes.copyWithin(0, dropped, this.end);
    this.origin = (this.origin + dropped) % POSITIONS;
    this.end = kept;
    this.#indexed = Math.max(0, this.#indexed - dropped);
  }

  /** The index has an entry for every four bytes that can be referred to, as a power of two. */
  #prepareIndex(start: number): void {
    const span = Math.min(this.bytes.length, 2 * this.reach);
    const bits = Math.min(30 - Math.clz32(span - 1), MOST_INDEX_BITS);
    if (this.index.length < 1 << bits) {
      this.index = new Int32Array(1 << bits);
      this.shift = 32 - bits;
      this.#indexed = 0;
    }
    if (this.#indexed < start) this.#indexUpTo(start);
  }

  #indexUpTo(stop: number): void {
    const last = stop - 4;
    let at = Math.max(this.#indexed, stop - INDEXED_LATE);
    for (; at <= last; at += 2) {
      const place = placeOf(this.view.getInt32(at, true), this.shift);
      this.index[place] = (this.index[place]! << 16) | ((this.origin + at) & 0xffff);
    }
  }
}

/** Where in an index the entry for `word` is, four bytes in a row. */
export function placeOf(word: number, shift: number): number {
  return Math.imul(word, SPREAD) >>> shift;
}
