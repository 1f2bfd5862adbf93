import { expect, test } from 'vitest';
import type { CodeBlock } from '../src/code-block.js';
import { planOf } from '../src/plan.js';

function block(file?: string, rest: Partial<CodeBlock> = {}): CodeBlock {
  return { language: 'js', code: '', line: 7, file, reason: undefined, ...rest };
}

const told = (...blocks: CodeBlock[]) =>
  planOf(blocks).map((step) => `${step.kind} ${'file' in step ? step.file : step.reason}`);

test('runs a client beside the server before it, and ends the server last', () => {
  expect(told(block('server.mjs'), block('client.mjs'), block('client-2.mjs'))).toEqual([
    'serve server.mjs',
    'run client.mjs',
    'run client-2.mjs',
    'end server.mjs',
  ]);
});

test('ends a server before the next one begins', () => {
  expect(told(block('server.mjs'), block('server-2.mjs'), block('client.mjs'))).toEqual([
    'serve server.mjs',
    'end server.mjs',
    'serve server-2.mjs',
    'run client.mjs',
    'end server-2.mjs',
  ]);
});

test('runs what has no name, and writes what others import', () => {
  expect(told(block(), block('gatekeeper.mjs'))).toEqual([
    'run line-7.mjs',
    'write gatekeeper.mjs',
  ]);
});

test('skips what is marked, with the reason, and leaves other languages alone', () => {
  const blocks = [
    block('server.mjs', { reason: 'needs Redis' }),
    block(undefined, { language: 'ts' }),
  ];
  expect(told(...blocks)).toEqual(['skip needs Redis']);
});

test('writes a page that has a name, and passes over one that has none', () => {
  const html = { language: 'html' };
  expect(told(block('page.html', html), block(undefined, html))).toEqual(['write page.html']);
});
