import { masked } from '../../support/frame-builder.js';

/** A frame as it came off the wire, its payload unmasked. */
export interface WireFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly isMasked: boolean;
  readonly payload: Buffer;
}

/** The frames in `bytes`, read the slow and plain way. A frame that is cut off is left out. */
export function wireFrames(bytes: Buffer): WireFrame[] {
  const frames: WireFrame[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const isMasked = bytes[at + 1]! >= 0x80;
    const form = bytes[at + 1]! & 0x7f;
    const keyAt = at + 2 + (form === 127 ? 8 : form === 126 ? 2 : 0);
    const start = keyAt + (isMasked ? 4 : 0);
    if (start > bytes.length) break;
    const end = start + payloadLength(bytes, at, form);
    if (end > bytes.length) break;
    const payload = bytes.subarray(start, end);
    frames.push({
      opcode: bytes[at]! & 0x0f,
      fin: bytes[at]! >= 0x80,
      isMasked,
      payload: Buffer.from(isMasked ? masked(payload, bytes.subarray(keyAt, start)) : payload),
    });
    at = end;
  }
  return frames;
}

function payloadLength(bytes: Buffer, at: number, form: number): number {
  if (form === 126) return bytes.readUInt16BE(at + 2);
  return form === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : form;
}
