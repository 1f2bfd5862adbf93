import type { BitReader } from './bit-reader.js';
import {
  DecodeTable,
  DISTANCE_MEANINGS,
  LITERAL_MEANINGS,
  PLAIN_MEANINGS,
} from './decode-table.js';
import {
  CODE_LENGTH_ORDER,
  CodeLength,
  DISTANCE_SYMBOLS,
  END_OF_BLOCK,
  FIRST_LENGTH,
  LITERAL_SYMBOLS,
} from './symbols.js';

/** Reads the two codes that a dynamic block begins with. RFC 1951, section 3.2.7. */
export class CodeReader {
  /** The codes, once `read` was true. */
  readonly literals = new DecodeTable(9, LITERAL_MEANINGS);
  readonly distances = new DecodeTable(8, DISTANCE_MEANINGS);
  readonly #codeLengths = new DecodeTable(7, PLAIN_MEANINGS);
  readonly #lengths = new Uint8Array(LITERAL_SYMBOLS + DISTANCE_SYMBOLS);

  /** False when what is there is no pair of codes. */
  read(bits: BitReader): boolean {
    bits.refill();
    const literals = bits.take(5) + FIRST_LENGTH;
    const distances = bits.take(5) + 1;
    if (literals > LITERAL_SYMBOLS || distances > DISTANCE_SYMBOLS) return false;
    if (!this.#readCodeLengths(bits, bits.take(4) + 4)) return false;
    const lengths = this.#lengths;
    if (!this.#readLengths(bits, literals + distances) || lengths[END_OF_BLOCK] === 0) return false;
    return (
      this.literals.build(lengths, 0, literals, true) &&
      this.distances.build(lengths, literals, distances, true)
    );
  }

  #readCodeLengths(bits: BitReader, size: number): boolean {
    const symbols = CODE_LENGTH_ORDER.length;
    const lengths = this.#lengths.fill(0, 0, symbols);
    for (let index = 0; index < size; index += 1) {
      if (bits.count < 3) bits.refill();
      lengths[CODE_LENGTH_ORDER[index]!] = bits.take(3);
    }
    return this.#codeLengths.build(lengths, 0, symbols, false);
  }

  #readLengths(bits: BitReader, size: number): boolean {
    const lengths = this.#lengths;
    const { entries, mask } = this.#codeLengths;
    let filled = 0;
    while (filled < size) {
      if (bits.count < 14) bits.refill();
      const entry = entries[bits.hold & mask]!;
      bits.take(entry & 15);
      const symbol = (entry >>> 4) & 0xff;
      if (symbol < CodeLength.Repeat) {
        lengths[filled] = symbol;
        filled += 1;
        continue;
      }
      if (symbol === CodeLength.Repeat && filled === 0) return false;
      const value = symbol === CodeLength.Repeat ? lengths[filled - 1]! : 0;
      const stop = filled + readRepeat(bits, symbol);
      if (stop > size) return false;
      lengths.fill(value, filled, stop);
      filled = stop;
    }
    return true;
  }
}

function readRepeat(bits: BitReader, symbol: number): number {
  if (symbol === CodeLength.Repeat) return bits.take(2) + 3;
  if (symbol === CodeLength.Zeros) return bits.take(3) + 3;
  return bits.take(7) + 11;
}
