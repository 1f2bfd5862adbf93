import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A row of a page's table. */
export interface Row {
  /** Undefined where they have nothing of the kind. */
  readonly theirs: string | undefined;
  readonly ours: string;
}

/** A page on coming from another library. */
export interface Page {
  readonly rows: readonly Row[];
  /** The code of its programs, by their names. */
  readonly programs: ReadonlyMap<string, string>;
}

const folder = fileURLToPath(new URL('../../../docs/migration/', import.meta.url));

/** A cell that is nothing but code. */
const CODE = /^`([^`]+)`$/;

/** A block of code after a line that is only its name. */
const PROGRAM = /^`([\w-]+\.mjs)`:\n\n```js\n(.*?)^```$/gms;

/** The names of all pages but the index. */
export function pageNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => name.slice(0, -'.md'.length));
}

/** The page of that name in `docs/migration/`. */
export function pageNamed(name: string): Page {
  const markdown = readFileSync(`${folder}${name}.md`, 'utf8');
  return { rows: rowsOf(markdown), programs: programsOf(markdown) };
}

/** Their code and ours, of every row of a table that has ours in its second cell. */
export function rowsOf(markdown: string): Row[] {
  return markdown.split('\n').flatMap((line) => {
    const [theirs, ours] = cellsOf(line).map((cell) => CODE.exec(cell)?.[1]);
    return ours === undefined ? [] : [{ theirs, ours }];
  });
}

function cellsOf(line: string): string[] {
  if (!line.startsWith('|')) return [];
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function programsOf(markdown: string): Map<string, string> {
  return new Map(
    Array.from(markdown.matchAll(PROGRAM), ([, name, code]) => [name!, code!] as const),
  );
}
