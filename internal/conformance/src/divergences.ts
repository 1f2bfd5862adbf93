import type { CaseResult } from './case.js';

/** Every case that failed and what was found instead, one line each, in the order of the table. */
export function divergences(results: readonly CaseResult[]): string[] {
  return results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ id, detail }) => `${id}: ${detail}`);
}

/** Why cases were skipped, and how many for each reason. */
export function skipReasons(results: readonly CaseResult[]): string[] {
  const counts = new Map<string, number>();
  for (const { outcome, detail = '' } of results) {
    if (outcome === 'skipped') counts.set(detail, (counts.get(detail) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `skipped ${count}: ${reason}`);
}
