import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdownFiles, root } from '../src/pages.js';

const explained = read('docs/errors.md');

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

test('docs/errors.md explains codes', () => {
  expect(explained.match(/^### POSTERN_ERR_\w+$/gm)?.length).toBeGreaterThan(40);
});

// That docs/errors.md agrees with the sources is seen in packages/core/test/errors.test.ts.
test.each(markdownFiles())('every error code in %s is explained in docs/errors.md', (path) => {
  const codes = read(path).match(/POSTERN_ERR_[A-Z0-9_]+/g) ?? [];
  expect(codes.filter((code) => !explained.includes(`### ${code}\n`))).toEqual([]);
});
