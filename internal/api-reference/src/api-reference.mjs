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
  const places = new Map(
    [...exported].toReversed().flatMap(([page, each]) => placesOf(page, each)),
  );
  const config = await resolveConfig(join(root, 'docs/api/README.md'));
  /** @type {Map<string, string>} */
  const pages = new Map();
  const texts = doors.map((door) => [
    door.page,
    renderPage(door, exported.get(door.page) ?? [], places),
  ]);
  for (const [name, text] of [['README.md', renderIndex()], ...texts]) {
    pages.set(name ?? '', await format(text ?? '', { ...config, parser: 'markdown' }));
  }
  return pages;
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
