import { expect, test } from 'vitest';
import { formatComparison } from '../../runner/compare.mjs';
import { formatRow, warningsOf } from '../../runner/report.mjs';
import { summarize, type Results, type Row } from '../../runner/results.mjs';
import type { Kind } from '../../runner/workloads.mjs';

const quiet = { perSecond: 1000, messages: 1, subjectLoad: 1, foreignLoad: 0, rss: 1 };

function row(cost: number, more: Partial<Row> = {}, generatorLoad = 0.5): Row {
  const sample = { ...quiet, generatorLoad };
  const samples = new Map([
    ['ws', [{ ...sample, cost: 8, replyBytes: 70 }]],
    ['ours', [{ ...sample, cost, replyBytes: 90 }]],
  ]);
  const kind: Kind = 'echo';
  return {
    date: '2026-01-02T00:00:00.000Z',
    workload: 'test-c1-d1',
    kind,
    yardstick: 'ws',
    malloc: 'default',
    results: summarize(samples, 'ws'),
    failures: [],
    ...more,
  };
}

function results(rows: Row[]): Results {
  const machine = { cpu: '', cores: 2, memory: 0, system: '' };
  const settings = {
    rounds: 1,
    warmUp: 1,
    duration: 1,
    malloc: '',
    verify: false,
    pinned: true,
  };
  return { date: '2026-01-02', machine, versions: {}, settings, rows };
}

/** The words of the line that begins with `name`. */
function wordsOf(text: string, name: string) {
  const line = text.split('\n').find((each) => each.trim().startsWith(name)) ?? '';
  return line.trim().split(/\s{2,}/);
}

test('a row has the cost, its ratio to the yardstick, and the bytes of compressed replies', () => {
  const text = formatRow(row(2));
  expect(wordsOf(text, 'ours').slice(0, 4)).toEqual(['ours', '2.00', '2.00–2.00', '4.00']);
  expect(wordsOf(text, 'ours').at(-1)).toBe('90.0');
  expect(text).toContain('CPU µs/message');
});

test('a row of memory counts nothing in a second', () => {
  const text = formatRow(row(2, { kind: 'idle' }));
  expect(text).toContain('bytes/connection');
  expect(text).not.toContain('/s');
});

test('a row names what failed', () => {
  const failures = [{ subject: 'rival', message: 'a reply differs' }];
  expect(formatRow(row(2, { failures }))).toContain('rival FAILED: a reply differs');
});

test('warns when the generator was as busy as it can be', () => {
  expect(warningsOf([row(2)])).toEqual([]);
  expect(warningsOf([row(2, {}, 0.97)]).join()).toContain('test-c1-d1 ours');
});

test('a comparison has the change of every program that is in both', () => {
  const text = formatComparison(results([row(4)]), results([row(3)]));
  expect(text).toContain('compared with 2026-01-02');
  expect(wordsOf(text, 'test-c1-d1 (malloc default) ours').slice(1)).toEqual([
    '4.00',
    '3.00',
    '-25 %',
    '2.00',
    '2.67',
  ]);
  const other = results([row(4, { workload: 'other' })]);
  expect(formatComparison(other, results([row(3)]))).toContain('no row in common');
});
