/** The longest compressed message that a `BitReader` takes, in bytes. */
export const LONGEST_INPUT = 1024;

/** What a sender has taken off the end of a message. RFC 7692, section 7.2.1. */
const TAIL = [0x00, 0x00, 0xff, 0xff] as const;

/** Four bytes are read at a time, up to three times before somebody looks for the end. */
const OVERREAD = 16;

/**
 * The bits of one message, from the lowest of its first byte on, and of the tail that its sender took off.
 * The message is copied: behind it in the buffer lie zeros, so that what is read beyond the end harms
 * nobody until somebody looks.
 *
 * The fields are open to the one loop that cannot afford calls.
 */
export class BitReader {
  readonly bytes = new Uint8Array(LONGEST_INPUT + TAIL.length + OVERREAD);
  readonly view = new DataView(this.bytes.buffer);
  /** The bits that are read but not used, the next one lowest. */
  hold = 0;
  /** How many bits of `hold` are good, at most 31; those above are the next ones all the same. */
  count = 0;
  /** The next byte to read. */
  position = 0;
  /** The end of the message and its tail. */
  end = 0;

  start(payload: Uint8Array): void {
    this.bytes.set(payload);
    this.bytes.set(TAIL, payload.length);
    this.end = payload.length + TAIL.length;
    // What an earlier message left behind must not be read as part of this one.
    this.bytes.fill(0, this.end, this.end + OVERREAD);
    this.skipTo(0);
  }

  /** How many bits are left up to the end; negative when more than all were taken. */
  get left(): number {
    return (this.end - this.position) * 8 + this.count;
  }

  /** How many whole bytes are left of what the sender sent; negative within the tail. */
  get leftOfMessage(): number {
    return (this.left >> 3) - TAIL.length;
  }

  /** At least 24 bits are there after this, if need be from beyond the end. */
  refill(): void {
    this.hold |= this.view.getInt32(this.position, true) << this.count;
    // The whole bytes that fitted: with them the count is at least 24, and its lower bits are as before.
    this.position = Math.min(this.position + ((31 - this.count) >> 3), this.end + 4);
    this.count |= 24;
  }

  /** Takes bits that are there. */
  take(bits: number): number {
    const value = this.hold & ((1 << bits) - 1);
    this.hold >>>= bits;
    this.count -= bits;
    return value;
  }

  /** Goes on at the next byte that has no bit taken, and gives its place. */
  align(): number {
    this.take(this.count & 7);
    return this.position - (this.count >> 3);
  }

  skipTo(position: number): void {
    this.position = position;
    this.hold = 0;
    this.count = 0;
  }
}
