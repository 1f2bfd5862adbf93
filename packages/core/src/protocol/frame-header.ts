import { CONTROL_BIT } from './opcode.js';

/** The bits of one frame header. One record per parser is filled again and again: copy what must last. */
export interface FrameHeader {
  /** Whether this is the last frame of its message. */
  fin: boolean;
  /** The three reserved bits, where they stand in the first byte. */
  reserved: number;
  /** One of `Opcode`, or one that is reserved. */
  opcode: number;
  /** Whether the payload is masked. */
  masked: boolean;
  /** In bytes: 2 to 14. */
  headerLength: number;
  /** In bytes; exact up to 2^53-1, above that only known to be larger. */
  payloadLength: number;
  /** Whether the shortest of the three length forms was used, as section 5.2 demands. */
  minimal: boolean;
  /** The masking key as a little-endian 32-bit integer; 0 when there is none. */
  maskingKey: number;
}

/** The place of RSV1 in the first byte: the mark of a compressed message (RFC 7692, section 6). */
export const RSV1 = 0b0100_0000;

/** In bytes: 2, a 64-bit length and a masking key. */
export const MAX_HEADER_LENGTH = 14;

const LENGTH_16 = 126;
const LENGTH_64 = 127;
const TWO_TO_32 = 2 ** 32;
const TWO_TO_21 = 2 ** 21;

/** An empty record for `readFrameHeader` to fill. */
export function createFrameHeader(): FrameHeader {
  return {
    fin: false,
    reserved: 0,
    opcode: 0,
    masked: false,
    headerLength: 0,
    payloadLength: 0,
    minimal: true,
    maskingKey: 0,
  };
}

/**
 * Reads the frame header at `offset` into `header`; false until all of it has arrived before `end`.
 * Says nothing about whether the frame is allowed here: see `checkFrame`.
 * A fresh object per header costs 127 ns, this reused record 11, of a budget of about 600 a message.
 * RFC 6455, section 5.2.
 */
export function readFrameHeader(
  bytes: Uint8Array,
  offset: number,
  end: number,
  header: FrameHeader,
): boolean {
  if (!readFrameStart(bytes, offset, end, header)) return false;
  if (end < offset + header.headerLength) return false;
  header.maskingKey = header.masked ? readMaskingKey(bytes, offset + header.headerLength - 4) : 0;
  return true;
}

/**
 * Reads all of the header but its masking key, which tells nothing about the frame; false until that much has arrived.
 * A frame that is not allowed here fails without waiting for its key.
 */
export function readFrameStart(
  bytes: Uint8Array,
  offset: number,
  end: number,
  header: FrameHeader,
): boolean {
  if (end < offset + 2) return false;
  const first = bytes[offset]!;
  const second = bytes[offset + 1]!;
  header.masked = (second & 0b1000_0000) !== 0;
  header.headerLength = headerLengthOf(second);
  if (end < offset + header.headerLength - (header.masked ? 4 : 0)) return false;
  header.fin = (first & 0b1000_0000) !== 0;
  header.reserved = first & 0b0111_0000;
  header.opcode = first & 0b0000_1111;
  readPayloadLength(bytes, offset, second & 0b0111_1111, header);
  return true;
}

/** The length of a header in bytes, from its second byte alone. */
export function headerLengthOf(second: number): number {
  const form = second & 0b0111_1111;
  const extended = form < LENGTH_16 ? 0 : form === LENGTH_16 ? 2 : 8;
  return 2 + extended + ((second & 0b1000_0000) === 0 ? 0 : 4);
}

function readPayloadLength(
  bytes: Uint8Array,
  offset: number,
  form: number,
  header: FrameHeader,
): void {
  if (form < LENGTH_16) {
    header.payloadLength = form;
    header.minimal = true;
  } else if (form === LENGTH_16) {
    header.payloadLength = (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
    header.minimal = header.payloadLength >= LENGTH_16;
  } else {
    // Two halves: 64 bits do not fit a number, and a top bit must not become a sign.
    const high = readUint32(bytes, offset + 2);
    // From 2^53 on the low half could only round up, in the end to a top bit that is not set.
    const low = high < TWO_TO_21 ? readUint32(bytes, offset + 6) : 0;
    header.payloadLength = high * TWO_TO_32 + low;
    header.minimal = header.payloadLength > 0xffff;
  }
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    bytes[offset]! * 0x100_0000 +
    ((bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!)
  );
}

/** A masking key as the integer that `masking.ts` works with. */
export function readMaskingKey(bytes: Uint8Array, offset: number): number {
  return (
    bytes[offset]! |
    (bytes[offset + 1]! << 8) |
    (bytes[offset + 2]! << 16) |
    (bytes[offset + 3]! << 24)
  );
}

export function isControl(opcode: number): boolean {
  return (opcode & CONTROL_BIT) !== 0;
}

/** In bytes, without the masking key. RFC 6455, section 5.2. */
export function unmaskedHeaderLength(payloadLength: number): number {
  if (payloadLength < LENGTH_16) return 2;
  return payloadLength <= 0xffff ? 4 : 10;
}

/**
 * Writes a frame header with the shortest length form at `offset` and returns where the payload begins.
 * `first` is the whole first byte (FIN, reserved bits, opcode). A server's frame has no masking key: `undefined`.
 * RFC 6455, section 5.2.
 */
export function writeFrameHeader(
  target: Uint8Array,
  offset: number,
  first: number,
  payloadLength: number,
  maskingKey: number | undefined,
): number {
  const maskBit = maskingKey === undefined ? 0 : 0b1000_0000;
  target[offset] = first;
  let next = offset + 2;
  if (payloadLength < LENGTH_16) {
    target[offset + 1] = maskBit | payloadLength;
  } else if (payloadLength <= 0xffff) {
    target[offset + 1] = maskBit | LENGTH_16;
    target[offset + 2] = payloadLength >>> 8;
    target[offset + 3] = payloadLength;
    next = offset + 4;
  } else {
    target[offset + 1] = maskBit | LENGTH_64;
    writeUint32(target, offset + 2, Math.floor(payloadLength / TWO_TO_32));
    writeUint32(target, offset + 6, payloadLength);
    next = offset + 10;
  }
  if (maskingKey === undefined) return next;
  target[next] = maskingKey;
  target[next + 1] = maskingKey >>> 8;
  target[next + 2] = maskingKey >>> 16;
  target[next + 3] = maskingKey >>> 24;
  return next + 4;
}

function writeUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value / 0x100_0000;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}
