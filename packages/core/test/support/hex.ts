/** The bytes that `text` writes down; spaces are for the reader. Always in memory of their own. */
export function hex(text: string): Buffer {
  const digits = text.replaceAll(' ', '');
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) throw new Error(`not bytes in hex: ${text}`);
  const bytes = Buffer.alloc(digits.length / 2);
  bytes.write(digits, 'hex');
  return bytes;
}
