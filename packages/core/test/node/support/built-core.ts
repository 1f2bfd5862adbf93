import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** Core in JavaScript, in a folder of its own. */
export interface BuiltCore {
  /** The URL of its entry. */
  readonly url: string;
  remove(): Promise<void>;
}

const project = fileURLToPath(new URL('../../../tsconfig.build.json', import.meta.url));

/** Compiles core for programs that run beside the tests: Node 20 does not read TypeScript. */
export async function buildCore(): Promise<BuiltCore> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-core-'));
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), 'bin', 'tsc');
  const quickly = ['--noCheck', '--declaration', 'false', '--declarationMap', 'false'];
  const options = ['-p', project, '--outDir', folder, '--incremental', 'false', ...quickly];
  await promisify(execFile)(process.execPath, [tsc, ...options]);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return {
    url: pathToFileURL(join(folder, 'index.js')).href,
    remove: () => rm(folder, { recursive: true }),
  };
}
