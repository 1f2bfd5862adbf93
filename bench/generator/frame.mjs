import { Buffer } from 'node:buffer';

export const FIN = 0b1000_0000;
export const COMPRESSED = 0b0100_0000;
const MASKED = 0b1000_0000;
const CONTINUATION = 0x0;

export const TEXT = 0x1;
export const BINARY = 0x2;

/**
 * One frame as RFC 6455 section 5.2 has it, with the shortest length form; masked when a key is given.
 *
 * @param {{ opcode: number, fin: boolean, payload: Buffer, maskingKey?: Buffer, compressed?: boolean }} frame
 */
export function encodeFrame({ opcode, fin, payload, maskingKey, compressed = false }) {
  const header = Buffer.from([
    (fin ? FIN : 0) | (compressed ? COMPRESSED : 0) | opcode,
    ...lengthBytes(payload.length, maskingKey ? MASKED : 0),
  ]);
  if (!maskingKey) return Buffer.concat([header, payload]);
  return Buffer.concat([header, maskingKey, masked(payload, maskingKey)]);
}

/**
 * A whole message as masked frames of at most `fragmentSize` payload bytes each, as a client sends it.
 *
 * @param {{ opcode: number, payload: Buffer, fragmentSize: number, random: () => number }} message
 */
export function encodeClientMessage({ opcode, payload, fragmentSize, random }) {
  const frames = [];
  let offset = 0;
  do {
    const end = Math.min(payload.length, offset + fragmentSize);
    frames.push(
      encodeFrame({
        opcode: offset === 0 ? opcode : CONTINUATION,
        fin: end === payload.length,
        payload: payload.subarray(offset, end),
        maskingKey: newMaskingKey(random),
      }),
    );
    offset = end;
  } while (offset < payload.length);
  return Buffer.concat(frames);
}

/**
 * @param {number} length
 * @param {number} maskBit
 */
function lengthBytes(length, maskBit) {
  if (length < 126) return [maskBit | length];
  if (length < 65_536) return [maskBit | 126, length >>> 8, length & 0xff];
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return [maskBit | 127, ...bytes];
}

/**
 * @param {Buffer} payload
 * @param {Buffer} maskingKey
 */
function masked(payload, maskingKey) {
  const result = Buffer.allocUnsafe(payload.length);
  for (let index = 0; index < payload.length; index++) {
    result[index] = payload[index] ^ maskingKey[index & 3];
  }
  return result;
}

/** @param {() => number} random */
export function newMaskingKey(random) {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(random());
  return key;
}
