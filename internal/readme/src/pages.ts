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

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The README of the repository and those of its packages, and what is in docs/. */
export function pages(): Page[] {
  const readmes = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  const docs = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);
  return ['README.md', ...readmes.toSorted(), ...docs.toSorted()]
    .filter((path) => path.endsWith('.md') && existsSync(join(root, path)))
    .map((path) => ({ path, blocks: codeBlocksOf(readFileSync(join(root, path), 'utf8')) }));
}

/** Every Markdown file of the repository that somebody may read. */
export function markdownFiles(): string[] {
  const everywhere = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md'];
  return [...everywhere, ...PLACES.flatMap((place) => markdownIn(place))];
}

const PLACES = ['docs', 'packages', 'examples', 'internal', 'bench'];
const NOT_OURS = ['node_modules', 'dist', 'blocks', 'corpus'];

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : markdownIn(path);
    return path.endsWith('.md') ? [path] : [];
  });
}
