const TAB = 0x09;
const SPACE = 0x20;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const TOKEN_CHARACTERS =
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const tokenCharacters = new Uint8Array(128);
for (const character of TOKEN_CHARACTERS) tokenCharacters[character.charCodeAt(0)] = 1;

/** Whether `code` is a `tchar`. RFC 9110, section 5.6.2. */
export function isTokenCharacter(code: number): boolean {
  return code < 128 && tokenCharacters[code] === 1;
}

/**
 * Reads a header value once, from left to right, and never goes back: every step consumes or fails,
 * so that the time is linear in the length whatever a peer sends.
 */
export class FieldReader {
  readonly #value: string;
  #position = 0;

  constructor(value: string) {
    this.#value = value;
  }

  get atEnd(): boolean {
    return this.#position >= this.#value.length;
  }

  /** Skips optional white space: OWS in RFC 9110, the implied LWS of RFC 6455, section 9.1. */
  skipSpace(): void {
    while (this.take(SPACE) || this.take(TAB));
  }

  /** Skips white space and commas: the empty elements that a recipient must ignore (RFC 9110, section 5.6.1.2). */
  skipEmptyElements(): void {
    do this.skipSpace();
    while (this.take(COMMA));
  }

  /** Consumes one character if it is `code`. */
  take(code: number): boolean {
    if (this.#value.charCodeAt(this.#position) !== code) return false;
    this.#position += 1;
    return true;
  }

  /** Reads a token; empty when there is none here. */
  readToken(): string {
    const value = this.#value;
    const start = this.#position;
    let end = start;
    while (end < value.length && isTokenCharacter(value.charCodeAt(end))) end += 1;
    this.#position = end;
    return value.slice(start, end);
  }

  /** Reads a token, or a quoted string that is a token once unescaped (RFC 6455, section 9.1); empty when there is neither. */
  readTokenOrQuoted(): string {
    if (!this.take(QUOTE)) return this.readToken();
    let token = '';
    while (!this.take(QUOTE)) {
      this.take(BACKSLASH);
      // Also at the end of the value: NaN is no token character.
      if (!isTokenCharacter(this.#value.charCodeAt(this.#position))) return '';
      token += this.#value[this.#position]!;
      this.#position += 1;
    }
    return token;
  }
}
