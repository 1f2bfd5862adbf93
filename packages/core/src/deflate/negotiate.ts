import type { ExtensionOffer } from '../handshake/header-grammar.js';
import type { CompressionSettings } from './compression-options.js';
import {
  formatDeflateParameters,
  Parameter,
  parseDeflateParameters,
  PERMESSAGE_DEFLATE,
  type DeflateParameters,
} from './deflate-parameters.js';

/** What both sides hold to. RFC 7692, section 7.1. */
export interface DeflateAgreement {
  /** Whether the server's messages stand alone. */
  readonly serverNoContextTakeover: boolean;
  /** Whether the client's messages stand alone. */
  readonly clientNoContextTakeover: boolean;
  /** The logarithm of how far back the server refers at most, 8 to 15. */
  readonly serverMaxWindowBits: number;
  /** The logarithm of how far back the client refers at most, 8 to 15. */
  readonly clientMaxWindowBits: number;
}

/** The offer that a server took. */
export interface DeflateAnswer {
  /** The element for the `Sec-WebSocket-Extensions` of the 101. */
  readonly response: ExtensionOffer;
  readonly agreed: DeflateAgreement;
}

/** How a client judges the server's answer; `reason` is for the `HandshakeError`. */
export type DeflateAcceptance =
  | { readonly ok: true; readonly agreed: DeflateAgreement }
  | { readonly ok: false; readonly reason: string };

/** As far as a deflater can refer at all. */
const WIDEST = 15;

/**
 * The server's choice among what a client offers: the first offer that is right in itself and meets
 * `settings`. Undefined when there is none; the connection then goes without compression. RFC 7692,
 * sections 5.1 and 7.
 */
export function negotiateDeflate(
  offers: readonly ExtensionOffer[],
  settings: CompressionSettings,
): DeflateAnswer | undefined {
  for (const offer of offers) {
    if (offer.name !== PERMESSAGE_DEFLATE) continue;
    const offered = parseDeflateParameters(offer);
    const answer = typeof offered === 'string' ? undefined : answerOffer(offered, settings);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function answerOffer(
  offered: DeflateParameters,
  settings: CompressionSettings,
): DeflateAnswer | undefined {
  const serverMaxWindowBits = Math.min(
    offered.serverMaxWindowBits ?? WIDEST,
    settings.serverMaxWindowBits,
  );
  const clientMaxWindowBits = clientWindowBits(offered, settings);
  if (clientMaxWindowBits === undefined) return undefined;
  const agreed = {
    serverNoContextTakeover:
      offered.serverNoContextTakeover === true || settings.serverNoContextTakeover,
    clientNoContextTakeover:
      offered.clientNoContextTakeover === true || settings.clientNoContextTakeover,
    serverMaxWindowBits,
    clientMaxWindowBits,
  };
  return { response: respond(offered, agreed), agreed };
}

/** A client that does not speak of its window cannot be told to make it smaller (section 7.1.2.2). */
function clientWindowBits(
  offered: DeflateParameters,
  settings: CompressionSettings,
): number | undefined {
  const { clientMaxWindowBits } = settings;
  if (offered.clientMaxWindowBits === undefined) {
    return clientMaxWindowBits === WIDEST ? WIDEST : undefined;
  }
  if (offered.clientMaxWindowBits === true) return clientMaxWindowBits;
  return Math.min(offered.clientMaxWindowBits, clientMaxWindowBits);
}

function respond(offered: DeflateParameters, agreed: DeflateAgreement): ExtensionOffer {
  const { serverMaxWindowBits, clientMaxWindowBits } = agreed;
  const says: DeflateParameters = {};
  if (agreed.serverNoContextTakeover) says.serverNoContextTakeover = true;
  if (agreed.clientNoContextTakeover) says.clientNoContextTakeover = true;
  if (offered.serverMaxWindowBits !== undefined || serverMaxWindowBits < WIDEST) {
    says.serverMaxWindowBits = serverMaxWindowBits;
  }
  if (clientMaxWindowBits < WIDEST) says.clientMaxWindowBits = clientMaxWindowBits;
  return formatDeflateParameters(says);
}

/** A client's offer: what it asks of the server, and that it can be asked for a smaller window itself. */
export function offerDeflate(settings: CompressionSettings): ExtensionOffer {
  const { serverMaxWindowBits, clientMaxWindowBits } = settings;
  const says: DeflateParameters = {};
  if (settings.serverNoContextTakeover) says.serverNoContextTakeover = true;
  if (settings.clientNoContextTakeover) says.clientNoContextTakeover = true;
  if (serverMaxWindowBits < WIDEST) says.serverMaxWindowBits = serverMaxWindowBits;
  says.clientMaxWindowBits = clientMaxWindowBits < WIDEST ? clientMaxWindowBits : true;
  return formatDeflateParameters(says);
}

/**
 * The client's verdict on the server's answer to `offerDeflate(settings)`: what is agreed, or why the
 * handshake fails. RFC 7692, sections 5.1 and 7.1.
 */
export function acceptDeflate(
  response: ExtensionOffer,
  settings: CompressionSettings,
): DeflateAcceptance {
  if (response.name !== PERMESSAGE_DEFLATE) return refuse('the extension was not offered');
  const answered = parseDeflateParameters(response);
  if (typeof answered === 'string') return refuse(answered);
  const problem = checkAnswer(answered, settings);
  if (problem !== undefined) return refuse(problem);
  const clientBits = answered.clientMaxWindowBits as number | undefined;
  return {
    ok: true,
    agreed: {
      serverNoContextTakeover: answered.serverNoContextTakeover === true,
      clientNoContextTakeover:
        answered.clientNoContextTakeover === true || settings.clientNoContextTakeover,
      serverMaxWindowBits: answered.serverMaxWindowBits ?? WIDEST,
      clientMaxWindowBits: Math.min(clientBits ?? WIDEST, settings.clientMaxWindowBits),
    },
  };
}

function refuse(problem: string): DeflateAcceptance {
  return { ok: false, reason: `${PERMESSAGE_DEFLATE} in the server's answer: ${problem}` };
}

function checkAnswer(
  answered: DeflateParameters,
  settings: CompressionSettings,
): string | undefined {
  const { clientMaxWindowBits, serverMaxWindowBits = WIDEST } = answered;
  if (settings.serverNoContextTakeover && !answered.serverNoContextTakeover) {
    return `${Parameter.ServerNoContextTakeover} was offered and is missing`;
  }
  if (serverMaxWindowBits > settings.serverMaxWindowBits) {
    return `${Parameter.ServerMaxWindowBits} is more than was offered`;
  }
  if (clientMaxWindowBits === true) return `${Parameter.ClientMaxWindowBits} has no value`;
  if (clientMaxWindowBits !== undefined && clientMaxWindowBits > settings.clientMaxWindowBits) {
    return `${Parameter.ClientMaxWindowBits} is more than was offered`;
  }
  return undefined;
}

/**
 * What an answer to an offer of permessage-deflate has agreed on, as both sides read it. RFC 7692, section
 * 7.1.
 * @throws {TypeError} when it is none.
 */
export function agreementOf(answer: ExtensionOffer): DeflateAgreement {
  const says = parseDeflateParameters(answer);
  if (typeof says === 'string' || says.clientMaxWindowBits === true) {
    throw new TypeError(`${PERMESSAGE_DEFLATE} is not an answer as RFC 7692 has it`);
  }
  return {
    serverNoContextTakeover: says.serverNoContextTakeover === true,
    clientNoContextTakeover: says.clientNoContextTakeover === true,
    serverMaxWindowBits: says.serverMaxWindowBits ?? WIDEST,
    clientMaxWindowBits: says.clientMaxWindowBits ?? WIDEST,
  };
}
