/**
 * Writes bits from the lowest of a byte on, to a buffer that is used again for every message.
 * The fields are open to the one loop that cannot afford calls.
 */
export class BitWriter {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bits that are no whole byte yet, the next one lowest. */
  hold = 0;
  /** How many they are, fewer than eight. */
  count = 0;
  /** Where the next byte goes. */
  position = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  start(): void {
    this.hold = 0;
    this.count = 0;
    this.position = 0;
  }

  put(value: number, bits: number): void {
    this.hold |= value << this.count;
    this.count += bits;
    while (this.count >= 8) {
      this.bytes[this.position] = this.hold;
      this.position += 1;
      this.hold >>>= 8;
      this.count -= 8;
    }
  }

  /** Writes a code as `assignCodes` gives it. */
  putCode(code: number): void {
    this.put(code >>> 4, code & 15);
  }

  /** Fills up the last byte with zeros. */
  align(): void {
    if (this.count > 0) this.put(0, 8 - this.count);
  }

  /** Writes whole bytes; only where a byte begins. */
  putBytes(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }
}
