import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pageNamed, pageNames, rowsOf } from '../src/page.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The library that each page comes from. */
const libraries: Readonly<Record<string, string>> = {
  crossws: 'crossws',
  'express-ws': 'express-ws',
  'fastify-websocket': '@fastify/websocket',
  'hono-node-ws': '@hono/node-ws',
  'koa-easy-ws': 'koa-easy-ws',
  'koa-websocket': 'koa-websocket',
  'websocket-express': 'websocket-express',
  'ws-client': 'ws',
  'ws-server': 'ws',
};

test('there is a library for each page, and a page for each library', () => {
  expect(pageNames().toSorted()).toEqual(Object.keys(libraries));
});

test.each(pageNames())('%s names the version that is installed, and has two programs', (name) => {
  const library = libraries[name]!;
  const manifest = JSON.parse(read('../package.json')) as { devDependencies: Scope };
  const installed = JSON.parse(read(`../node_modules/${library}/package.json`)) as Scope;
  const page = read(`../../../docs/migration/${name}.md`);
  expect(installed['version']).toBe(manifest.devDependencies[library]);
  expect(page).toContain(`${library} ${installed['version']}`);
  expect([...pageNamed(name).programs.keys()]).toEqual(['before.mjs', 'after.mjs']);
});

type Scope = Record<string, string>;

test.each(pageNames())('%s is tested, and found from the index', (name) => {
  expect(existsSync(fileURLToPath(new URL(`${name}.test.ts`, import.meta.url)))).toBe(true);
  expect(read('../../../docs/migration/README.md')).toContain(`(${name}.md)`);
});

test.each(['README', ...pageNames()])('the links of %s lead somewhere', (name) => {
  const folder = new URL('../../../docs/migration/', import.meta.url);
  const page = readFileSync(new URL(`${name}.md`, folder), 'utf8');
  const links = Array.from(page.matchAll(/\]\(([^)#]+)\)/g), ([, link]) => link!);
  expect(links.filter((link) => !existsSync(new URL(link, folder)))).toEqual([]);
});

test('a row is what has code in its second cell', () => {
  const table = [
    '| a | b | c |',
    '| - | - | - |',
    '| `x` | `y` | z |',
    '|  | `w` | z |',
    '| u | v |',
  ];
  expect(rowsOf(table.join('\n'))).toEqual([
    { theirs: 'x', ours: 'y' },
    { theirs: undefined, ours: 'w' },
  ]);
});
