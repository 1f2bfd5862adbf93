import { printable } from './printable.js';
import type { Redaction } from './redaction.js';

/** What the log reads of a request; every framework's has it, and the one that gatekeepers get. */
export interface RequestLike {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: object;
  readonly clientAddress?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined } | null | undefined;
}

/** Longest target that is shown, in characters: one may have 16 KiB. */
const LONGEST_TARGET = 300;

const LONGEST_VALUE = 200;

export function isRequest(value: object): value is RequestLike {
  return (
    'method' in value &&
    'url' in value &&
    typeof value.url === 'string' &&
    'headers' in value &&
    typeof value.headers === 'object' &&
    value.headers !== null
  );
}

/** Who asks for what, from where: `GET /chat from 127.0.0.1, origin https://example.com, offers chat.v2`. */
export function requestText(request: RequestLike, redaction: Redaction): string {
  const { method, target, address, origin, subprotocols } = requestFields(request, redaction);
  const parts = [address === '' ? `${method} ${target}` : `${method} ${target} from ${address}`];
  if (origin !== undefined) parts.push(`origin ${origin}`);
  if (subprotocols.length > 0) parts.push(`offers ${subprotocols.join(', ')}`);
  return parts.join(', ');
}

/** What a line that a machine reads has of a request. */
export interface RequestFields {
  readonly method: string;
  readonly target: string;
  /** Empty where there is none, as over a Unix socket. */
  readonly address: string;
  readonly origin: string | undefined;
  readonly subprotocols: readonly string[];
}

export function requestFields(request: RequestLike, redaction: Redaction): RequestFields {
  const { method = 'GET', url = '/', headers } = request;
  const origin = headerOf(headers, 'origin');
  return {
    method: printable(method, LONGEST_VALUE),
    target: printable(redaction.target(url), LONGEST_TARGET),
    address: addressOf(request),
    origin: origin === undefined ? undefined : printable(redaction.target(origin), LONGEST_VALUE),
    subprotocols: redaction
      .subprotocols(offeredSubprotocols(request))
      .map((each) => printable(each)),
  };
}

/** The subprotocols that a request offers, whatever they are. */
export function offeredSubprotocols({ headers }: { readonly headers: object }): string[] {
  const offered = headerOf(headers, 'sec-websocket-protocol') ?? '';
  const names = offered.split(',').map((each) => each.trim());
  return names.filter((each) => each !== '');
}

/** Without the prefix that IPv4 addresses have on a socket for both. */
function addressOf({ clientAddress, socket }: RequestLike): string {
  const address = clientAddress ?? socket?.remoteAddress ?? '';
  return printable(address.replace(/^::ffff:(?=\d+\.)/, ''), LONGEST_VALUE);
}

function headerOf(headers: object, name: string): string | undefined {
  const value: unknown =
    headers instanceof Headers ? headers.get(name) : (headers as Record<string, unknown>)[name];
  return value === undefined || value === null ? undefined : valueText(value);
}

/** A header may be there several times. */
function valueText(value: unknown): string {
  return [value].flat().join(', ');
}

/** All headers, secrets redacted. */
export function headerFields(headers: object, redaction: Redaction): Record<string, string> {
  const entries: [string, unknown][] =
    headers instanceof Headers ? [...headers] : Object.entries(headers);
  const shown: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    const text = redaction.header(name.toLowerCase(), valueText(value));
    shown[printable(name, LONGEST_VALUE)] = printable(text, LONGEST_VALUE);
  }
  return shown;
}
