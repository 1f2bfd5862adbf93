/** The key of RFC 6455, section 1.3, and the answer to it. */
export const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';
export const sampleAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** Header lines by name; undefined leaves one out, an array is several lines. */
export type Lines = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first line of a request. */
export interface RequestLine {
  /** @default 'GET' */
  readonly method?: string;
  /** @default '/' */
  readonly target?: string;
  /** @default '1.1' */
  readonly version?: string;
}

const sound: Lines = {
  Host: 'localhost:8080',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': sampleKey,
  'Sec-WebSocket-Version': '13',
};

/** The head of a sound opening handshake, as bytes on the wire, with some lines changed or added. */
export function upgradeRequest(lines: Lines = {}, requestLine: RequestLine = {}): string {
  const { method = 'GET', target = '/', version = '1.1' } = requestLine;
  const head = [`${method} ${target} HTTP/${version}`];
  for (const [name, value = []] of Object.entries({ ...sound, ...lines })) {
    for (const line of [value].flat()) head.push(`${name}: ${line}`);
  }
  return `${head.join('\r\n')}\r\n\r\n`;
}
