import { describe, expect, test } from 'vitest';
import type { CaseHead } from '../src/case.js';
import { clientCases } from '../src/run-client-cases.js';
import { serverCases } from '../src/run-server-cases.js';

const tables: readonly (readonly [role: string, cases: readonly CaseHead[], least: number])[] = [
  ['server', serverCases, 1_700],
  ['client', clientCases, 1_600],
];

describe.each(tables)('the table for a %s', (role, cases, least) => {
  test('has no id twice', () => {
    const ids = cases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('names a section of RFC 6455 in every id', () => {
    const ids = cases.map(({ id }) => id);
    expect(ids.filter((id) => !/^\d+(\.\d+)*\/[a-z0-9./-]+$/.test(id))).toEqual([]);
  });

  test('has a sentence for every title', () => {
    const titles = cases.map(({ title }) => title);
    expect(titles.filter((title) => title.split(' ').length < 4)).toEqual([]);
  });

  test('has lost no cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(least);
  });
});
