import { BitWriter } from './bit-writer.js';
import { CodeWriter } from './code-writer.js';
import { assignCodes, chooseLengths } from './huffman-code.js';
import {
  BlockType,
  DISTANCE_EXTRA,
  DISTANCE_SYMBOLS,
  distanceSymbol,
  END_OF_BLOCK,
  FIRST_LENGTH,
  fixedDistanceLengths,
  fixedLiteralLengths,
  LENGTH_BASE,
  LENGTH_EXTRA,
  LENGTH_SYMBOL,
  LITERAL_SYMBOLS,
} from './symbols.js';

const LONGEST_LITERAL_CODE = 15;

/** With at most 7 bits waiting, 11 of a code and 13 behind it fit in 31: nothing to ask between them. */
const LONGEST_DISTANCE_CODE = 11;

/** All distances have as many bits in the fixed code. */
const FIXED_DISTANCE_CODE = 5;

/** A code that is chosen for a block: how often each symbol occurs, how many bits it gets, and which. */
interface ChosenCode {
  readonly frequencies: Uint16Array;
  readonly lengths: Uint8Array;
  readonly codes: Uint32Array;
}

function emptyCode(symbols: number): ChosenCode {
  return {
    frequencies: new Uint16Array(symbols),
    lengths: new Uint8Array(symbols),
    codes: new Uint32Array(symbols),
  };
}

function codesFor(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  assignCodes(lengths, codes);
  return codes;
}

/** Writes tokens (see `tokenize`) as the blocks of a message. RFC 1951, section 3.2.3. */
export class BlockWriter {
  readonly #bits: BitWriter;
  readonly #codes = new CodeWriter();
  readonly #literals = emptyCode(LITERAL_SYMBOLS);
  readonly #distances = emptyCode(DISTANCE_SYMBOLS);
  readonly #fixedLiteralLengths = fixedLiteralLengths();
  readonly #fixedLiterals = codesFor(this.#fixedLiteralLengths);
  readonly #fixedDistances = codesFor(fixedDistanceLengths());

  /** `size` is the longest message in bytes, before it is compressed. */
  constructor(size: number) {
    // No literal costs more than nine bits, or the fixed code would have been taken; and a little for the rest.
    this.#bits = new BitWriter(size + (size >> 3) + 64);
  }

  /** Here the message is after `finish`. */
  get output(): Uint8Array {
    return this.#bits.bytes;
  }

  start(): void {
    this.#bits.start();
  }

  /**
   * Ends the message: an empty stored block, but for the four bytes that are not sent. RFC 7692, section
   * 7.2.1.
   */
  finish(): number {
    this.#bits.put(BlockType.Stored << 1, 3);
    this.#bits.align();
    return this.#bits.position;
  }

  /** Stores `bytes` as they are, fewer than 64 KiB. RFC 1951, section 3.2.4. */
  writeStored(bytes: Uint8Array): void {
    this.#bits.put(BlockType.Stored << 1, 3);
    this.#bits.align();
    this.#bits.put(bytes.length, 16);
    this.#bits.put(~bytes.length & 0xffff, 16);
    this.#bits.putBytes(bytes);
  }

  writeFixed(tokens: Uint32Array, count: number): void {
    this.#bits.put(BlockType.Fixed << 1, 3);
    this.#writeTokens(tokens, count, this.#fixedLiterals, this.#fixedDistances);
  }

  /**
   * Writes a block with codes of its own if that is shorter than with the fixed ones; false when it is not.
   */
  writeDynamic(tokens: Uint32Array, count: number): boolean {
    const literals = this.#literals;
    const distances = this.#distances;
    const fixed = this.#countSymbols(tokens, count);
    const dynamic =
      chooseLengths(literals.frequencies, LONGEST_LITERAL_CODE, literals.lengths) +
      chooseLengths(distances.frequencies, LONGEST_DISTANCE_CODE, distances.lengths);
    if (dynamic + this.#codes.prepare(literals.lengths, distances.lengths) >= fixed) return false;
    this.#bits.put(BlockType.Dynamic << 1, 3);
    this.#codes.write(this.#bits);
    assignCodes(literals.lengths, literals.codes);
    assignCodes(distances.lengths, distances.codes);
    this.#writeTokens(tokens, count, literals.codes, distances.codes);
    return true;
  }

  /**
   * Gives what the block costs by the fixed codes, in bits, but for what follows codes: that is the same by
   * any.
   */
  #countSymbols(tokens: Uint32Array, count: number): number {
    const literals = this.#literals.frequencies.fill(0);
    const distances = this.#distances.frequencies.fill(0);
    const lengths = this.#fixedLiteralLengths;
    let bits = 0;
    for (let index = 0; index < count; index += 1) {
      const token = tokens[index]!;
      let symbol = token;
      if (token >= END_OF_BLOCK) {
        symbol = FIRST_LENGTH + LENGTH_SYMBOL[token >>> 16]!;
        distances[distanceSymbol(token & 0xffff)]! += 1;
        bits += FIXED_DISTANCE_CODE;
      }
      literals[symbol]! += 1;
      bits += lengths[symbol]!;
    }
    literals[END_OF_BLOCK] = 1;
    return bits + lengths[END_OF_BLOCK]!;
  }

  /**
   * Writes `tokens` and the end of the block. After each code four bytes are written, whatever is in them,
   * and the place moves on by the whole ones: cheaper than to ask whether there are any.
   */
  #writeTokens(
    tokens: Uint32Array,
    count: number,
    literals: Uint32Array,
    distances: Uint32Array,
  ): void {
    const bits = this.#bits;
    const { view } = bits;
    let { hold, count: waiting, position } = bits;
    for (let index = 0; index < count; index += 1) {
      const token = tokens[index]!;
      if (token < END_OF_BLOCK) {
        const code = literals[token]!;
        hold |= (code >>> 4) << waiting;
        waiting += code & 15;
      } else {
        const length = token >>> 16;
        const lengthSymbol = LENGTH_SYMBOL[length]!;
        const lengthCode = literals[FIRST_LENGTH + lengthSymbol]!;
        hold |= (lengthCode >>> 4) << waiting;
        waiting += lengthCode & 15;
        hold |= (length - LENGTH_BASE[lengthSymbol]!) << waiting;
        waiting += LENGTH_EXTRA[lengthSymbol]!;
        view.setInt32(position, hold, true);
        position += waiting >> 3;
        hold >>>= waiting & 24;
        waiting &= 7;

        const distance = token & 0xffff;
        const symbol = distanceSymbol(distance);
        const code = distances[symbol]!;
        const extra = DISTANCE_EXTRA[symbol]!;
        hold |= (code >>> 4) << waiting;
        waiting += code & 15;
        hold |= ((distance - 1) & ((1 << extra) - 1)) << waiting;
        waiting += extra;
      }
      view.setInt32(position, hold, true);
      position += waiting >> 3;
      hold >>>= waiting & 24;
      waiting &= 7;
    }
    bits.hold = hold;
    bits.count = waiting;
    bits.position = position;
    bits.putCode(literals[END_OF_BLOCK]!);
  }
}
