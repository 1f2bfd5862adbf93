import { isFieldValue, isToken } from './header-grammar.js';
import { quoted } from './quoted.js';

/** Headers that a caller adds to a request or an answer. An array is one line for each value; undefined is left out. */
export type OutgoingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers that `http.request` and `response.writeHead` take as they are. */
export type HeaderRecord = Record<string, string | string[]>;

/**
 * Checks headers given by our caller; header injection is impossible with those that pass.
 * @param owned lower-case names that only the handshake itself may set.
 * @throws {TypeError} naming the header that is not allowed, or is no header.
 */
export function checkHeaders(headers: OutgoingHeaders, owned: ReadonlySet<string>): void {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    throw new TypeError('headers: expected a plain object of names and values');
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) checkHeader(name, value, owned);
  }
}

/** The headers as lines, each with its line end. */
export function renderHeaders(headers: OutgoingHeaders): string {
  let lines = '';
  for (const [name, value] of Object.entries(headers)) {
    for (const line of linesOf(value)) lines += `${name}: ${line}\r\n`;
  }
  return lines;
}

/** The headers without those that are undefined, in copies that can be changed. */
export function copyHeaders(headers: OutgoingHeaders): HeaderRecord {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'string' ? value : [...value]] as const];
    }),
  );
}

function checkHeader(name: string, value: unknown, owned: ReadonlySet<string>): void {
  if (!isToken(name)) throw new TypeError(`header ${quoted(name)}: expected a token as its name`);
  if (owned.has(name.toLowerCase())) {
    throw new TypeError(`header ${quoted(name)}: set by the opening handshake itself`);
  }
  const lines: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!lines.every((line) => typeof line === 'string' && isFieldValue(line))) {
    throw new TypeError(`header ${quoted(name)}: expected a string without control characters`);
  }
}

function linesOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}
