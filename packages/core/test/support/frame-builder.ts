/** A frame as plain parts, legal or not. */
export interface FrameParts {
  readonly opcode: number;
  /** @default true */
  readonly fin?: boolean;
  /** RSV1, RSV2 and RSV3 as the bits 4, 2 and 1. @default 0 */
  readonly reserved?: number;
  /** @default empty */
  readonly payload?: Uint8Array;
  /** Four bytes; a frame without them is not masked. */
  readonly maskingKey?: Uint8Array | undefined;
  /** How many bits the length takes. @default the fewest that do */
  readonly lengthForm?: 7 | 16 | 64;
  /** What the header says of the payload's length. @default the truth */
  readonly announced?: bigint;
}

/** The bytes of a frame, built the slow and plain way, apart from what it is there to test. */
export function frame(parts: FrameParts): Buffer {
  const payload = parts.payload ?? new Uint8Array(0);
  const announced = parts.announced ?? BigInt(payload.length);
  const first = (parts.fin === false ? 0 : 0x80) | ((parts.reserved ?? 0) << 4) | parts.opcode;
  const maskBit = parts.maskingKey === undefined ? 0 : 0x80;
  return Buffer.concat([
    Buffer.from([first]),
    lengthBytes(announced, parts.lengthForm ?? shortestForm(announced), maskBit),
    parts.maskingKey ?? new Uint8Array(0),
    parts.maskingKey === undefined ? payload : masked(payload, parts.maskingKey),
  ]);
}

/** `payload` after masking, octet by octet as section 5.3 writes it. */
export function masked(payload: Uint8Array, maskingKey: Uint8Array): Uint8Array {
  return payload.map((octet, index) => octet ^ maskingKey[index % 4]!);
}

function shortestForm(length: bigint): 7 | 16 | 64 {
  if (length < 126n) return 7;
  return length < 65_536n ? 16 : 64;
}

function lengthBytes(length: bigint, form: 7 | 16 | 64, maskBit: number): Buffer {
  if (form === 7) return Buffer.from([maskBit | Number(length)]);
  const bytes = Buffer.alloc(form === 16 ? 3 : 9);
  bytes[0] = maskBit | (form === 16 ? 126 : 127);
  if (form === 16) bytes.writeUInt16BE(Number(length), 1);
  else bytes.writeBigUInt64BE(length, 1);
  return bytes;
}
