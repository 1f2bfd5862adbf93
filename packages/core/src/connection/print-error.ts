import { inspect } from 'node:util';

/** The default of `onError`: the error, with its stack and causes, to stderr. */
export function printError(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`);
}
