import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findExamples } from '../examples.mjs';
import { renderPage } from '../render-page.mjs';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));

test('finds what can be started, and says how', () => {
  const found = findExamples(fixtures).map(({ name, title, kind }) => [name, title, kind]);
  expect(found).toEqual([
    ['broken', 'Broken', 'page'],
    ['mute', 'Mute', 'page'],
    ['sound', 'Sound', 'page'],
    ['tool', 'Tool', 'terminal'],
  ]);
});

test('finds the examples of this repository, neither this page nor what they share', () => {
  const found = new Map(findExamples().map((example) => [example.name, example]));
  expect(found.get('minimal-server')).toMatchObject({ title: 'Minimal server', kind: 'page' });
  expect(found.get('svg-interaction')).toMatchObject({ title: 'SVG interaction', kind: 'page' });
  expect(found.get('express')).toMatchObject({ title: 'Express', kind: 'framework' });
  expect(found.has('index')).toBe(false);
  expect(found.has('shared')).toBe(false);
});

test('a page is linked, a tool shows its command, and nothing they say is markup', () => {
  const page = renderPage(findExamples(fixtures));
  expect(page).toContain('<a href="/open/sound">Sound</a>');
  expect(page).not.toContain('/open/tool');
  expect(page).toContain('<code>npm start -- tool</code>');
  expect(page).toContain('It is sound, &#38; &#60;well&#62;.');
});
