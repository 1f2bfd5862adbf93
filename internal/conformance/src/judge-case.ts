import type { CaseHead, CaseResult } from './case.js';
import { CaseFailure } from './case-failure.js';

/** Thrown inside a case that turns out to make no sense here. */
export class CaseSkip extends Error {
  override readonly name = 'CaseSkip';
}

/** Runs one case and turns what it throws into a result; a mistake of the suite itself is thrown on. */
export async function judgeCase(
  { id, title, severity }: CaseHead,
  run: () => Promise<void>,
  bytes?: string,
): Promise<CaseResult> {
  const head = { id, title, severity, ...(bytes === undefined ? {} : { bytes }) };
  try {
    await run();
    return { ...head, outcome: 'passed' };
  } catch (error) {
    if (error instanceof CaseSkip) return { ...head, outcome: 'skipped', detail: error.message };
    if (error instanceof CaseFailure) return { ...head, outcome: 'failed', detail: error.message };
    throw new Error(`case ${id} is broken`, { cause: error });
  }
}
