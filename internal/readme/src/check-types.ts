import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import type { Workshop } from './workshop.js';

const options = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  // As in most projects; the types of the frameworks are not ours to check.
  skipLibCheck: true,
  noEmit: true,
};

/** What the compiler says of the folder's files, a line each. */
export async function checkTypes(workshop: Workshop): Promise<string[]> {
  const tsconfig = { compilerOptions: options, include: ['**/*.ts'] };
  await workshop.write('tsconfig.json', JSON.stringify(tsconfig));
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const child = spawn(execPath, [tsc, '--pretty', 'false'], { cwd: workshop.folder });
  const output = `${await text(child.stdout)}${await text(child.stderr)}`;
  return output.split('\n').filter((line) => line !== '');
}
