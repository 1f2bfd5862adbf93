import { Buffer } from 'node:buffer';

/** @typedef {'binary' | 'text' | 'utf8' | 'json'} PayloadKind */

const letters = 'abcdefghijklmnopqrstuvwxyz     ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:{}"';
const mixedScripts = [...'abcdefgh ijklmnop éüñßø жизнь мир Ωλπ 日本語中文字 한국어 €→√ 😀🚀🎉'];

/** @type {Record<PayloadKind, (length: number, random: () => number) => Buffer>} */
const makers = {
  binary: binaryPayload,
  text: asciiPayload,
  utf8: mixedUtf8Payload,
  json: jsonPayload,
};

/**
 * A payload of exactly `length` bytes; `text` is ASCII, `utf8` mixes characters of one to four bytes, `json` is what a
 * chat server might send: an object, or several in an array.
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

const RECORD_BYTES = 256;
const rooms = ['general', 'support', 'random', 'deploys'];
const people = ['alice', 'benoit', 'chidi', 'dagny', 'emre', 'fatima', 'goran', 'hanna'];
const words = (
  'the a of to and in is it that was for on with as at by this we you they but not are be have from or had ' +
  'when what there all can said which will one out about if up so no time day way new people more now'
).split(' ');

/**
 * @param {number} length
 * @param {() => number} random
 */
function jsonPayload(length, random) {
  const count = Math.max(1, Math.floor(length / RECORD_BYTES));
  const records = Array.from({ length: count }, () => record(random));
  const shell = (/** @type {string} */ text) =>
    JSON.stringify(
      count === 1 ? { ...records[0], text } : [...records, { ...record(() => 0), text }],
    );
  const room = length - Buffer.byteLength(shell(''));
  if (room < 0) throw new RangeError(`no JSON of ${length} bytes is made here`);
  return Buffer.from(shell(sentence(room, random)));
}

/** @param {() => number} random */
function record(random) {
  const pick = (/** @type {readonly string[]} */ list) =>
    list[(random() >>> 8) % list.length] ?? '';
  return {
    type: 'message',
    id: 1_000_000 + (random() >>> 22),
    room: pick(rooms),
    from: { name: pick(people), online: random() > 2 ** 31 },
    at: new Date(1.7e12 + (random() >>> 16)).toISOString(),
    text: sentence(64, random),
  };
}

/**
 * @param {number} length
 * @param {() => number} random
 */
function sentence(length, random) {
  let text = '';
  while (text.length < length) text += `${words[(random() >>> 8) % words.length]} `;
  return text.slice(0, length);
}
