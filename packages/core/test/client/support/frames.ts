import { frame } from '../../support/frame-builder.js';

/** A text message as a server sends it. */
export function textFrame(payload: string): Buffer {
  return frame({ opcode: 1, payload: Buffer.from(payload) });
}

/** A close frame as a server sends it. */
export function closeFrame(code: number): Buffer {
  return frame({ opcode: 8, payload: Buffer.from([code >> 8, code & 0xff]) });
}

export interface UnmaskedFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** What a client sent, as long as its frames have less than 126 bytes each. */
export function unmaskedFrames(bytes: Buffer): UnmaskedFrame[] {
  const frames: UnmaskedFrame[] = [];
  for (let at = 0; at + 6 <= bytes.length;) {
    const length = bytes[at + 1]! & 0x7f;
    const key = bytes.subarray(at + 2, at + 6);
    const payload = Buffer.from(bytes.subarray(at + 6, at + 6 + length));
    for (let index = 0; index < payload.length; index += 1) payload[index]! ^= key[index % 4]!;
    frames.push({ opcode: bytes[at]! & 0x0f, payload });
    at += 6 + length;
  }
  return frames;
}
