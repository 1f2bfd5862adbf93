import type { HandshakeOutcome, HeaderClaim } from '../../case.js';

export const opens: HandshakeOutcome = { kind: 'opens' };
export const either: HandshakeOutcome = { kind: 'either' };

/** The upgrade is refused with one of these statuses, and the connection closed. */
export function refused(...statuses: number[]): HandshakeOutcome {
  return { kind: 'refused', statuses, headers: [] };
}

export function withHeaders(
  outcome: HandshakeOutcome,
  ...headers: HeaderClaim[]
): HandshakeOutcome {
  return outcome.kind === 'refused' ? { ...outcome, headers } : outcome;
}

/** Not an upgrade in HTTP's eyes: an ordinary answer with one of these statuses. */
export function answered(...statuses: number[]): HandshakeOutcome {
  return { kind: 'answered', statuses };
}
