import { placeOf, type SentWindow } from './sent-window.js';
import { LONGEST_MATCH } from './symbols.js';

/** The index knows where four bytes in a row were seen; matches of three are left to others. */
const SHORTEST_FOUND = 4;

/**
 * A shorter match is put off by a byte when a longer one begins there. To ask the same of all matches takes
 * a quarter longer for 2 % of the bytes.
 */
const LAZY_BELOW = 8;

/** Of the places inside a match every second goes in the index: all of them take a fifth longer for 2 %. */
const STRIDE = 2;

/** A match as a token: its length above, its distance below. Literals are the bytes themselves. */
function matchToken(length: number, distance: number): number {
  return (length << 16) | distance;
}

/**
 * Writes the bytes of `window` from `start` on to `tokens`, as literals and matches, and gives their
 * number. `tokens` must have room for as many as there are bytes.
 */
export function tokenize(window: SentWindow, start: number, tokens: Uint32Array): number {
  const { bytes, end } = window;
  const last = end - SHORTEST_FOUND;
  let count = 0;
  let at = start;
  while (at <= last) {
    let match = findMatch(window, at, SHORTEST_FOUND - 1);
    if (match === 0) {
      tokens[count] = bytes[at]!;
      count += 1;
      at += 1;
      continue;
    }
    let inside = at + STRIDE;
    while (match >>> 16 < LAZY_BELOW && at < last) {
      const next = findMatch(window, at + 1, match >>> 16);
      inside = at + 1 + STRIDE;
      if (next === 0) break;
      tokens[count] = bytes[at]!;
      count += 1;
      at += 1;
      match = next;
    }
    tokens[count] = match;
    count += 1;
    at += match >>> 16;
    indexInside(window, inside, Math.min(at, last));
  }
  for (; at < end; at += 1) {
    tokens[count] = bytes[at]!;
    count += 1;
  }
  return count;
}

function indexInside(window: SentWindow, from: number, stop: number): void {
  const { view, index, shift, origin } = window;
  for (let at = from; at < stop; at += STRIDE) {
    const place = placeOf(view.getInt32(at, true), shift);
    index[place] = (index[place]! << 16) | ((origin + at) & 0xffff);
  }
}

/** The longest match at `at` that is longer than `atLeast`, as a token, or zero; puts `at` in the index. */
function findMatch(window: SentWindow, at: number, atLeast: number): number {
  const { view, index, end } = window;
  const place = placeOf(view.getInt32(at, true), window.shift);
  const position = (window.origin + at) & 0xffff;
  const entry = index[place]!;
  index[place] = (entry << 16) | position;
  const reach = Math.min(at, window.reach);
  const newer = (position - entry) & 0xffff;
  const older = (position - (entry >>> 16)) & 0xffff;
  let longest = atLeast;
  let token = 0;
  // An entry's distance from itself is zero, which becomes more than any reach.
  if ((newer - 1) >>> 0 < reach) {
    const length = longerMatch(view, at, newer, longest, end);
    if (length > 0) {
      longest = length;
      token = matchToken(length, newer);
    }
  }
  if ((older - 1) >>> 0 < reach) {
    const length = longerMatch(view, at, older, longest, end);
    if (length > 0) token = matchToken(length, older);
  }
  return token;
}

/**
 * How far the bytes at `at` are those `distance` before, if that is more than `atLeast`, else zero. Most
 * candidates are refused by the four bytes where they would have to be longer (13 % of the time of all
 * searching).
 */
function longerMatch(
  view: DataView,
  at: number,
  distance: number,
  atLeast: number,
  end: number,
): number {
  const most = Math.min(end - at, LONGEST_MATCH);
  if (atLeast >= most) return 0;
  const beyond = at + atLeast - 3;
  if (view.getInt32(beyond, true) !== view.getInt32(beyond - distance, true)) return 0;
  const length = matchLength(view, at, distance, most);
  return length > atLeast ? length : 0;
}

function matchLength(view: DataView, at: number, distance: number, most: number): number {
  const from = at - distance;
  let length = 0;
  while (length + 4 <= most) {
    const difference = view.getInt32(at + length, true) ^ view.getInt32(from + length, true);
    // The lowest bit that differs tells how many of the four bytes do not.
    if (difference !== 0) return length + ((31 - Math.clz32(difference & -difference)) >> 3);
    length += 4;
  }
  while (length < most && view.getUint8(at + length) === view.getUint8(from + length)) length += 1;
  return length;
}
