import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaults } from '@postern/core';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../src/table-rows.js';
import { root } from '../src/pages.js';

/** As a page writes them: `1 048 576`, `'same'`, `[]`. */
const written = Object.entries(defaults).map(([name, value]): [string, string] => [
  name,
  asWritten(value),
]);

function asWritten(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** What a cell says: no code marks, and no spaces between thousands. */
function plain(cell: string): string {
  return cell.replaceAll('`', '').replaceAll(/(?<=\d)[ _](?=\d{3})/g, '');
}

/** Name and default of each row that has both; a row may tell of several. */
function defaultsIn(markdown: string, title: string): [string, string][] {
  const rows = rowsOf(markdown).filter(({ titles }) => titles[1] === title);
  return rows.flatMap(({ cells: [names = '', values = ''] }) => {
    const each = plain(values).split(', ');
    return plain(names)
      .split(', ')
      .map((name, index): [string, string] => [name.replace('?', ''), each[index] ?? '']);
  });
}

describe('docs/limits.md', () => {
  const told = defaultsIn(read('docs/limits.md'), 'default');

  test('has every option of `defaults`, once, and no other', () => {
    expect(told.map(([name]) => name).toSorted()).toEqual(Object.keys(defaults).toSorted());
  });

  test.each(written)('tells the default of %s: %s', (name, value) => {
    expect(told).toContainEqual([name, value]);
  });

  test('tells the defaults of compression as the doc comments do', () => {
    const section = sectionOf(read('docs/api/core.md'), 'CompressionOptions');
    const names = defaultsIn(section, 'type').map(([name]) => name);
    const listed = defaultsIn(read('docs/limits.md'), 'by default');
    expect(listed.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    for (const [name, value] of listed) {
      expect(section).toMatch(new RegExp(`\\| \`${name}\\?\` +\\| [^\n]+? \\| \`${value}\` +\\|`));
    }
  });
});

test('the table of options in README.md tells the same defaults', () => {
  const told = defaultsIn(read('README.md'), 'default');
  expect(told.length).toBeGreaterThan(10);
  for (const pair of told) expect(written).toContainEqual(pair);
});

test('the doc comments tell the same defaults', () => {
  const documented = [
    'ConnectionOptions',
    'HandlerOptions',
    'OpenOptions',
    'ReconnectingOptions',
  ].flatMap((title) => rowsOf(sectionOf(read('docs/api/core.md'), title)));
  for (const [name, value] of written) {
    const row = documented.find(({ cells }) => cells[0] === `\`${name}?\``);
    expect([name, plain(row?.cells[2] ?? '').split(' (')[0]]).toEqual([name, value]);
  }
});

function sectionOf(markdown: string, title: string): string {
  const section = markdown.slice(markdown.indexOf(`\n### ${title}\n`) + 1);
  return section.slice(0, section.indexOf('\n### '));
}
