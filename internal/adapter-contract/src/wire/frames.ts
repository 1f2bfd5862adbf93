/** A frame of the server, as read off the wire. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

const maskingKey = Buffer.from('37fa213d', 'hex');

/** A masked text message in one frame. RFC 6455, section 5.2. */
export function textFrame(text: string): Buffer {
  return maskedFrame(1, Buffer.from(text));
}

/** A masked binary message in one frame. */
export function binaryFrame(payload: Uint8Array): Buffer {
  return maskedFrame(2, Buffer.from(payload));
}

/** A masked close frame. */
export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return maskedFrame(8, payload);
}

function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const masked = payload.map((byte, index) => byte ^ maskingKey[index % 4]!);
  return Buffer.concat([header(opcode, payload.length), maskingKey, masked]);
}

function header(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, 0x80 | length]);
  if (length < 65_536) {
    const short = Buffer.from([first, 0x80 | 126, 0, 0]);
    short.writeUInt16BE(length, 2);
    return short;
  }
  const long = Buffer.alloc(10);
  long[0] = first;
  long[1] = 0x80 | 127;
  long.writeBigUInt64BE(BigInt(length), 2);
  return long;
}

/** The first unmasked frame in `bytes`, and its whole length; undefined until all of it is there. */
export function readFrame(bytes: Buffer): { frame: Frame; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const headerLength = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < headerLength) return undefined;
  const length = headerLength + payloadLength(bytes, short);
  if (bytes.length < length) return undefined;
  const payload = bytes.subarray(headerLength, length);
  return { frame: { opcode: bytes[0]! & 0x0f, payload }, length };
}

function payloadLength(bytes: Buffer, short: number): number {
  if (short < 126) return short;
  return short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}
