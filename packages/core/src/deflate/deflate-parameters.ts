import type { ExtensionOffer } from '../handshake/header-grammar.js';

/** The name of the extension. RFC 7692, section 7. */
export const PERMESSAGE_DEFLATE = 'permessage-deflate';

/** The parameters of the extension. RFC 7692, section 7.1. */
export const Parameter = {
  ServerNoContextTakeover: 'server_no_context_takeover',
  ClientNoContextTakeover: 'client_no_context_takeover',
  ServerMaxWindowBits: 'server_max_window_bits',
  ClientMaxWindowBits: 'client_max_window_bits',
} as const;

/**
 * What an offer or an answer says. Absent means that it says nothing; `true` a parameter without a value.
 */
export interface DeflateParameters {
  serverNoContextTakeover?: true;
  clientNoContextTakeover?: true;
  serverMaxWindowBits?: number;
  clientMaxWindowBits?: number | true;
}

/**
 * Reads the parameters of one element; a sentence about what is wrong when it is none of RFC 7692, section
 * 7.1.
 */
export function parseDeflateParameters({ parameters }: ExtensionOffer): DeflateParameters | string {
  const parsed: DeflateParameters = {};
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    if (seen.has(name)) return 'a parameter occurs twice';
    seen.add(name);
    const problem = takeParameter(parsed, name, value);
    if (problem !== undefined) return problem;
  }
  return parsed;
}

function takeParameter(
  parsed: DeflateParameters,
  name: string,
  value: string | true,
): string | undefined {
  switch (name) {
    case Parameter.ServerNoContextTakeover:
      parsed.serverNoContextTakeover = true;
      return value === true ? undefined : `${name} has a value`;
    case Parameter.ClientNoContextTakeover:
      parsed.clientNoContextTakeover = true;
      return value === true ? undefined : `${name} has a value`;
    case Parameter.ServerMaxWindowBits:
      if (!isWindowBits(value)) return `${name} is not an integer from 8 to 15`;
      parsed.serverMaxWindowBits = Number(value);
      return undefined;
    case Parameter.ClientMaxWindowBits:
      if (value !== true && !isWindowBits(value)) return `${name} is not an integer from 8 to 15`;
      parsed.clientMaxWindowBits = value === true ? true : Number(value);
      return undefined;
    default:
      return 'a parameter is unknown';
  }
}

/** Decimal, no leading zero, no sign, no other way to write a number that `Number` would take. */
function isWindowBits(value: string | true): boolean {
  return value !== true && /^(?:[89]|1[0-5])$/.test(value);
}

/** The element of `Sec-WebSocket-Extensions` that says `parameters`. */
export function formatDeflateParameters(parameters: DeflateParameters): ExtensionOffer {
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  const formatted: Array<readonly [string, string | true]> = [];
  if (parameters.serverNoContextTakeover) formatted.push([Parameter.ServerNoContextTakeover, true]);
  if (parameters.clientNoContextTakeover) formatted.push([Parameter.ClientNoContextTakeover, true]);
  if (serverMaxWindowBits !== undefined) {
    formatted.push([Parameter.ServerMaxWindowBits, String(serverMaxWindowBits)]);
  }
  if (clientMaxWindowBits !== undefined) {
    const value = clientMaxWindowBits === true || String(clientMaxWindowBits);
    formatted.push([Parameter.ClientMaxWindowBits, value]);
  }
  return { name: PERMESSAGE_DEFLATE, parameters: formatted };
}
