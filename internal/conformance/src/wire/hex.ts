/** Reads hex digits into bytes; spaces are there for the eye only. */
export function hex(digits: string): Buffer {
  const packed = digits.replaceAll(' ', '');
  if (!/^([0-9a-f]{2})*$/i.test(packed)) throw new TypeError('found no whole pairs of hex digits');
  return Buffer.from(packed, 'hex');
}

/** Writes bytes as hex digits; of more than `most` bytes only the first ones, and how many there are. */
export function toHex(bytes: Uint8Array, most = 64): string {
  const shown = Buffer.from(bytes.subarray(0, most)).toString('hex');
  return bytes.length > most ? `${shown}… (${bytes.length} bytes)` : shown;
}
