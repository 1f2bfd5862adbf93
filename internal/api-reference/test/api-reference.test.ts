import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { apiReference } from '../src/api-reference.mjs';

const folder = new URL('../../../docs/api/', import.meta.url);
const remedy = 'docs/api is not up to date: run `pnpm --filter @postern/api-reference start`';

let pages: ReadonlyMap<string, string>;
beforeAll(async () => {
  pages = await apiReference();
}, 120_000);

test('docs/api has these pages and no other', () => {
  expect(readdirSync(folder).toSorted()).toEqual([...pages.keys()].toSorted());
});

test('docs/api says what the doc comments say', () => {
  for (const [name, text] of pages) {
    const isUpToDate = readFileSync(new URL(name, folder), 'utf8') === text;
    expect(isUpToDate, `${name}: ${remedy}`).toBe(true);
  }
});

test('a page has what its package exports, overloads and thrown errors included', () => {
  const core = pages.get('core.md')!;
  expect(core).toContain('### WebSocket\n');
  expect(core).toContain('#### `WebSocket.accept()`');
  expect(core.match(/^function open/gm)).toHaveLength(2);
  expect(core).toContain('- `HandshakeError` when the server refuses');
  expect(core).toMatch(/\| `maxMessageSize\?` +\| `number` +\| `1_048_576` +\|/);
});

test('a page leaves out what is for this library alone', () => {
  const core = pages.get('core.md')!;
  expect(core).not.toContain('onEnding');
  expect(core).not.toContain('constructor');
  expect(core).not.toContain('#settings');
});

test('an adapter has its own names, and a link to those of core', () => {
  const express = pages.get('express.md')!;
  expect(express).toContain('[WebSocketHandler](#websockethandler)');
  expect(express.match(/^### \w+$/gm)).toEqual(['### WebSocketHandler', '### ExpressGatekeeper']);
  expect(express).toContain('[HandlerOptions](core.md#handleroptions)');
});

test('two names that differ in small letters alone have a place each', () => {
  const core = pages.get('core.md')!;
  expect(core).toContain('[reconnecting](#reconnecting),');
  expect(core).toContain('[Reconnecting](#reconnecting-1),');
});

test('a declaration of several lines stands as in the source', () => {
  const adapter = pages.get('adapter.md')!;
  expect(adapter).toContain('type Decision =\n  | { readonly accepted: true;');
  expect(pages.get('core.md')).toContain(
    '  use: (ws: WebSocket) => Result | PromiseLike<Result>,\n',
  );
});
