/** What stands for a secret. */
export const REDACTED = '***';

/** Parts of names whose values are secrets: of headers, query parameters and fields. An author is none. */
const SECRET_PART =
  /token|secret|passw|pwd|auth(?!or(?!iz))|cookie|jwt|signature|credential|session|ticket|bearer|api[-_.]?key/;

/** Names that are too short to be looked for inside others. */
const SECRET_NAMES = ['key', 'sig', 'code', 'sid', 'otp', 'pin', 'pass'];

/** A JSON Web Token, wherever it stands, also where it is cut short: `eyJ` is what `{"` becomes in base64. */
const WEB_TOKEN = /eyJ[\w-]{8,}(\.[\w-]+){0,2}/g;

/** As deep as pino goes. */
const DEEPEST = 5;

const USER_INFO = /^([a-z][a-z\d+.-]*:\/\/)[^/?#@]*@/i;

/** No subprotocol has so long a name; browsers can send a token only as one. */
const LONGEST_SUBPROTOCOL = 40;

/** What is offered before a token, to say that one comes. */
const TOKEN_FOLLOWS = /(^|[-_.])(bearer|token|authorization|auth|jwt|api[-_]?key)$/i;

/**
 * What is kept out of a log. `true` for the usual secrets, `false` for nothing, a list for further names of headers, query
 * parameters and fields; case does not matter.
 */
export type RedactOption = boolean | readonly string[];

/** Puts `***` where a secret would be. */
export class Redaction {
  readonly #isOn: boolean;
  readonly #names: ReadonlySet<string>;

  /** @throws {TypeError} when the option is neither a boolean nor a list of names. */
  constructor(option: RedactOption = true) {
    if (typeof option !== 'boolean' && !isListOfNames(option)) {
      throw new TypeError('redact: expected a boolean or an array of names');
    }
    this.#isOn = option !== false;
    const further = typeof option === 'boolean' ? [] : option;
    this.#names = new Set([...SECRET_NAMES, ...further.map((name) => name.toLowerCase())]);
  }

  /** Whether the value that has this name is a secret. */
  hides(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#isOn && (this.#names.has(lower) || SECRET_PART.test(lower));
  }

  /** A path with its query, or a whole URL. */
  target(url: string): string {
    if (!this.#isOn) return url;
    const shown = url.replace(USER_INFO, `$1${REDACTED}@`).replace(WEB_TOKEN, REDACTED);
    const query = shown.indexOf('?');
    if (query === -1) return shown;
    // Whatever separates parameters somewhere: better one `***` too many.
    const parts = shown.slice(query).split(/([?&;#])/);
    return shown.slice(0, query) + parts.map((part) => this.#parameter(part)).join('');
  }

  #parameter(part: string): string {
    const equals = part.indexOf('=');
    if (equals === -1) return part;
    const name = decoded(part.slice(0, equals));
    if (name === undefined || this.hides(name)) return `${part.slice(0, equals)}=${REDACTED}`;
    const value = decoded(part.slice(equals + 1));
    // A URL may have another inside, with parameters of its own.
    const inner = value?.match(/[^?&;#=\s]+(?==)/g) ?? [];
    const isSafe = value !== undefined && !inner.some((each) => this.hides(each));
    return isSafe ? part : `${part.slice(0, equals)}=${REDACTED}`;
  }

  /** The value of a header. */
  header(name: string, value: string): string {
    if (this.hides(name)) return REDACTED;
    if (name === 'sec-websocket-protocol') {
      return this.subprotocols(value.split(',').map((each) => each.trim())).join(', ');
    }
    return name === 'referer' ? this.target(value) : this.value(value);
  }

  /** Subprotocols, among which browsers hide tokens. */
  subprotocols(offered: readonly string[]): string[] {
    if (!this.#isOn) return [...offered];
    return offered.map((each, index) => {
      const isToken =
        each.length > LONGEST_SUBPROTOCOL || TOKEN_FOLLOWS.test(offered[index - 1] ?? '');
      return isToken ? REDACTED : this.value(each);
    });
  }

  /** Any text in which a token may stand. */
  value(text: string): string {
    return this.#isOn ? text.replace(WEB_TOKEN, REDACTED) : text;
  }

  /** The same for every text within a plain object or array. */
  within<Value>(value: Value): Value {
    return this.#isOn ? (this.#within(value, 0) as Value) : value;
  }

  #within(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.value(value);
    if (depth === DEEPEST) return value;
    if (Array.isArray(value)) return value.map((each) => this.#within(each, depth + 1));
    if (!isPlain(value)) return value;
    const copy = Object.create(Object.getPrototypeOf(value) as object | null) as Record<
      string,
      unknown
    >;
    for (const [name, each] of Object.entries(value)) copy[name] = this.#within(each, depth + 1);
    return copy;
  }
}

/** What has a class of its own prints itself as it likes. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** Undefined where it cannot be told what it is. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
