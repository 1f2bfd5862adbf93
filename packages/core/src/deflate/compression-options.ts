/** Sizes are in bytes; windows are given as the logarithm of their size, as in RFC 7692, section 7.1.2. */
export interface CompressionOptions {
  /**
   * Shorter messages are sent as they are, and so is any message written with `compress: false`.
   * @default 64
   */
  readonly threshold?: number;
  /**
   * How hard zlib tries, 1 to 9. Messages of up to 4 KiB are not zlib's, unless `codec` says so. With 6,
   * zlib's own default, messages of 64 KiB take 1 to 3 % fewer bytes and 30 to 45 % more time.
   * @default 5
   */
  readonly level?: number;
  /**
   * How much memory zlib takes for a message while it compresses it, 1 to 9.
   * @default 8
   */
  readonly memLevel?: number;
  /**
   * Whether the server compresses every message by itself: more bytes, no memory between messages, and no
   * way to guess one message from the size of the next. A client with this asks for it and refuses a server
   * that declines.
   * @default false
   */
  readonly serverNoContextTakeover?: boolean;
  /**
   * The same for the client, which a server with this tells it to do.
   * @default false
   */
  readonly clientNoContextTakeover?: boolean;
  /**
   * The most the server may refer back, 8 to 15. A client that gives less than 15 asks for it and refuses a
   * server that declines.
   * @default 15
   */
  readonly serverMaxWindowBits?: number;
  /**
   * The most the client may refer back, 8 to 15. A server that gives less than 15 does not compress with
   * clients that cannot be asked.
   * @default 15
   */
  readonly clientMaxWindowBits?: number;
  /**
   * `'auto'` has small messages coded by Postern itself, which is several times faster and takes up to a
   * quarter more bytes; `'zlib'` has all of them coded by zlib.
   * @default 'auto'
   */
  readonly codec?: 'auto' | 'zlib';
}

/** Checked, and nothing left out. */
export type CompressionSettings = Required<CompressionOptions>;

/** What `defaults` shows of this room. */
export const compressionDefaults: Readonly<CompressionSettings> = Object.freeze({
  threshold: 64,
  level: 5,
  memLevel: 8,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
  codec: 'auto',
});

/**
 * Fills in and checks the option `compression`; undefined when there is to be none.
 * @throws {TypeError} when an option is of the wrong type or unknown.
 * @throws {RangeError} when a number is out of range.
 */
export function resolveCompression(
  compression: boolean | CompressionOptions | undefined,
): CompressionSettings | undefined {
  if (compression === undefined || compression === false) return undefined;
  if (compression === true) return compressionDefaults;
  if (typeof compression !== 'object' || compression === null) {
    throw new TypeError(`compression is ${kindOf(compression)}, expected a boolean or an object`);
  }
  const settings = { ...compressionDefaults, ...given(compression) };
  checkNumbers(settings);
  checkBoolean('serverNoContextTakeover', settings.serverNoContextTakeover);
  checkBoolean('clientNoContextTakeover', settings.clientNoContextTakeover);
  if (settings.codec !== 'auto' && settings.codec !== 'zlib') {
    throw new TypeError("compression.codec is something else, expected 'auto' or 'zlib'");
  }
  return Object.freeze(settings);
}

/** A misspelt option would be silently the default. */
function given(options: CompressionOptions): CompressionOptions {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name] of entries) {
    if (!Object.hasOwn(compressionDefaults, name)) {
      throw new TypeError(`compression.${name} is given, expected the name of an option`);
    }
  }
  return Object.fromEntries(entries);
}

function checkNumbers(settings: CompressionSettings): void {
  checkInteger('threshold', settings.threshold, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('level', settings.level, 1, 9);
  checkInteger('memLevel', settings.memLevel, 1, 9);
  checkInteger('serverMaxWindowBits', settings.serverMaxWindowBits, 8, 15);
  checkInteger('clientMaxWindowBits', settings.clientMaxWindowBits, 8, 15);
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (typeof value !== 'number') {
    throw new TypeError(`compression.${name} is ${kindOf(value)}, expected a number`);
  }
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `compression.${name} is ${value}, expected a whole number from ${least} to ${most}`,
  );
}

function checkBoolean(name: string, value: boolean): void {
  if (typeof value === 'boolean') return;
  throw new TypeError(`compression.${name} is ${kindOf(value)}, expected a boolean`);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
