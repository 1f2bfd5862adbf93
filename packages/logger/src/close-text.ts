import { CloseCode, type CloseInfo } from '@postern/core';

import { errorText } from './error-text.js';
import { printable } from './printable.js';

const BY = { local: 'this side', peer: 'the peer', network: 'the network' } as const;

/** The code with its name, and who began the end: `1001 (going away) by the peer`. */
export function closeText({ code, initiator }: CloseInfo): string {
  const name = closeCodeName(code);
  return `${code}${name === '' ? '' : ` (${name})`} by ${BY[initiator]}`;
}

/** Why, as far as somebody said so; empty when nobody did. */
export function closeReasonText({ reason, cause }: CloseInfo): string {
  return cause === undefined ? printable(reason) : errorText(cause);
}

/** The name of RFC 6455, section 7.4.1, in small letters; empty for a code that has none. */
function closeCodeName(code: number): string {
  const entry = Object.entries(CloseCode).find(([, value]) => value === code);
  return (entry?.[0] ?? '').replace(/(?<=.)[A-Z]/g, ' $&').toLowerCase();
}
