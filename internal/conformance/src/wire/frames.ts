import { Opcode, type Frame, type LengthForm } from './frame.js';

type Data = string | Uint8Array;

/** A final frame of any opcode, defined or not. */
export function frame(opcode: number, data: Data = ''): Frame {
  return { opcode, payload: Buffer.from(data as string), fin: true, reserved: 0 };
}

export const text = (data: Data = ''): Frame => frame(Opcode.Text, data);
export const binary = (data: Data = ''): Frame => frame(Opcode.Binary, data);
export const continuation = (data: Data = ''): Frame => frame(Opcode.Continuation, data);
export const ping = (data: Data = ''): Frame => frame(Opcode.Ping, data);
export const pong = (data: Data = ''): Frame => frame(Opcode.Pong, data);

/** A close frame: empty without a code. RFC 6455, section 5.5.1. */
export function close(code?: number, reason: Data = ''): Frame {
  if (code === undefined) return frame(Opcode.Close);
  return frame(Opcode.Close, Buffer.concat([uint16(code), Buffer.from(reason as string)]));
}

/** The same frame without FIN: more fragments are to come. */
export function unfinished(original: Frame): Frame {
  return { ...original, fin: false };
}

/** The same frame with reserved bits set: 4, 2 and 1 for RSV1, RSV2 and RSV3. */
export function withReserved(original: Frame, reserved: number): Frame {
  return { ...original, reserved };
}

/** The same frame with its length in another form than the shortest. */
export function withLengthForm(original: Frame, lengthForm: LengthForm): Frame {
  return { ...original, lengthForm };
}

/** The same frame, but its header promises a payload of `declaredLength` bytes. */
export function declaring(original: Frame, declaredLength: bigint | number): Frame {
  return { ...original, declaredLength: BigInt(declaredLength) };
}

/** The same frame, masked when its sender must not, or not masked when it must. */
export function wronglyMasked(original: Frame): Frame {
  return { ...original, wronglyMasked: true };
}

/**
 * One message cut into fragments of `size` bytes; `last` tells whether its end is among them.
 * RFC 6455, section 5.4.
 */
export function fragments(whole: Frame, size: number, last = true): Frame[] {
  const count = Math.max(1, Math.ceil(whole.payload.length / size));
  return Array.from({ length: count }, (nothing, index) => ({
    ...whole,
    opcode: index === 0 ? whole.opcode : Opcode.Continuation,
    payload: whole.payload.subarray(index * size, (index + 1) * size),
    fin: last && index === count - 1,
  }));
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
