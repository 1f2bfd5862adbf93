import { negotiateDeflate } from '../deflate/negotiate.js';
import type { ExtensionOffer } from '../handshake/header-grammar.js';
import { checkOrigin, type Origins } from '../handshake/origin.js';
import type { HeaderRecord } from '../handshake/outgoing-headers.js';
import type { Refusal } from '../handshake/refusal.js';
import { fieldValue, type RequestHead } from '../handshake/request-head.js';
import { checkServerHandshake, offeredExtensions } from '../handshake/server-handshake.js';
import {
  selectSubprotocol,
  subprotocols as offeredSubprotocols,
} from '../handshake/subprotocol.js';
import { acceptHeaders } from '../handshake/switching-protocols.js';
import type { HandshakeChoice } from './gate.js';
import { undecidedRequest } from './handshake-request.js';
import { resolveHandlerOptions, type HandlerOptions, type HandlerSettings } from './options.js';

/** An opening handshake that may become a WebSocket: what to answer it with. */
export interface Acceptance {
  /** What tells it from a `Refusal`. */
  readonly ok: true;
  /** All headers of the 101. */
  readonly headers: HeaderRecord;
  /** `''` for none. */
  readonly subprotocol: string;
  /** As agreed; empty for none. */
  readonly extensions: readonly ExtensionOffer[];
}

/** What `negotiate` says. */
export type Negotiation = Acceptance | Refusal;

/**
 * Judges an opening handshake: RFC 6455, section 4.2, the origin, and the subprotocols. Pure: nothing is sent.
 * @throws {TypeError | RangeError} when an option is not what it should be.
 */
export function negotiate(request: RequestHead, options: HandlerOptions = {}): Negotiation {
  const settings = resolveHandlerOptions(options);
  const choice = judgeHandshake(request, settings);
  if ('ok' in choice) return choice;
  const { selected, extensions } = choice;
  const headers = acceptHeaders(handshakeKey(request), selected, extensions);
  return { ok: true, headers, subprotocol: selected, extensions };
}

/** The refusal that the request deserves, or what a request that may pass on to the gatekeeper can be answered with. */
export function judgeHandshake(
  request: RequestHead,
  settings: HandlerSettings,
): Refusal | HandshakeChoice {
  const refused =
    checkServerHandshake(request) ?? checkOrigin(request, originsOf(settings), settings.trustProxy);
  if (refused !== undefined) return refused;
  const offered = offeredSubprotocols(request);
  const selected = selectSubprotocol(offered, settings.subprotocols);
  if (typeof selected !== 'string') return selected;
  return { offered, selected, extensions: chooseExtensions(request, settings) };
}

const NO_EXTENSIONS: readonly ExtensionOffer[] = [];

function chooseExtensions(
  request: RequestHead,
  { connection }: HandlerSettings,
): readonly ExtensionOffer[] {
  if (connection.compression === undefined) return NO_EXTENSIONS;
  const answer = negotiateDeflate(offeredExtensions(request), connection.compression);
  return answer === undefined ? NO_EXTENSIONS : [answer.response];
}

/** A function is asked about the same light object that the gatekeeper gets. */
function originsOf({ origins, trustProxy }: HandlerSettings): Origins {
  if (typeof origins !== 'function') return origins;
  return (page, request) => origins(page, undecidedRequest(request, trustProxy));
}

/** The key of a request that `judgeHandshake` let pass. */
export function handshakeKey(request: RequestHead): string {
  return fieldValue(request.headers, 'sec-websocket-key')!;
}
