/** The head of an HTTP request or response: its first line, and its headers in order. */
export interface HttpHead {
  readonly line: string;
  readonly headers: readonly Header[];
}

export type Header = readonly [name: string, value: string];

/** One change to a head; cases are a list of them applied to a head that is right. */
export type Edit = (head: HttpHead) => HttpHead;

export function encodeHttpHead(head: HttpHead): Buffer {
  const headers = head.headers.map(
    ([name, value]) => `${name}:${value === '' ? '' : ` ${value}`}\r\n`,
  );
  return Buffer.from(`${head.line}\r\n${headers.join('')}\r\n`, 'latin1');
}

/** Reads a head up to and with its empty line. */
export function parseHttpHead(bytes: Buffer): HttpHead {
  const [line = '', ...rest] = bytes.toString('latin1').split('\r\n');
  const headers = rest.filter((field) => field !== '').map(parseHeader);
  return { line, headers };
}

function parseHeader(field: string): Header {
  const colon = field.indexOf(':');
  return [field.slice(0, colon), field.slice(colon + 1).trim()];
}

/** All values under a name, in any case of letters. */
export function valuesOf(head: HttpHead, name: string): string[] {
  return head.headers.filter((header) => sameName(header, name)).map(([, value]) => value);
}

/** The elements of a header that is a comma-separated list, in lower case. */
export function listOf(head: HttpHead, name: string): string[] {
  return valuesOf(head, name)
    .flatMap((value) => value.split(','))
    .map((element) => element.trim().toLowerCase());
}

/** Another first line. */
export function line(text: string): Edit {
  return (head) => ({ ...head, line: text });
}

/** Another value in the place of the old one, or a further header when there was none. */
export function set(name: string, value: string): Edit {
  return (head) => {
    if (valuesOf(head, name).length === 0) return add(name, value)(head);
    return {
      ...head,
      headers: head.headers.map((header) => (sameName(header, name) ? [header[0], value] : header)),
    };
  };
}

/** A further header, also when there is one of that name. */
export function add(name: string, value: string): Edit {
  return (head) => ({ ...head, headers: [...head.headers, [name, value]] });
}

/** The header sent twice with the same value. */
export function double(name: string): Edit {
  return (head) => ({
    ...head,
    headers: head.headers.flatMap((header) =>
      sameName(header, name) ? [header, header] : [header],
    ),
  });
}

export function drop(name: string): Edit {
  return (head) => ({ ...head, headers: head.headers.filter((header) => !sameName(header, name)) });
}

/** Every header name spelled by `spell`. */
export function spellNames(spell: (name: string) => string): Edit {
  return (head) => ({
    ...head,
    headers: head.headers.map(([name, value]) => [spell(name), value]),
  });
}

export function applyEdits(head: HttpHead, edits: readonly Edit[]): HttpHead {
  return edits.reduce((edited, edit) => edit(edited), head);
}

function sameName([name]: Header, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}
