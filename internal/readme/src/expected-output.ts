/** A call that ends its line, and what stands behind it. */
const PRINTED = /^\s*console\.log\(.*\); \/\/ (.+)$/;

/** What a program says that it prints: the comments behind its calls of `console.log`. */
export function expectedOutput(code: string): string[] {
  return code.split('\n').flatMap((line) => PRINTED.exec(line)?.[1] ?? []);
}
