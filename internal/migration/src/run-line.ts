/** Values by the names that a line knows them by. */
export type Scope = Record<string, unknown>;

interface AsyncFunctionConstructor {
  new (...parametersAndBody: string[]): (...values: unknown[]) => Promise<unknown>;
}

const AsyncFunction = Object.getPrototypeOf(async () => undefined)
  .constructor as AsyncFunctionConstructor;

/** The port that all pages speak of. Tests take any that is free. */
const WRITTEN_PORT = /\b8080\b/g;

/**
 * Runs a line of a page as it stands there, with the names in `scope` defined. Resolves with what it returns, or,
 * where `declared` names are given, with the values that the line declared for them.
 */
export function runLine(
  line: string,
  scope: Scope,
  declared?: readonly string[],
): Promise<unknown> {
  const result = declared === undefined ? '' : `\nreturn { ${declared.join(', ')} };`;
  const code = `${line.replace(WRITTEN_PORT, '0')}${result}`;
  return new AsyncFunction(...Object.keys(scope), code)(...Object.values(scope));
}
