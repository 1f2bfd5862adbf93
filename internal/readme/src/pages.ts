import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeBlocksOf, type CodeBlock } from './code-block.js';

/** A Markdown file with code for users. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly blocks: readonly CodeBlock[];
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The README of the repository and those of its packages, and what is in docs/. */
export function pages(): Page[] {
  const readmes = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  const docs = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);
  return ['README.md', ...readmes.toSorted(), ...docs.toSorted()]
    .filter((path) => path.endsWith('.md') && existsSync(join(root, path)))
    .map((path) => ({ path, blocks: codeBlocksOf(readFileSync(join(root, path), 'utf8')) }));
}
