/**
 * A source of the same numbers at every start, so that two runs send the same bytes (xorshift, 32 bits).
 * For payloads and masking keys of a load generator only.
 *
 * @param {number} seed any integer but 0
 * @returns {() => number} a function that gives the next integer from 0 to 2^32-1
 */
export function randomNumbers(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
