import { expect, test } from 'vitest';
import { drawChart } from '../../runner/chart.mjs';
import { formatTables } from '../../runner/markdown-tables.mjs';
import { replaceBetween } from '../../runner/publish.mjs';
import { mergeResults, summarize, type Results, type Row } from '../../runner/results.mjs';

const sample = { messages: 1, subjectLoad: 1, generatorLoad: 0.5, foreignLoad: 0, rss: 1 };

function row(workload: string, ours: number, date = '2026-01-02T00:00:00.000Z'): Row {
  const samples = new Map([
    ['ws', [{ ...sample, cost: 8, perSecond: 100 }]],
    ['postern listen', [{ ...sample, cost: ours, perSecond: 200 }]],
  ]);
  const results = summarize(samples, 'ws');
  return {
    date,
    workload,
    kind: 'echo',
    yardstick: 'ws',
    malloc: 'default',
    results,
    failures: [],
  };
}

function results(rows: Row[], node = 'v20.0.0'): Results {
  const settings = {
    rounds: 3,
    warmUp: 300,
    duration: 500,
    malloc: 'fixed',
    verify: false,
    pinned: true,
  };
  const machine = { cpu: 'a <fast> CPU', cores: 2, memory: 2 ** 33, system: 'Linux 6' };
  return { date: rows[0]?.date ?? '', machine, versions: { node, ws: '8.0.0' }, settings, rows };
}

test('writes the cost, and how many times less than the yardstick that is', () => {
  const tables = formatTables(results([row('echo-16-c1-d1', 2)]));
  expect(tables).toContain('### Echo');
  expect(tables).toContain('| `echo-16-c1-d1` | CPU µs/message | 8.00 ×1.0 | 2.00 ×4.0 |');
  expect(tables).toContain('2026-01-02 on a <fast> CPU, 2 cores, 8 GiB');
});

test('puts the tables between the marks and leaves the rest of the page', () => {
  const marks =
    '<!-- begin results: written by `pnpm bench --publish` -->\n\nold\n\n<!-- end results -->';
  const page = replaceBetween(`before\n${marks}\nafter`, 'new');
  expect(page).toContain('before\n<!-- begin');
  expect(page).toContain('-->\n\nnew\n\n<!-- end results -->\nafter');
  expect(page).not.toContain('old');
  expect(() => replaceBetween('no marks', 'new')).toThrow('expected <!-- begin');
});

test('a row that was measured again takes the place of the old one', () => {
  const order = ['a', 'b', 'c'];
  const before = results([row('a', 1), row('c', 1)]);
  const now = results([row('c', 4), row('b', 2)]);
  const merged = mergeResults(before, now, order);
  expect(merged.rows.map(({ workload }) => workload)).toEqual(order);
  expect(merged.rows[2]).toEqual(now.rows[0]);
});

test('keeps nothing that was measured with another Node', () => {
  const now = results([row('b', 2)], 'v22.0.0');
  expect(mergeResults(results([row('a', 1)]), now, ['a', 'b'])).toBe(now);
});

test('draws twice as good one step to the right', () => {
  const chart = drawChart(results([row('one', 8), row('two', 4), row('four', 2)]));
  const at = (ratio: string) =>
    Number(new RegExp(`cx="(\\d+)"[^>]*><title>postern listen ×${ratio}<`).exec(chart)?.[1]);
  expect(at('2.00') - at('1.00')).toBe(at('4.00') - at('2.00'));
  expect(at('2.00')).toBeGreaterThan(at('1.00'));
  expect(chart).toContain('a &lt;fast> CPU');
});
