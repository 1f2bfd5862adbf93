import { BitReader } from './bit-reader.js';
import { CodeReader } from './code-reader.js';
import { DecodeTable, DISTANCE_MEANINGS, Entry, LITERAL_MEANINGS } from './decode-table.js';
import type { ReceivedWindow } from './received-window.js';
import { BlockType, fixedDistanceLengths, fixedLiteralLengths, LONGEST_MATCH } from './symbols.js';

/** The longest message that a `SmallInflater` makes, in bytes. */
export const LONGEST_OUTPUT = 8192;

/** Why there is no message; all other results are its length. */
export const Outcome = { Corrupt: -1, Full: -2 } as const;

/** A block is read and all is well so far. */
const FINE = 0;

/** Matches are copied four bytes at a time and may write past their end. */
const OUTPUT_ROOM = LONGEST_OUTPUT + LONGEST_MATCH + 4;

/**
 * Inflates small messages in plain JavaScript: under 1 µs for 64 bytes where a call of zlib takes 5 and one
 * of its streams 28; up to some 1 KiB of wire it is ahead. One is enough for a process, since a message is
 * inflated in one call: only the windows belong to connections.
 *
 * It reads and writes nothing but its own two buffers, which are longer than any index can get.
 */
export class SmallInflater {
  /** Here is the message after `inflate`, until the next one. */
  readonly output = new Uint8Array(OUTPUT_ROOM);
  readonly #view = new DataView(this.output.buffer);
  readonly #bits = new BitReader();
  readonly #codes = new CodeReader();
  readonly #fixedLiterals = new DecodeTable(9, LITERAL_MEANINGS);
  readonly #fixedDistances = new DecodeTable(5, DISTANCE_MEANINGS);
  #written = 0;
  #limit = 0;

  constructor() {
    this.#fixedLiterals.build(fixedLiteralLengths(), 0, 288, false);
    this.#fixedDistances.build(fixedDistanceLengths(), 0, 32, false);
  }

  /**
   * Inflates `payload`, at most `LONGEST_INPUT` bytes, and gives the length of the message, which is then
   * in `output`, or an `Outcome`. `window` is what came before, unless every message stands alone; it is
   * not changed. `Outcome.Full` means that the message is longer than `limit` or than `LONGEST_OUTPUT`.
   */
  inflate(payload: Uint8Array, window: ReceivedWindow | undefined, limit: number): number {
    const bits = this.#bits;
    bits.start(payload);
    this.#written = 0;
    this.#limit = Math.min(limit, LONGEST_OUTPUT);
    for (;;) {
      bits.refill();
      const final = bits.take(1) === 1;
      const outcome = this.#block(bits.take(2), window);
      if (bits.left < 0) return Outcome.Corrupt;
      if (outcome !== FINE) return outcome;
      // After a final block come padding and, if the message goes on, another block (RFC 7692, section 7.2.3.4). Some
      // senders end with it, without the empty block whose tail would be ours to add.
      if (final) bits.align();
      if (bits.left === 0 || (final && bits.leftOfMessage === 0)) return this.#written;
    }
  }

  #block(type: number, window: ReceivedWindow | undefined): number {
    switch (type) {
      case BlockType.Stored:
        return this.#stored();
      case BlockType.Fixed:
        return this.#coded(this.#fixedLiterals, this.#fixedDistances, window);
      case BlockType.Dynamic:
        if (!this.#codes.read(this.#bits)) return Outcome.Corrupt;
        return this.#coded(this.#codes.literals, this.#codes.distances, window);
      default:
        return Outcome.Corrupt;
    }
  }

  /** RFC 1951, section 3.2.4. */
  #stored(): number {
    const bits = this.#bits;
    const start = bits.align() + 4;
    if (start > bits.end) return Outcome.Corrupt;
    const size = bits.view.getUint16(start - 4, true);
    const complement = bits.view.getUint16(start - 2, true);
    const stop = start + size;
    if (size !== (~complement & 0xffff) || stop > bits.end) return Outcome.Corrupt;
    if (this.#written + size > this.#limit) return Outcome.Full;
    this.output.set(bits.bytes.subarray(start, stop), this.#written);
    this.#written += size;
    bits.skipTo(stop);
    return FINE;
  }

  /**
   * Reads literals and matches up to the end of the block. RFC 1951, section 3.2.3. The state is in local
   * variables and bits are taken in place: through the reader this takes twice the time.
   */
  #coded(
    literals: DecodeTable,
    distances: DecodeTable,
    window: ReceivedWindow | undefined,
  ): number {
    const bits = this.#bits;
    const { view, end } = bits;
    const { output } = this;
    const known = window?.length ?? 0;
    const limit = this.#limit;
    const literalMask = literals.mask;
    const distanceMask = distances.mask;
    let { hold, count, position } = bits;
    let written = this.#written;
    let outcome: number = FINE;
    for (;;) {
      if (count < 20) {
        if (position > end + 4) {
          outcome = Outcome.Corrupt;
          break;
        }
        hold |= view.getInt32(position, true) << count;
        position += (31 - count) >> 3;
        count |= 24;
      }
      let entry = literals.entries[hold & literalMask]!;
      if (entry === Entry.None) entry = literals.find(hold);
      hold >>>= entry & 15;
      count -= entry & 15;
      if (entry < 0) {
        if (written === limit) {
          outcome = Outcome.Full;
          break;
        }
        output[written] = entry >> 4;
        written += 1;
        continue;
      }
      if (entry >= Entry.EndOfBlock) break;
      const lengthExtra = (entry >> 4) & 15;
      const length = (entry >> 8) + (hold & ((1 << lengthExtra) - 1));
      hold >>>= lengthExtra;
      count -= lengthExtra;

      hold |= view.getInt32(position, true) << count;
      position += (31 - count) >> 3;
      count |= 24;
      let second = distances.entries[hold & distanceMask]!;
      if (second === Entry.None) second = distances.find(hold);
      hold >>>= second & 15;
      count -= second & 15;
      const distanceExtra = (second >> 4) & 15;
      if (count < distanceExtra) {
        hold |= view.getInt32(position, true) << count;
        position += (31 - count) >> 3;
        count |= 24;
      }
      const distance = (second >> 8) + (hold & ((1 << distanceExtra) - 1));
      hold >>>= distanceExtra;
      count -= distanceExtra;
      // Neither is ever zero, unless its code is none.
      if (length === 0 || distance === 0 || distance > written + known) {
        outcome = Outcome.Corrupt;
        break;
      }
      if (written + length > limit) {
        outcome = Outcome.Full;
        break;
      }
      if (distance > written) this.#copyKnown(window!, written, distance, length);
      else this.#copyWritten(written, distance, length);
      written += length;
    }
    bits.hold = hold;
    bits.count = count;
    bits.position = position;
    this.#written = written;
    return outcome;
  }

  /** Repeats bytes of this message. Four at a time takes a fifth off the whole. */
  #copyWritten(written: number, distance: number, length: number): void {
    const view = this.#view;
    const { output } = this;
    const stop = written + length;
    if (distance >= 4) {
      for (let at = written; at < stop; at += 4) {
        view.setInt32(at, view.getInt32(at - distance, true), true);
      }
    } else {
      for (let at = written; at < stop; at += 1) output[at] = output[at - distance]!;
    }
  }

  /** Repeats bytes that begin in earlier messages, and may reach into this one. */
  #copyKnown(window: ReceivedWindow, written: number, distance: number, length: number): void {
    const { output } = this;
    const { bytes } = window;
    const mask = bytes.length - 1;
    let from = (window.end - distance + written) & mask;
    const stop = written + length;
    if (stop <= distance && from + length <= bytes.length - 4) {
      this.#copyAtOnce(window.view, from, written, stop);
      return;
    }
    let at = written;
    for (; at < stop && at < distance; at += 1) {
      output[at] = bytes[from]!;
      from = (from + 1) & mask;
    }
    for (; at < stop; at += 1) output[at] = output[at - distance]!;
  }

  #copyAtOnce(source: DataView, from: number, written: number, stop: number): void {
    const view = this.#view;
    const ahead = from - written;
    for (let at = written; at < stop; at += 4) {
      view.setInt32(at, source.getInt32(at + ahead, true), true);
    }
  }
}
