/** Headers as `node:http` shows them: names in lower case, most doubles joined by a comma. Any may be absent. */
export type NodeLikeHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The headers of a message, and how they arrived. */
export interface HeaderSection {
  readonly headers: NodeLikeHeaders;
  /** Names and values in turn, as received. */
  readonly rawHeaders?: readonly string[] | undefined;
}

/** The part of an HTTP request that an opening handshake is judged by; `http.IncomingMessage` is one. */
export interface RequestHead extends HeaderSection {
  /** Anything but `'GET'` is no opening handshake. */
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  /** As in `'1.1'`, for which an absent one is taken. */
  readonly httpVersion?: string | undefined;
}

/** The whole value of the header `name` (lower case): several lines are one list. RFC 9110, section 5.3. */
export function fieldValue(headers: NodeLikeHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

/**
 * The elements of the header `name`, which may be absent but not empty (`1#element` in RFC 9110, section 5.6.1);
 * undefined when `parse` or this says that it is malformed.
 */
export function fieldElements<Element>(
  headers: NodeLikeHeaders,
  name: string,
  parse: (value: string) => Element[] | undefined,
): Element[] | undefined {
  const value = fieldValue(headers, name);
  if (value === undefined) return [];
  const elements = parse(value);
  return elements?.length === 0 ? undefined : elements;
}

/**
 * Every line of the header `name` (lower case) as received.
 * Node keeps only the first of several `Host` headers: `rawHeaders`, where there is one, shows the others.
 */
export function fieldLines(section: HeaderSection, name: string): readonly string[] {
  const lines = rawLines(section.rawHeaders ?? [], name);
  if (lines.length > 0) return lines;
  const value = section.headers[name];
  return typeof value === 'string' ? [value] : (value ?? lines);
}

function rawLines(rawHeaders: readonly string[], name: string): string[] {
  const lines: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const rawName = rawHeaders[index]!;
    if (rawName.length === name.length && rawName.toLowerCase() === name) {
      lines.push(rawHeaders[index + 1]!);
    }
  }
  return lines;
}
