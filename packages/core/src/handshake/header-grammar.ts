import { FieldReader, isTokenCharacter } from './field-reader.js';

const COMMA = 0x2c;
const SLASH = 0x2f;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const TAB = 0x09;
const DELETE = 0x7f;

/** One element of `Sec-WebSocket-Extensions`: parameters in order, doubles included. RFC 6455, section 9.1. */
export interface ExtensionOffer {
  readonly name: string;
  /** `true` stands for a parameter without a value. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string | true]>;
}

/** Whether `value` is a `token`. RFC 9110, section 5.6.2. */
export function isToken(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    if (!isTokenCharacter(value.charCodeAt(index))) return false;
  }
  return value !== '';
}

/**
 * Gives `value` back.
 * @param what it is, for the error.
 * @throws {TypeError} when it is not a token.
 */
export function requireToken(value: string, what: string): string {
  if (!isToken(value)) throw new TypeError(`${what}: expected a token`);
  return value;
}

/**
 * Whether `value` may stand in a header as it is: tabs, and the characters from U+0020 to U+00FF that are not controls.
 * What passes cannot end the line or the head. RFC 9110, section 5.5.
 */
export function isFieldValue(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if ((code < 0x20 && code !== TAB) || code === DELETE || code > 0xff) return false;
  }
  return true;
}

/** The elements of a list of tokens, empty ones left out; undefined for anything else. RFC 9110, section 5.6.1. */
export function parseTokenList(value: string): string[] | undefined {
  return parseList(value, readToken);
}

/**
 * Whether the list `value` has the element `token`, in any case. Elements are tokens, also with a version, as in
 * `Upgrade: foo/1, websocket` (RFC 9110, section 7.8); a list with anything else in it has nothing.
 */
export function hasToken(value: string | string[] | undefined, token: string): boolean {
  if (value === undefined) return false;
  if (typeof value === 'object') return value.some((line) => hasToken(line, token));
  const wanted = token.toLowerCase();
  // Nearly every handshake has a list of one, told here at a fifth of the price.
  if (value.toLowerCase() === wanted) return true;
  const elements = parseList(value, readVersionedToken) ?? [];
  return elements.some((element) => element.toLowerCase() === wanted);
}

/** The elements of `Sec-WebSocket-Extensions`; undefined for a value outside the grammar of RFC 6455, section 9.1. */
export function parseExtensions(value: string): ExtensionOffer[] | undefined {
  return parseList(value, readExtension);
}

/**
 * The value of `Sec-WebSocket-Extensions` that `parseExtensions` reads as `extensions`; empty for none.
 * @throws {TypeError} when a name or a value is not a token.
 */
export function formatExtensions(extensions: readonly ExtensionOffer[]): string {
  return extensions.map(formatExtension).join(', ');
}

function formatExtension({ name, parameters }: ExtensionOffer): string {
  let text = requireToken(name, 'extension');
  for (const [parameter, value] of parameters) {
    text += `; ${requireToken(parameter, 'extension parameter')}`;
    if (value !== true) text += `=${requireToken(value, 'extension parameter')}`;
  }
  return text;
}

function parseList<Element>(
  value: string,
  readElement: (reader: FieldReader) => Element | undefined,
): Element[] | undefined {
  const reader = new FieldReader(value);
  const elements: Element[] = [];
  reader.skipEmptyElements();
  while (!reader.atEnd) {
    const element = readElement(reader);
    if (element === undefined) return undefined;
    elements.push(element);
    reader.skipSpace();
    if (!reader.take(COMMA) && !reader.atEnd) return undefined;
    reader.skipEmptyElements();
  }
  return elements;
}

function readToken(reader: FieldReader): string | undefined {
  return reader.readToken() || undefined;
}

function readVersionedToken(reader: FieldReader): string | undefined {
  const name = readToken(reader);
  if (name === undefined || !reader.take(SLASH)) return name;
  const version = readToken(reader);
  return version && `${name}/${version}`;
}

function readExtension(reader: FieldReader): ExtensionOffer | undefined {
  const name = readToken(reader);
  if (name === undefined) return undefined;
  const parameters: Array<readonly [string, string | true]> = [];
  for (reader.skipSpace(); reader.take(SEMICOLON); reader.skipSpace()) {
    const parameter = readParameter(reader);
    if (parameter === undefined) return undefined;
    parameters.push(parameter);
  }
  return { name, parameters };
}

function readParameter(reader: FieldReader): readonly [string, string | true] | undefined {
  reader.skipSpace();
  const name = readToken(reader);
  if (name === undefined) return undefined;
  reader.skipSpace();
  if (!reader.take(EQUALS)) return [name, true];
  reader.skipSpace();
  const value = reader.readTokenOrQuoted();
  return value === '' ? undefined : [name, value];
}
