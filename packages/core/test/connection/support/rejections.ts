import { onTestFinished } from 'vitest';

/** The unhandled rejections of the process while the test runs. */
export function unhandledRejections(): unknown[] {
  const reasons: unknown[] = [];
  const listener = (reason: unknown): void => {
    reasons.push(reason);
  };
  process.on('unhandledRejection', listener);
  onTestFinished(() => {
    process.off('unhandledRejection', listener);
  });
  return reasons;
}
