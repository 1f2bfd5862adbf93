import { Buffer } from 'node:buffer';

/** @typedef {'binary' | 'text' | 'utf8'} PayloadKind */

const letters = 'abcdefghijklmnopqrstuvwxyz     ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:{}"';
const mixedScripts = [...'abcdefgh ijklmnop éüñßø жизнь мир Ωλπ 日本語中文字 한국어 €→√ 😀🚀🎉'];

/** @type {Record<PayloadKind, (length: number, random: () => number) => Buffer>} */
const makers = { binary: binaryPayload, text: asciiPayload, utf8: mixedUtf8Payload };

/**
 * A payload of exactly `length` bytes; `text` is ASCII, `utf8` mixes characters of one to four bytes.
 *
 * @param {PayloadKind} kind
 * @param {number} length in bytes
 * @param {() => number} random
 */
export function makePayload(kind, length, random) {
  return makers[kind](length, random);
}

/**
 * @param {number} length
 * @param {() => number} random
 */
function binaryPayload(length, random) {
  const payload = Buffer.allocUnsafe(length);
  // The low bits of this generator are its weakest.
  for (let index = 0; index < length; index++) payload[index] = random() >>> 24;
  return payload;
}

/**
 * @param {number} length
 * @param {() => number} random
 */
function asciiPayload(length, random) {
  const payload = Buffer.allocUnsafe(length);
  for (let index = 0; index < length; index++) {
    payload[index] = letters.charCodeAt((random() >>> 8) % letters.length);
  }
  return payload;
}

/**
 * @param {number} length
 * @param {() => number} random
 */
function mixedUtf8Payload(length, random) {
  const payload = Buffer.alloc(length, '.');
  let used = 0;
  while (used < length) {
    const character = Buffer.from(mixedScripts[(random() >>> 8) % mixedScripts.length] ?? '.');
    // What does not fit any more stays the full stops that the payload was filled with.
    if (used + character.length > length) break;
    used += character.copy(payload, used);
  }
  return payload;
}
