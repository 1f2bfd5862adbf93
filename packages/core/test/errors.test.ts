import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

/** The text of every source file of every package. */
function sources(): string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));
  const folders = packages
    .map((folder) => join(folder, 'src'))
    .filter((folder) => existsSync(folder));
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
}

const source = sources().join('\n');

/** Codes with the class that the source makes of them where it names both in one place. */
const made = [...source.matchAll(/new (\w+Error)\(\s*'(POSTERN_ERR_\w+)'/g)].map(
  ([, className, code]) => ({ className: className!, code: code! }),
);

/** Codes with the section of the page that they stand in. */
const listed = page.split(/^## /m).flatMap((section) => {
  const className = section.slice(0, section.indexOf('\n'));
  return [...section.matchAll(/^### (.*)$/gm)].map(([, code]) => ({ className, code: code! }));
});

function unique(codes: readonly string[]): string[] {
  return [...new Set(codes)].toSorted();
}

describe('docs/errors.md', () => {
  test('has every code that the sources have, and no other', () => {
    const codes = [...source.matchAll(/(['"`])(POSTERN_ERR_\w+)\1/g)].map(([, , code]) => code!);
    expect(codes.length).toBeGreaterThan(40);
    expect(unique(listed.map(({ code }) => code))).toEqual(unique(codes));
  });

  test('has each of them once', () => {
    expect(listed.map(({ code }) => code).toSorted()).toEqual(
      unique(listed.map(({ code }) => code)),
    );
  });

  test('has them in order, under the class that they are of', () => {
    const sections = new Map(listed.map(({ code, className }) => [code, className]));
    for (const { code, className } of made)
      expect([code, sections.get(code)]).toEqual([code, className]);
    for (const className of unique(listed.map((each) => each.className))) {
      const codes = listed.filter((each) => each.className === className).map(({ code }) => code);
      expect(codes).toEqual(codes.toSorted());
    }
  });

  test('says something of each', () => {
    for (const { code } of listed) {
      const text = page.slice(page.indexOf(`### ${code}\n`) + code.length + 5);
      expect(text.slice(0, text.indexOf('\n#')).trim().length).toBeGreaterThan(30);
    }
  });

  test('names the close code of every protocol error', () => {
    const section = page.slice(page.indexOf('\n## ProtocolError'), page.indexOf('\n## Handshake'));
    for (const entry of section.split('\n### ').slice(1)) {
      expect(entry).toMatch(/Close code 10(02|07|08|09)\./);
    }
  });
});

test('no source makes up a code in pieces, where this could not find it', () => {
  const inPieces = [...source.matchAll(/POSTERN_ERR_\w*(?:\$\{\w+\}|['"`]\s*\+)/g)];
  // The type of all codes, and nothing else.
  expect(inPieces.map(([text]) => text)).toEqual(['POSTERN_ERR_${string}']);
});
