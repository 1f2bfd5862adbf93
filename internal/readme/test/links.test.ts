import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, linksOf } from '../src/links.js';
import { markdownFiles, root } from '../src/pages.js';

test.each(markdownFiles())('every link of %s leads somewhere', (path) => {
  expect(linksOf(read(path)).filter((link) => !leadsSomewhere(path, link))).toEqual([]);
});

test('docs/README.md leads to every page of docs/', () => {
  const pages = markdownFiles().filter((path) => /^docs\/[^/]+\.md$/.test(path));
  const known = linksOf(read('docs/README.md')).map((link) => `docs/${link}`);
  expect(pages.filter((path) => path !== 'docs/README.md' && !known.includes(path))).toEqual([]);
});

test('finds links, those in code left out', () => {
  const markdown = 'See [a](b.md), [`c`](d/e.md#f-g).\n\n```sh\n[x](y)\n```\n`[x](y)` [h](#i)';
  expect(linksOf(markdown)).toEqual(['b.md', 'd/e.md#f-g', '#i']);
});

test('knows the anchors of headings', () => {
  const markdown = '# A title\n## `ws.read()`, and more\n```sh\n# no heading\n```\n### A title';
  expect([...anchorsOf(markdown)]).toEqual(['a-title', 'wsread-and-more', 'a-title-1']);
});

function leadsSomewhere(from: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true; // The web is not ours to test.
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(root, path))) return false;
  if (anchor === undefined || statSync(join(root, path)).isDirectory()) return anchor === undefined;
  return anchorsOf(read(path)).has(anchor);
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
