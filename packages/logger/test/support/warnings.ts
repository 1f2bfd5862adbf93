import { onTestFinished, vi } from 'vitest';

/** The warnings of the process, which are heard here and not printed. */
export function heardWarnings(): string[] {
  const heard: string[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
    heard.push(String(warning));
  });
  onTestFinished(() => spy.mockRestore());
  return heard;
}
