import { randomFillSync } from 'node:crypto';

const noise = randomFillSync(Buffer.alloc(1_048_576));

/** An integer from 0 up to, and without, `bound`. @param {number} bound */
export function below(bound) {
  return Math.floor(Math.random() * bound);
}

/** Bytes that nobody can guess, in a Buffer of their own. @param {number} length */
export function randomBytes(length) {
  const start = below(noise.length - length);
  return Buffer.from(noise.subarray(start, start + length));
}

/** The same as text of one byte a character. @param {number} length */
export function randomText(length) {
  const bytes = randomBytes(length);
  for (let at = 0; at < length; at += 1) bytes[at] = 0x20 + ((bytes[at] ?? 0) % 95);
  return bytes;
}

/**
 * A frame as a client sends it. RFC 6455, section 5.2.
 *
 * @param {number} opcode
 * @param {Buffer} payload
 * @param {number} bits FIN and RSV1
 */
export function frame(opcode, payload, bits = 0x80) {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended);
  head[0] = bits | opcode;
  head[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  const key = randomBytes(4);
  const masked = Buffer.from(payload);
  for (let at = 0; at < length; at += 1) masked[at] = (masked[at] ?? 0) ^ (key[at & 3] ?? 0);
  return Buffer.concat([head, key, masked]);
}

/**
 * The first frame of a server in `bytes`, once all of it is there.
 *
 * @param {Buffer} bytes
 */
export function readFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] ?? 0;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return undefined;
  const length =
    head === 2 ? short : head === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < head + length) return undefined;
  const payload = bytes.subarray(head, head + length);
  return { first: bytes[0] ?? 0, payload, length: head + length };
}
