import {
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  FIRST_LENGTH,
  LENGTH_BASE,
  LENGTH_EXTRA,
  LITERAL_SYMBOLS,
} from './symbols.js';

const LONGEST_CODE = 15;

/** What an entry of a `DecodeTable` means; the lowest four bits are the length of the code. */
export const Entry = {
  /** No code, or one longer than the table's index. */
  None: 0,
  /** A literal is negative: one comparison tells it. Its byte is in bits 4 to 11. */
  Literal: -0x8000_0000,
  EndOfBlock: 0x4000_0000,
  /** A length or distance: in bits 4 to 7 how many bits follow, from bit 8 on the base. */
  ExtraShift: 4,
  BaseShift: 8,
} as const;

/** What each symbol of the literal and length alphabet means; no entry for those that must not occur. */
export const LITERAL_MEANINGS: Int32Array = literalMeanings();

/** What each symbol of the distance alphabet means. */
export const DISTANCE_MEANINGS: Int32Array = distanceMeanings();

/** The code length alphabet stands for itself. */
export const PLAIN_MEANINGS: Int32Array = Int32Array.from(
  { length: 19 },
  (_, symbol) => Entry.Literal | (symbol << 4),
);

function literalMeanings(): Int32Array {
  const meanings = new Int32Array(288);
  for (let byte = 0; byte < END_OF_BLOCK; byte += 1) meanings[byte] = Entry.Literal | (byte << 4);
  meanings[END_OF_BLOCK] = Entry.EndOfBlock;
  for (let symbol = FIRST_LENGTH; symbol < LITERAL_SYMBOLS; symbol += 1) {
    const index = symbol - FIRST_LENGTH;
    meanings[symbol] = meaning(LENGTH_BASE[index]!, LENGTH_EXTRA[index]!);
  }
  return meanings;
}

function distanceMeanings(): Int32Array {
  const meanings = new Int32Array(32);
  DISTANCE_BASE.forEach((base, symbol) => {
    meanings[symbol] = meaning(base, DISTANCE_EXTRA[symbol]!);
  });
  return meanings;
}

function meaning(base: number, extra: number): number {
  return (base << Entry.BaseShift) | (extra << Entry.ExtraShift);
}

/**
 * A Huffman code for reading. The next bits of the stream index `entries`; codes longer than that index are
 * rare by nature and looked for one bit at a time. RFC 1951, section 3.2.2.
 */
export class DecodeTable {
  readonly entries: Int32Array;
  readonly #mostBits: number;
  readonly #meanings: Int32Array;
  /** How many bits index the present code, no more than its longest one: short codes are ready sooner. */
  #bits = 0;
  #longest = 0;
  /** How many codes there are of each length. */
  readonly #counts = new Uint16Array(LONGEST_CODE + 1);
  readonly #starts = new Uint16Array(LONGEST_CODE + 2);
  /** The symbols that have a code, in their order, and again with the shortest code first. */
  readonly #used: Uint16Array;
  readonly #symbols: Uint16Array;

  constructor(mostBits: number, meanings: Int32Array) {
    this.entries = new Int32Array(1 << mostBits);
    this.#mostBits = mostBits;
    this.#meanings = meanings;
    this.#used = new Uint16Array(meanings.length);
    this.#symbols = new Uint16Array(meanings.length);
  }

  /** What to keep of the next bits for an index. */
  get mask(): number {
    return (1 << this.#bits) - 1;
  }

  /**
   * Takes the code that has `lengths[from]` bits for symbol 0 and so on, `size` symbols; false when it is
   * none. `sparse` lets a code of one symbol or none pass, as for the distances of a block that has one or
   * none.
   */
  build(lengths: Uint8Array, from: number, size: number, sparse: boolean): boolean {
    const used = this.#count(lengths, from, size);
    const unused = this.#measure();
    if (unused < 0 || (unused > 0 && !(sparse && this.#longest <= 1))) return false;
    this.#sort(lengths, from, used);
    this.#fill();
    return true;
  }

  /** How many symbols have a code. Most have none: they are passed over once, here. */
  #count(lengths: Uint8Array, from: number, size: number): number {
    const counts = this.#counts.fill(0);
    const used = this.#used;
    let found = 0;
    for (let symbol = 0; symbol < size; symbol += 1) {
      const length = lengths[from + symbol]!;
      if (length === 0) continue;
      counts[length]! += 1;
      used[found] = symbol;
      found += 1;
    }
    return found;
  }

  /** How much of the code space is left, in codes of the greatest length; negative for too many codes. */
  #measure(): number {
    const starts = this.#starts;
    let unused = 1 << LONGEST_CODE;
    this.#longest = 0;
    starts[1] = 0;
    for (let length = 1; length <= LONGEST_CODE; length += 1) {
      const count = this.#counts[length]!;
      if (count !== 0) this.#longest = length;
      unused -= count << (LONGEST_CODE - length);
      starts[length + 1] = starts[length]! + count;
    }
    this.#bits = Math.min(this.#longest, this.#mostBits);
    return unused;
  }

  #sort(lengths: Uint8Array, from: number, used: number): void {
    const starts = this.#starts;
    for (let index = 0; index < used; index += 1) {
      const symbol = this.#used[index]!;
      const length = lengths[from + symbol]!;
      this.#symbols[starts[length]!] = symbol;
      starts[length]! += 1;
    }
  }

  #fill(): void {
    const { entries, mask } = this;
    const bits = this.#bits;
    let index = 0;
    let code = 0;
    for (let length = 1; length <= bits; length += 1) {
      const step = 1 << length;
      code <<= 1;
      const last = index + this.#counts[length]!;
      for (; index < last; index += 1) {
        const entry = this.#entry(index, length);
        for (let at = reversed(code, length); at <= mask; at += step) entries[at] = entry;
        code += 1;
      }
    }
    // What is left of the index belongs to longer codes, or to none.
    for (; code <= mask; code += 1) entries[reversed(code, bits)] = Entry.None;
  }

  #entry(index: number, length: number): number {
    const found = this.#meanings[this.#symbols[index]!]!;
    return found === Entry.None ? Entry.None : found | length;
  }

  /**
   * The entry for the code that `bits` begins with, of whatever length; `Entry.None` when there is none.
   */
  find(bits: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= LONGEST_CODE; length += 1) {
      const count = this.#counts[length]!;
      code = (code << 1) | ((bits >>> (length - 1)) & 1);
      first <<= 1;
      if (code - first < count) return this.#entry(index + code - first, length);
      first += count;
      index += count;
    }
    return Entry.None;
  }
}

const REVERSED_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result = (result << 1) | ((byte >> bit) & 1);
  return result;
});

/**
 * The lowest `length` bits of `code`, first bit last: Huffman codes are packed from their most significant
 * bit.
 */
export function reversed(code: number, length: number): number {
  const all = (REVERSED_BYTES[code & 0xff]! << 8) | REVERSED_BYTES[code >>> 8]!;
  return all >>> (16 - length);
}
