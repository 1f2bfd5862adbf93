import { copyHeaders, type OutgoingHeaders } from '../handshake/outgoing-headers.js';

/** What the gatekeeper has said, for the framework to answer with. */
export type Decision =
  | { readonly accepted: true; readonly status: 200 }
  | {
      readonly accepted: false;
      readonly status: number;
      /** `Set-Cookie` is to join those that the chain has set, any other to replace. */
      readonly headers: Readonly<Record<string, string | readonly string[]>>;
      readonly body: string;
    };

/** Where a response ends is the framework's to say: it may compress the body, or answer HEAD. */
const FRAMING: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding']);

/** The client is turned away, in plain text unless `headers` say otherwise. */
export function turnedAway(status: number, headers: OutgoingHeaders, body: string): Decision {
  const kept = Object.entries(copyHeaders(headers)).filter(
    ([name]) => !FRAMING.has(name.toLowerCase()),
  );
  const isTyped = body === '' || kept.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    accepted: false,
    status,
    headers: {
      ...(!isTyped && { 'Content-Type': 'text/plain; charset=utf-8' }),
      ...Object.fromEntries(kept),
    },
    body,
  };
}
