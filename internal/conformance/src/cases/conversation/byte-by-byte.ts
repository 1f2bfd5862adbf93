import type { ConversationCase, Step } from '../../case.js';
import { usualLimits } from '../../usual-limits.js';
import { encodeFrame } from '../../wire/frame.js';

/** More bytes than this are not worth a turn of the event loop each. */
const mostBytes = 300;

/** The same case with every byte in a segment of its own; undefined when that is too much, or nothing new. */
export function byteByByte(original: ConversationCase): ConversationCase | undefined {
  if (original.largestMessage > mostBytes || original.patience > 1) return undefined;
  const sends = original.steps(usualLimits).filter((step) => step.kind === 'send');
  const plain = sends.every(({ delivery, upTo }) => delivery === 'whole' && upTo === undefined);
  const bytes = sends.reduce((sum, step) => sum + lengthOf(step), 0);
  if (!plain || bytes < 2 || bytes > mostBytes || original.ending.kind === 'gone') return undefined;
  return {
    ...original,
    id: `${original.id}/byte-by-byte`,
    title: `${original.title}, byte by byte`,
    steps: (limits) => original.steps(limits).map(inSingleBytes),
  };
}

function lengthOf(step: Extract<Step, { kind: 'send' }>): number {
  return step.pieces
    .map((piece) => (piece instanceof Uint8Array ? piece : encodeFrame(piece, 'client')))
    .reduce((sum, bytes) => sum + bytes.length, 0);
}

function inSingleBytes(step: Step): Step {
  return step.kind === 'send' ? { ...step, delivery: { chunksOf: 1 } } : step;
}
