import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { doors, root } from './doors.mjs';
import { readExports } from './exports.mjs';
import { placesOf, renderPage } from './page.mjs';

/**
 * All pages of docs/api by their names, formatted as everything here.
 *
 * @returns {Promise<Map<string, string>>}
 */
export async function apiReference() {
  const exported = readExports();
  const config = await resolveConfig(join(root, 'docs/api/README.md'));
  /** @type {[string, string][]} */
  const texts = doors.map((door) => {
    const own = exported.get(door.page) ?? [];
    return [door.page, renderPage(door, own, placesFor(door.page, exported))];
  });
  /** @type {Map<string, string>} */
  const pages = new Map();
  for (const [name, text] of [/** @type {const} */ (['README.md', renderIndex()]), ...texts]) {
    pages.set(name, await format(text, { ...config, parser: 'markdown' }));
  }
  return pages;
}

/**
 * Where the names that a page speaks of are explained: there, else in the page of core. What each adapter has under the
 * same name has no one place.
 *
 * @param {string} page
 * @param {ReadonlyMap<string, import('./exports.mjs').Export[]>} exported
 */
function placesFor(page, exported) {
  const known = ['core.md', page].flatMap((each) => placesOf(each, exported.get(each) ?? []));
  return new Map(known);
}

function renderIndex() {
  const rows = doors.map(({ page, name, intro }) => `| [\`${name}\`](${page}) | ${intro} |`);
  return [
    '<!-- Made by internal/api-reference: not to be edited. -->',
    '# API reference',
    'Every name that the packages export, made from the doc comments of the sources. To learn how they belong together, read the [guide](../guide.md).',
    ['| import | |', '| --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}
