/**
 * UTF-8 judged with no cleverness: every code point is encoded, and bytes are legal when they are, one after
 * another, such encodings. It shares no idea with what it checks.
 */

/** The encodings of all code points that share a last byte's place: keys of every beginning of a character. */
const beginnings = new Set<string>();
for (let codePoint = 0x80; codePoint <= 0x10_ffff; codePoint += 0x40) {
  if (isSurrogate(codePoint)) continue;
  const encoded = Buffer.from(String.fromCodePoint(codePoint));
  for (let length = 1; length < encoded.length; length += 1) {
    beginnings.add(encoded.toString('hex', 0, length));
  }
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

/** How many bytes the character at `at` has; 0 when there is no whole character. */
function characterAt(bytes: Uint8Array, at: number): number {
  if (bytes[at]! < 0x80) return 1;
  for (let length = 2; length <= 4 && at + length <= bytes.length; length += 1) {
    const character = Buffer.from(bytes.subarray(at, at + length));
    const text = character.toString();
    if ([...text].length === 1 && Buffer.from(text).equals(character)) return length;
  }
  return 0;
}

/** Where the first character stands that is not whole: the length of `bytes` when all are. */
export function wholeCharacters(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterAt(bytes, at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

/** Whether something could follow `bytes` so that all is UTF-8. */
export function canBecomeUtf8(bytes: Uint8Array): boolean {
  const at = wholeCharacters(bytes);
  return at === bytes.length || beginnings.has(Buffer.from(bytes.subarray(at)).toString('hex'));
}

/** How many bytes it takes until nothing can mend them: `Infinity` when something still can. */
export function firstImpossible(bytes: Uint8Array): number {
  const at = wholeCharacters(bytes);
  for (let length = at + 1; length <= bytes.length; length += 1) {
    if (!beginnings.has(Buffer.from(bytes.subarray(at, length)).toString('hex'))) return length;
  }
  return Infinity;
}
