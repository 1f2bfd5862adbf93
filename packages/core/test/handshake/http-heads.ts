import type { ResponseHead } from '../../src/handshake/client-handshake.js';
import type { RequestHead } from '../../src/handshake/request-head.js';

/** The key of RFC 6455, section 1.3, and the answer to it. */
export const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';
export const sampleAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** Header lines by lower-case name; undefined leaves one out, an array is several lines. */
export type Lines = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Of several lines node:http keeps only the first of these; those of others it joins. */
const keptOnce = new Set(['host', 'content-length']);

const soundRequest: Lines = {
  host: 'localhost:8080',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': sampleKey,
  'sec-websocket-version': '13',
};

const soundResponse: Lines = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-accept': sampleAccept,
};

/** A sound opening handshake with some header lines changed, folded as node:http folds them. */
export function requestHead(lines: Lines = {}, rest: Partial<RequestHead> = {}): RequestHead {
  const head = { method: 'GET', url: '/', httpVersion: '1.1' };
  return { ...head, ...fold({ ...soundRequest, ...lines }), ...rest };
}

/** A sound answer to a client that sent `sampleKey`, with some header lines changed. */
export function responseHead(lines: Lines = {}, rest: Partial<ResponseHead> = {}): ResponseHead {
  const head = { statusCode: 101, httpVersion: '1.1' };
  return { ...head, ...fold({ ...soundResponse, ...lines }), ...rest };
}

function fold(lines: Lines): Pick<RequestHead, 'headers' | 'rawHeaders'> {
  const headers: Record<string, string> = {};
  const rawHeaders: string[] = [];
  for (const [name, value = []] of Object.entries(lines)) {
    const values = [value].flat();
    for (const line of values) rawHeaders.push(name, line);
    if (values.length > 0) headers[name] = keptOnce.has(name) ? values[0]! : values.join(', ');
  }
  return { headers, rawHeaders };
}
