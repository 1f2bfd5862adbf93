/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {(bytes: Buffer, random: Random, other: Buffer) => Buffer} Mutation */

const LONGEST = 65_536;
const edges = [0x00, 0x01, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0xfe, 0xff, 0x0a, 0x0d, 0x22, 0x2c];

/** @type {readonly Mutation[]} */
const mutations = [
  function flipBit(bytes, random) {
    return changeAt(bytes, random, (byte) => byte ^ (1 << random.below(8)));
  },
  function setByte(bytes, random) {
    return changeAt(bytes, random, () => random.below(256));
  },
  function setEdge(bytes, random) {
    return changeAt(bytes, random, () => random.pick(edges));
  },
  function nudge(bytes, random) {
    return changeAt(bytes, random, (byte) => byte + random.pick([1, -1]));
  },
  function insert(bytes, random) {
    return splice(bytes, random.below(bytes.length + 1), 0, random.bytes(1 + random.below(8)));
  },
  function remove(bytes, random) {
    const [start, length] = slice(bytes, random);
    return splice(bytes, start, length, Buffer.alloc(0));
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function duplicate(bytes, random) {
    const [start, length] = slice(bytes, random);
    const again = Array(1 + random.below(4)).fill(bytes.subarray(start, start + length));
    return splice(bytes, start, 0, Buffer.concat(again));
  },
  function graft(bytes, random, other) {
    const [start, length] = slice(other, random);
    const piece = other.subarray(start, start + length);
    return splice(bytes, random.below(bytes.length + 1), 0, piece);
  },
  function cross(bytes, random, other) {
    const head = bytes.subarray(0, random.below(bytes.length + 1));
    return Buffer.concat([head, other.subarray(random.below(other.length + 1))]);
  },
];

/**
 * A changed copy of `bytes`; `other` lends pieces of itself.
 *
 * @param {Buffer} bytes
 * @param {Random} random
 * @param {Buffer} other
 * @returns {Buffer}
 */
export function mutate(bytes, random, other) {
  let changed = bytes;
  for (let left = 1 + random.below(5); left > 0; left -= 1) {
    changed = random.pick(mutations)(changed, random, other);
  }
  return Buffer.from(changed.subarray(0, LONGEST));
}

/**
 * @param {Buffer} bytes
 * @param {Random} random
 * @param {(byte: number) => number} change
 */
function changeAt(bytes, random, change) {
  if (bytes.length === 0) return bytes;
  const changed = Buffer.from(bytes);
  const at = random.below(bytes.length);
  changed[at] = change(changed[at] ?? 0);
  return changed;
}

/**
 * @param {Buffer} bytes
 * @param {Random} random
 * @returns {[start: number, length: number]}
 */
function slice(bytes, random) {
  const start = random.below(bytes.length + 1);
  const most = random.oneIn(4) ? bytes.length - start : Math.min(bytes.length - start, 16);
  return [start, random.below(most + 1)];
}

/**
 * @param {Buffer} bytes
 * @param {number} start
 * @param {number} length
 * @param {Buffer} inserted
 */
function splice(bytes, start, length, inserted) {
  return Buffer.concat([bytes.subarray(0, start), inserted, bytes.subarray(start + length)]);
}
