import { printable } from './printable.js';

const warned = new WeakSet<object>();

/** A log that fails says so, once, and ends nothing. */
export function warnOnce(about: object, what: string, error: unknown): void {
  if (warned.has(about)) return;
  warned.add(about);
  const why = error instanceof Error ? error.message : String(error);
  process.emitWarning(`${what}: ${printable(why)}`, {
    type: 'PosternLoggerWarning',
    code: 'POSTERN_WARN_LOGGER',
  });
}
