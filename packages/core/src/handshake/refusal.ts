import { Buffer } from 'node:buffer';
import { checkHeaders, renderHeaders, type OutgoingHeaders } from './outgoing-headers.js';
import { reasonPhrase } from './reason-phrase.js';

/** An opening handshake that does not become a WebSocket: the HTTP response to give instead. */
export type Refusal = {
  readonly ok: false;
  /** The HTTP status. */
  readonly status: number;
  /** All headers of the response; `Connection: close` is one of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The reason, for a person; to be sent as UTF-8. */
  readonly body: string;
};

const NOT_OWNED: ReadonlySet<string> = new Set();

/** How the response ends and where its body ends: whatever `headers` says of these gives way. */
const FRAMING: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding']);

/** A refusal with `status` and the reason `body`; `headers` go beside the usual ones. */
export function refusal(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return { ok: false, status, headers: { ...usualHeaders(body), ...headers }, body };
}

/**
 * Checks what a caller wants to refuse with.
 * A status below 300 is no refusal: on HTTP/2 any 2xx opens the WebSocket (RFC 8441, section 5).
 * @throws {RangeError} when `status` is not an integer from 300 to 599.
 * @throws {TypeError} when a header is not one that can be sent.
 */
export function checkRefusal(status: number, headers: OutgoingHeaders): void {
  if (!Number.isInteger(status) || status < 300 || status > 599) {
    throw new RangeError(`status: expected an integer from 300 to 599, got ${String(status)}`);
  }
  checkHeaders(headers, NOT_OWNED);
}

/**
 * A whole HTTP/1.1 response that ends the connection, one character for each byte: write it as `latin1`.
 * `Connection` and `Content-Length` are set here; `Content-Type` is plain text unless `headers` has one.
 * @throws {RangeError | TypeError} as `checkRefusal`.
 */
export function renderResponse(
  status: number,
  headers: OutgoingHeaders = {},
  body: string | Uint8Array = '',
): string {
  checkRefusal(status, headers);
  const phrase = reasonPhrase(status);
  const lines = renderHeaders(withUsualHeaders(headers, body));
  return `HTTP/1.1 ${status} ${phrase}\r\n${lines}\r\n${Buffer.from(body).toString('latin1')}`;
}

function withUsualHeaders(headers: OutgoingHeaders, body: string | Uint8Array): OutgoingHeaders {
  const result: Record<string, string | readonly string[] | undefined> = usualHeaders(body);
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (key === 'content-type' && value !== undefined) delete result['Content-Type'];
    if (!FRAMING.has(key)) result[name] = value;
  }
  return result;
}

function usualHeaders(body: string | Uint8Array): Record<string, string> {
  return {
    Connection: 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
  };
}
