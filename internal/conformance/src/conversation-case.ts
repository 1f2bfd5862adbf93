import type { ConversationCase, Limits, Step } from './case.js';
import { CaseSkip } from './judge-case.js';
import { encodeFrame, type Role } from './wire/frame.js';
import { toHex } from './wire/hex.js';
import { usualLimits } from './usual-limits.js';

/** Throws when the case makes no sense against a peer with these limits. */
export function checkLimits(conversationCase: ConversationCase, limits: Limits): void {
  const { largestMessage, skip } = conversationCase;
  if (largestMessage > limits.maxMessageSize) {
    throw new CaseSkip(
      `needs messages of ${largestMessage} bytes, the limit is ${limits.maxMessageSize}`,
    );
  }
  const reason = skip?.(limits);
  if (reason !== undefined) throw new CaseSkip(reason);
}

/** All bytes that a small case sends, in hex; undefined for one that is not small. */
export function bytesOf(conversationCase: ConversationCase, peer: Role): string | undefined {
  if (conversationCase.largestMessage > 1_000 || conversationCase.patience > 1) return undefined;
  const sender = peer === 'server' ? 'client' : 'server';
  const bytes = conversationCase.steps(usualLimits).flatMap((step) => encodeStep(step, sender));
  return toHex(Buffer.concat(bytes));
}

function encodeStep(step: Step, sender: Role): Uint8Array[] {
  if (step.kind !== 'send') return [];
  const pieces = step.pieces.map((piece) =>
    piece instanceof Uint8Array ? piece : encodeFrame(piece, sender),
  );
  return [Buffer.concat(pieces).subarray(0, step.upTo)];
}
