import type { Ending, Step } from './case.js';
import type { Conversation } from './conversation.js';
import { judgeEnding } from './judge-ending.js';
import { performStep } from './perform-step.js';

/** Runs steps one after another, then judges the ending. */
export async function converse(
  conversation: Conversation,
  steps: readonly Step[],
  ending: Ending,
): Promise<void> {
  for (const step of steps) await performStep(conversation, step);
  await judgeEnding(conversation, ending);
}
