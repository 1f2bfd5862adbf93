import type { BitWriter } from './bit-writer.js';
import { assignCodes, chooseLengths } from './huffman-code.js';
import {
  CODE_LENGTH_ORDER,
  CodeLength,
  DISTANCE_SYMBOLS,
  FIRST_LENGTH,
  LITERAL_SYMBOLS,
} from './symbols.js';

const LONGEST_CODE = 7;

/** How many bits follow each symbol of the code length alphabet. */
const EXTRA = new Uint8Array(CODE_LENGTH_ORDER.length);
EXTRA[CodeLength.Repeat] = 2;
EXTRA[CodeLength.Zeros] = 3;
EXTRA[CodeLength.ManyZeros] = 7;

/** The most that one symbol repeats; and all three stand for at least this many. */
const MOST_REPEATS = 6;
const MOST_ZEROS = 138;
const FEWEST = 3;
const FEWEST_MANY_ZEROS = 11;

/** The number of literals, distances and code lengths, before all else. */
const HEAD_BITS = 14;

/** Tells the inflater the two codes of a dynamic block. RFC 1951, section 3.2.7. */
export class CodeWriter {
  readonly #lengths = new Uint8Array(LITERAL_SYMBOLS + DISTANCE_SYMBOLS);
  #literals = 0;
  #distances = 0;
  /** The symbols that tell `#lengths`, each with what follows it above. */
  readonly #told = new Uint16Array(LITERAL_SYMBOLS + DISTANCE_SYMBOLS);
  #count = 0;
  readonly #frequencies = new Uint16Array(CODE_LENGTH_ORDER.length);
  readonly #codeLengths = new Uint8Array(CODE_LENGTH_ORDER.length);
  readonly #codes = new Uint32Array(CODE_LENGTH_ORDER.length);

  /** Takes the lengths of both codes, and gives how many bits it takes to tell them, at most. */
  prepare(literals: Uint8Array, distances: Uint8Array): number {
    this.#literals = Math.max(FIRST_LENGTH, usedLength(literals));
    this.#distances = usedLength(distances);
    this.#lengths.set(literals.subarray(0, this.#literals));
    this.#lengths.set(distances.subarray(0, this.#distances), this.#literals);
    this.#frequencies.fill(0);
    this.#count = 0;
    this.#tellLengths(this.#literals + this.#distances);
    const bits = chooseLengths(this.#frequencies, LONGEST_CODE, this.#codeLengths);
    return HEAD_BITS + 3 * CODE_LENGTH_ORDER.length + bits + this.#extraBits();
  }

  #tellLengths(size: number): void {
    const lengths = this.#lengths;
    for (let from = 0, to = 0; from < size; from = to) {
      const value = lengths[from]!;
      for (to = from + 1; to < size && lengths[to] === value;) to += 1;
      if (value === 0) this.#tellZeros(to - from);
      else this.#tellRun(value, to - from);
    }
  }

  #tellZeros(run: number): void {
    let left = run;
    while (left >= FEWEST) {
      const taken = Math.min(left, MOST_ZEROS);
      if (taken < FEWEST_MANY_ZEROS) this.#tell(CodeLength.Zeros, taken - FEWEST);
      else this.#tell(CodeLength.ManyZeros, taken - FEWEST_MANY_ZEROS);
      left -= taken;
    }
    for (; left > 0; left -= 1) this.#tell(0, 0);
  }

  #tellRun(value: number, run: number): void {
    this.#tell(value, 0);
    let left = run - 1;
    while (left >= FEWEST) {
      const taken = Math.min(left, MOST_REPEATS);
      this.#tell(CodeLength.Repeat, taken - FEWEST);
      left -= taken;
    }
    for (; left > 0; left -= 1) this.#tell(value, 0);
  }

  #tell(symbol: number, extra: number): void {
    this.#frequencies[symbol]! += 1;
    this.#told[this.#count] = (extra << 8) | symbol;
    this.#count += 1;
  }

  #extraBits(): number {
    let bits = 0;
    for (let symbol: number = CodeLength.Repeat; symbol < EXTRA.length; symbol += 1) {
      bits += this.#frequencies[symbol]! * EXTRA[symbol]!;
    }
    return bits;
  }

  /** Writes what was prepared. */
  write(bits: BitWriter): void {
    const lengths = this.#codeLengths;
    let size = CODE_LENGTH_ORDER.length;
    while (size > 4 && lengths[CODE_LENGTH_ORDER[size - 1]!] === 0) size -= 1;
    bits.put(this.#literals - FIRST_LENGTH, 5);
    bits.put(this.#distances - 1, 5);
    bits.put(size - 4, 4);
    for (let index = 0; index < size; index += 1) bits.put(lengths[CODE_LENGTH_ORDER[index]!]!, 3);
    assignCodes(lengths, this.#codes);
    for (let index = 0; index < this.#count; index += 1) {
      const told = this.#told[index]!;
      bits.putCode(this.#codes[told & 0xff]!);
      bits.put(told >>> 8, EXTRA[told & 0xff]!);
    }
  }
}

/** How many lengths there are without the zeros at the end. */
function usedLength(lengths: Uint8Array): number {
  let size = lengths.length;
  while (lengths[size - 1] === 0) size -= 1;
  return size;
}
