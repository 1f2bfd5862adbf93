/** The marker that ends a block of Huffman codes. RFC 1951, section 3.2.5. */
export const END_OF_BLOCK = 256;

/** The symbol of the literal and length alphabet that stands for the first length. */
export const FIRST_LENGTH = 257;

/** How many symbols the literal and length alphabet has; the fixed code knows two more that never occur. */
export const LITERAL_SYMBOLS = 286;

/** How many symbols the distance alphabet has. */
export const DISTANCE_SYMBOLS = 30;

export const SHORTEST_MATCH = 3;
export const LONGEST_MATCH = 258;

/**
 * The code lengths of a dynamic block are themselves coded, and sent in this order. RFC 1951, section
 * 3.2.7.
 */
export const CODE_LENGTH_ORDER: readonly number[] = [
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/** The three symbols of that alphabet that repeat: the previous length, or zero (briefly and at length). */
export const CodeLength = { Repeat: 16, Zeros: 17, ManyZeros: 18 } as const;

/** The types of a block. RFC 1951, section 3.2.3. */
export const BlockType = { Stored: 0, Fixed: 1, Dynamic: 2 } as const;

/** By length symbol, counted from `FIRST_LENGTH`: how many bits follow the code. */
export const LENGTH_EXTRA: Uint8Array = new Uint8Array(29);

/** By length symbol: the shortest length it stands for. */
export const LENGTH_BASE: Uint16Array = new Uint16Array(29);

/** By length: its symbol. */
export const LENGTH_SYMBOL: Uint8Array = new Uint8Array(LONGEST_MATCH + 1);

/** By distance symbol: how many bits follow the code. */
export const DISTANCE_EXTRA: Uint8Array = new Uint8Array(DISTANCE_SYMBOLS);

/** By distance symbol: the shortest distance it stands for. */
export const DISTANCE_BASE: Uint16Array = new Uint16Array(DISTANCE_SYMBOLS);

fillLengths();
fillDistances();

function fillLengths(): void {
  let length = SHORTEST_MATCH;
  for (let symbol = 0; symbol < 28; symbol += 1) {
    const extra = symbol < 8 ? 0 : (symbol - 4) >> 2;
    LENGTH_EXTRA[symbol] = extra;
    LENGTH_BASE[symbol] = length;
    LENGTH_SYMBOL.fill(symbol, length, length + (1 << extra));
    length += 1 << extra;
  }
  // The longest match has a symbol to itself, though the one before could have reached it.
  LENGTH_BASE[28] = LONGEST_MATCH;
  LENGTH_SYMBOL[LONGEST_MATCH] = 28;
}

function fillDistances(): void {
  let distance = 1;
  for (let symbol = 0; symbol < DISTANCE_SYMBOLS; symbol += 1) {
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
    DISTANCE_EXTRA[symbol] = extra;
    DISTANCE_BASE[symbol] = distance;
    distance += 1 << extra;
  }
}

/** The symbol of a distance, without a table: its two highest bits, and how many there are below them. */
export function distanceSymbol(distance: number): number {
  const rest = distance - 1;
  if (rest < 2) return rest;
  const extra = 30 - Math.clz32(rest);
  return 2 * extra + (rest >>> extra);
}

/** The code lengths of the fixed code for literals and lengths. RFC 1951, section 3.2.6. */
export function fixedLiteralLengths(): Uint8Array {
  const lengths = new Uint8Array(288).fill(8);
  lengths.fill(9, 144, 256);
  return lengths.fill(7, 256, 280);
}

/** The code lengths of the fixed code for distances; the last two of its 32 codes never occur. */
export function fixedDistanceLengths(): Uint8Array {
  return new Uint8Array(32).fill(5);
}
