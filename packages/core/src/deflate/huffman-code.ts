import { reversed } from './decode-table.js';

const LONGEST_CODE = 15;

/** More symbols than any alphabet here has. */
const MOST_SYMBOLS = 288;

const counts = new Uint16Array(LONGEST_CODE + 1);
const nextCodes = new Uint16Array(LONGEST_CODE + 2);

/**
 * Writes to `codes` the canonical code for `lengths`, each code with its first bit lowest, as the stream
 * wants it, and above its length in four bits. RFC 1951, section 3.2.2.
 */
export function assignCodes(lengths: Uint8Array, codes: Uint32Array): void {
  counts.fill(0);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol]!;
    // Most symbols have no code; to count them too would make each addition wait for the one before.
    if (length !== 0) counts[length]! += 1;
  }
  nextCodes[1] = 0;
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    nextCodes[length + 1] = (nextCodes[length]! + counts[length]!) << 1;
  }
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    codes[symbol] = (reversed(nextCodes[length]!, length) << 4) | length;
    nextCodes[length]! += 1;
  }
}

/** The symbols that occur, each with its frequency above it so that sorting is by frequency. */
const ranked = new Uint32Array(MOST_SYMBOLS);
/** The tree: leaves first, in ascending weight, then the inner nodes as they are made. */
const weights = new Uint32Array(2 * MOST_SYMBOLS);
const parents = new Uint16Array(2 * MOST_SYMBOLS);
const depths = new Uint8Array(2 * MOST_SYMBOLS);

/**
 * Writes to `lengths` how many bits each symbol gets in a complete code of at most `limit` bits: the best
 * code, unless the limit cuts it. Symbols that do not occur get none, but at least two get one, since some
 * inflaters want every code complete. Gives what all symbols cost then, in bits.
 */
export function chooseLengths(
  frequencies: Uint16Array,
  limit: number,
  lengths: Uint8Array,
): number {
  lengths.fill(0);
  const used = rank(frequencies);
  if (used < 2) {
    const only = used === 0 ? 0 : ranked[0]! & 0x1ff;
    lengths[only] = 1;
    lengths[only === 0 ? 1 : 0] = 1;
    return frequencies[only]!;
  }
  growTree(used);
  measureDepths(used);
  limitDepths(used, limit);
  let bits = 0;
  for (let leaf = 0; leaf < used; leaf += 1) {
    const depth = depths[leaf]!;
    lengths[ranked[leaf]! & 0x1ff] = depth;
    bits += (ranked[leaf]! >>> 9) * depth;
  }
  return bits;
}

function rank(frequencies: Uint16Array): number {
  let used = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol += 1) {
    const frequency = frequencies[symbol]!;
    if (frequency === 0) continue;
    ranked[used] = (frequency << 9) | symbol;
    used += 1;
  }
  ranked.subarray(0, used).sort();
  return used;
}

/**
 * Joins the two lightest nodes until one is left. New nodes never get lighter, so two queues do for a heap.
 */
function growTree(used: number): void {
  for (let leaf = 0; leaf < used; leaf += 1) weights[leaf] = ranked[leaf]! >>> 9;
  let leaf = 0;
  let inner = used;
  for (let made = used; made < 2 * used - 1; made += 1) {
    let weight = 0;
    for (let child = 0; child < 2; child += 1) {
      const takesLeaf = leaf < used && (inner === made || weights[leaf]! <= weights[inner]!);
      const node = takesLeaf ? leaf : inner;
      if (takesLeaf) leaf += 1;
      else inner += 1;
      parents[node] = made;
      weight += weights[node]!;
    }
    weights[made] = weight;
  }
}

function measureDepths(used: number): void {
  const root = 2 * used - 2;
  depths[root] = 0;
  for (let node = root - 1; node >= 0; node -= 1) depths[node] = depths[parents[node]!]! + 1;
}

/**
 * Cuts leaves that are too deep, and makes others deeper until the code space suffices again, and is full.
 */
function limitDepths(used: number, limit: number): void {
  if (depths[0]! <= limit) return;
  const space = 1 << limit;
  let taken = 0;
  for (let leaf = 0; leaf < used; leaf += 1) {
    depths[leaf] = Math.min(depths[leaf]!, limit);
    taken += space >> depths[leaf]!;
  }
  for (let leaf = 0; taken > space;) {
    const depth = depths[leaf]!;
    if (depth === limit) {
      leaf += 1;
      continue;
    }
    depths[leaf] = depth + 1;
    taken -= space >> (depth + 1);
  }
  for (let leaf = used - 1; taken < space; leaf -= 1) {
    while (taken + (space >> depths[leaf]!) <= space) {
      taken += space >> depths[leaf]!;
      depths[leaf]! -= 1;
    }
  }
}
