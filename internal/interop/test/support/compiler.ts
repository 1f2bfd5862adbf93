import { spawnSync } from 'node:child_process';

const COMPILER = 'gcc';

/** Whether a C program that uses the library can be compiled; if not, the reason why its tests are skipped is printed. */
export function compilerHas(library: string): boolean {
  const input = `#include <${library}.h>\n`;
  const found = spawnSync(COMPILER, ['-E', '-x', 'c', '-'], { input }).status === 0;
  if (!found) console.warn(`skipped: no gcc, or no ${library}.h (Debian package ${library}-dev)`);
  return found;
}

/** @throws {Error} with what the compiler says. */
export function compile(source: string, library: string, program: string): void {
  const link = library.replace(/^lib/, '-l');
  const { status, stderr } = spawnSync(COMPILER, ['-O1', '-Wall', '-o', program, source, link]);
  if (status !== 0) throw new Error(stderr.toString());
}
