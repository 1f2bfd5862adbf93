/**
 * Frames as this suite builds them, right or wrong on purpose. Nothing here comes from the library under test,
 * so that a fault of the one cannot hide behind the same fault of the other.
 */

/** The two roles of RFC 6455, section 1.3. */
export type Role = 'server' | 'client';

/** The opcodes of section 5.2. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;

/** Which of the three spellings of a length is used: 7 bits, 16 bits after 126, or 64 bits after 127. */
export type LengthForm = 7 | 16 | 64;

export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin: boolean;
  /** RSV1, RSV2 and RSV3 as one number: 4, 2 and 1. */
  readonly reserved: number;
  /** Left out: the shortest form. */
  readonly lengthForm?: LengthForm;
  /** Left out: the length of `payload`. */
  readonly declaredLength?: bigint;
  /** Left out: one that is the same for all, so that a failing case can be repeated to the byte. */
  readonly maskingKey?: Uint8Array;
  /** True for a frame masked although its sender is a server, or not masked although it is a client. */
  readonly wronglyMasked?: boolean;
}

const usualMaskingKey = Buffer.from('37fa213d', 'hex');

/** The frame as `sender` puts it on the wire. RFC 6455, section 5.2. */
export function encodeFrame(frame: Frame, sender: Role): Buffer {
  const masked = (sender === 'client') !== (frame.wronglyMasked === true);
  const first = (frame.fin ? 0x80 : 0) | (frame.reserved << 4) | frame.opcode;
  const length = encodeLength(frame, masked);
  if (!masked) return Buffer.concat([Buffer.of(first), length, frame.payload]);
  const key = frame.maskingKey ?? usualMaskingKey;
  return Buffer.concat([Buffer.of(first), length, key, applyMask(frame.payload, key)]);
}

function encodeLength(frame: Frame, masked: boolean): Buffer {
  const length = frame.declaredLength ?? BigInt(frame.payload.length);
  const maskBit = masked ? 0x80 : 0;
  switch (frame.lengthForm ?? shortestForm(length)) {
    case 7:
      return Buffer.of(maskBit | Number(length));
    case 16:
      return Buffer.of(maskBit | 126, Number(length >> 8n), Number(length & 0xffn));
    case 64: {
      const bytes = Buffer.alloc(9, maskBit | 127);
      bytes.writeBigUInt64BE(length, 1);
      return bytes;
    }
  }
}

function shortestForm(length: bigint): LengthForm {
  if (length <= 125n) return 7;
  return length <= 0xffffn ? 16 : 64;
}

/** Masks or unmasks into a new Buffer. RFC 6455, section 5.3. */
export function applyMask(payload: Uint8Array, key: Uint8Array): Buffer {
  const masked = Buffer.from(payload);
  const [a, b, c, d] = key as unknown as [number, number, number, number];
  const whole = masked.length - (masked.length % 4);
  for (let index = 0; index < whole; index += 4) {
    masked[index]! ^= a;
    masked[index + 1]! ^= b;
    masked[index + 2]! ^= c;
    masked[index + 3]! ^= d;
  }
  for (let index = whole; index < masked.length; index += 1) masked[index]! ^= key[index % 4]!;
  return masked;
}
