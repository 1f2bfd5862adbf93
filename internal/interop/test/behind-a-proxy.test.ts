import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync(pathOf('behind-a-proxy.md'), 'utf8');
const configurations = ['nginx.conf', 'haproxy.cfg'].map((name) =>
  trimmed(readFileSync(pathOf(`behind-a-proxy/${name}`), 'utf8')),
);
const shown = [...page.matchAll(/^```text\n(.*?)```/gms)].map(([, block]) => trimmed(block!));

test.each(shown)('what docs/behind-a-proxy.md shows is in a configuration: %s', (block) => {
  expect(configurations.some((text) => text.includes(block))).toBe(true);
});

test('docs/behind-a-proxy.md shows something', () => {
  expect(shown.length).toBeGreaterThan(0);
});

function pathOf(name: string): URL {
  return new URL(`../../../docs/${name}`, import.meta.url);
}

/** Without indentation. */
function trimmed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
