import { isToken, parseTokenList } from './header-grammar.js';
import { quoted } from './quoted.js';
import { refusal, type Refusal } from './refusal.js';
import { fieldElements, type RequestHead } from './request-head.js';

/**
 * The subprotocols that the client offers, in its order of preference; empty when it offers none,
 * or nothing that RFC 6455, section 4.1 (item 10), allows: tokens, each once.
 */
export function subprotocols(request: Pick<RequestHead, 'headers'>): string[] {
  return readOffer(request) ?? [];
}

/** Refuses with 400 what `subprotocols` would pass over in silence. RFC 6455, section 4.2.1. */
export function checkOfferedSubprotocols(request: RequestHead): Refusal | undefined {
  if (readOffer(request) !== undefined) return undefined;
  return refusal(400, 'expected Sec-WebSocket-Protocol to be a list of tokens, each once\n');
}

/**
 * The first of `supported` that is among `offered`; empty when the client offers none. RFC 6455, section 4.2.2.
 * With none `supported` nothing is selected and nothing refused: the gatekeeper may still accept one.
 * A client that offers others only is refused with 400.
 */
export function selectSubprotocol(
  offered: readonly string[],
  supported: readonly string[],
): string | Refusal {
  if (offered.length === 0 || supported.length === 0) return '';
  const selected = supported.find((subprotocol) => offered.includes(subprotocol));
  if (selected !== undefined) return selected;
  return refusal(400, `none of the offered subprotocols is spoken here: ${supported.join(', ')}\n`);
}

/**
 * Checks the subprotocol that a gatekeeper accepts with; empty stands for none.
 * @throws {TypeError} when the client did not offer it. RFC 6455, section 4.2.2.
 */
export function checkAcceptedSubprotocol(subprotocol: string, offered: readonly string[]): void {
  if (subprotocol === '' || offered.includes(subprotocol)) return;
  throw new TypeError(`subprotocol: the client did not offer ${quoted(subprotocol)}`);
}

/**
 * Checks the option `subprotocols` of a handler or of a client.
 * @throws {TypeError} when it is not an array of tokens, each once.
 */
export function validateSubprotocols(value: unknown): void {
  if (!Array.isArray(value)) throw new TypeError('subprotocols: expected an array of tokens');
  if (!value.every((item) => typeof item === 'string' && isToken(item))) {
    throw new TypeError('subprotocols: expected every item to be a token');
  }
  if (hasDoubles(value)) throw new TypeError('subprotocols: expected every item only once');
}

function readOffer({ headers }: Pick<RequestHead, 'headers'>): string[] | undefined {
  const offered = fieldElements(headers, 'sec-websocket-protocol', parseTokenList);
  return offered && !hasDoubles(offered) ? offered : undefined;
}

function hasDoubles(list: readonly unknown[]): boolean {
  return new Set(list).size < list.length;
}
