/** The key of RFC 6455, section 1.3, and the answer to it. */
export const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';
export const sampleAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** Header lines by name; undefined leaves one out, an array is several lines. */
export type Lines = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What differs from a GET of HTTP/1.1. */
export interface RequestLine {
  readonly method?: string;
  readonly version?: string;
}

const sound: Lines = {
  Host: 'localhost:8080',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': sampleKey,
  'Sec-WebSocket-Version': '13',
};

/** A sound opening handshake for `target`, with some lines changed or added. RFC 6455, section 4.1. */
export function upgradeRequest(target: string, lines: Lines = {}, line: RequestLine = {}): string {
  return requestHead(target, { ...sound, ...lines }, line);
}

/** An ordinary request. */
export function plainRequest(target: string, lines: Lines = {}, line: RequestLine = {}): string {
  return requestHead(target, { Host: 'localhost:8080', ...lines }, line);
}

function requestHead(
  target: string,
  lines: Lines,
  { method = 'GET', version = '1.1' }: RequestLine,
): string {
  const head = [`${method} ${target} HTTP/${version}`];
  for (const [name, value = []] of Object.entries(lines)) {
    for (const each of [value].flat()) head.push(`${name}: ${each}`);
  }
  return `${head.join('\r\n')}\r\n\r\n`;
}
